package buddy.mcp;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A client's session that lets a call know its request, and takes the request's
 * cancellation. All else is the session's that it stands before.
 */
final class CancellableSession extends McpStreamableServerSession {

	private static final String CANCELLED = "notifications/cancelled";

	private final McpStreamableServerSession session;

	private final ToolCalls calls;

	@SuppressWarnings("NullAway") // the SDK has no nullness; these are never read here
	CancellableSession(McpStreamableServerSession session, ToolCalls calls) {
		super(session.getId(), null, null, Duration.ofSeconds(1), Map.of(), Map.of());
		this.session = session;
		this.calls = calls;
	}

	@Override
	public Mono<Void> responseStream(JSONRPCRequest request, McpStreamableServerTransport transport) {
		String key = key(request.id());
		return this.session.responseStream(request, transport).contextWrite((context) -> {
			McpTransportContext outer = Objects
				.requireNonNull(context.getOrDefault(McpTransportContext.KEY, McpTransportContext.EMPTY));
			McpTransportContext inner = (name) -> ToolCalls.CALL_KEY.equals(name) ? key : outer.get(name);
			return context.put(McpTransportContext.KEY, inner);
		});
	}

	@Override
	public Mono<Void> accept(JSONRPCNotification notification) {
		if (!CANCELLED.equals(notification.method())) {
			return this.session.accept(notification);
		}
		return Mono.fromRunnable(() -> {
			if (notification.params() instanceof Map<?, ?> params && params.get("requestId") != null) {
				this.calls.cancel(key(params.get("requestId")), params.get("reason"));
			}
		});
	}

	private String key(Object requestId) {
		return getId() + "/" + requestId;
	}

	@Override
	public void setMinLoggingLevel(LoggingLevel minLoggingLevel) {
		this.session.setMinLoggingLevel(minLoggingLevel);
	}

	@Override
	public boolean isNotificationForLevelAllowed(LoggingLevel loggingLevel) {
		return this.session.isNotificationForLevelAllowed(loggingLevel);
	}

	@Override
	public <T> Mono<T> sendRequest(String method, Object requestParams, TypeRef<T> typeRef) {
		return this.session.sendRequest(method, requestParams, typeRef);
	}

	@Override
	public Mono<Void> sendNotification(String method, Object params) {
		return this.session.sendNotification(method, params);
	}

	@Override
	public Mono<Void> delete() {
		return this.session.delete();
	}

	@Override
	public McpStreamableServerSessionStream listeningStream(McpStreamableServerTransport transport) {
		return this.session.listeningStream(transport);
	}

	@Override
	public Flux<JSONRPCMessage> replay(Object lastEventId) {
		return this.session.replay(lastEventId);
	}

	@Override
	public Mono<Void> accept(JSONRPCResponse response) {
		return this.session.accept(response);
	}

	@Override
	public Mono<Void> closeGracefully() {
		return this.session.closeGracefully();
	}

	@Override
	public void close() {
		this.session.close();
	}

}
