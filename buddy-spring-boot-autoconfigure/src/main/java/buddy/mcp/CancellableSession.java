package buddy.mcp;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpError;
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
 * A client's session that supports the cancellation of requests and that only its owner
 * can use. Everything else is delegated.
 */
final class CancellableSession extends McpStreamableServerSession {

	private static final String CANCELLED = "notifications/cancelled";

	private final McpStreamableServerSession session;

	private static final String LIST_TOOLS = "tools/list";

	/** The protocol's error code for an unknown session. */
	private static final int NO_SESSION = -32001;

	private final ToolCalls calls;

	private final ToolGuard guard;

	private final SessionOwner owner;

	@SuppressWarnings("NullAway") // the SDK is not null-marked
	CancellableSession(McpStreamableServerSession session, ToolCalls calls, ToolGuard guard, SessionOwner owner) {
		super(session.getId(), null, null, Duration.ofSeconds(1), Map.of(), Map.of());
		this.session = session;
		this.calls = calls;
		this.guard = guard;
		this.owner = owner;
	}

	@Override
	public Mono<Void> responseStream(JSONRPCRequest request, McpStreamableServerTransport transport) {
		if (!this.owner.isCurrent()) {
			return transport.sendMessage(JSONRPCResponse.error(request.id(), noSession().getJsonRpcError()))
				.then(transport.closeGracefully());
		}
		String key = key(request.id());
		McpStreamableServerTransport back = LIST_TOOLS.equals(request.method())
				? new ToolListFilter(transport, isShown()) : transport;
		return this.session.responseStream(request, back).contextWrite((context) -> {
			McpTransportContext outer = Objects
				.requireNonNull(context.getOrDefault(McpTransportContext.KEY, McpTransportContext.EMPTY));
			McpTransportContext inner = (name) -> ToolCalls.CALL_KEY.equals(name) ? key : outer.get(name);
			return context.put(McpTransportContext.KEY, inner);
		});
	}

	private static McpError noSession() {
		return McpError.builder(NO_SESSION).message("Session not found").build();
	}

	/** Hides the workflows from clients that may not call them. */
	private Predicate<String> isShown() {
		boolean all;
		try {
			this.guard.check();
			all = true;
		}
		catch (RuntimeException ex) {
			all = false;
		}
		boolean allowed = all;
		return (tool) -> allowed || !this.calls.isWorkflow(tool);
	}

	@Override
	public Mono<Void> accept(JSONRPCNotification notification) {
		if (!this.owner.isCurrent()) {
			return Mono.empty();
		}
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
		return this.owner.isCurrent() ? this.session.delete() : Mono.error(noSession());
	}

	@Override
	public McpStreamableServerSessionStream listeningStream(McpStreamableServerTransport transport) {
		if (!this.owner.isCurrent()) {
			transport.close();
			return super.listeningStream(transport); // which never sends anything
		}
		return this.session.listeningStream(transport);
	}

	@Override
	public Flux<JSONRPCMessage> replay(Object lastEventId) {
		return this.owner.isCurrent() ? this.session.replay(lastEventId) : Flux.empty();
	}

	@Override
	public Mono<Void> accept(JSONRPCResponse response) {
		return this.owner.isCurrent() ? this.session.accept(response) : Mono.empty();
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
