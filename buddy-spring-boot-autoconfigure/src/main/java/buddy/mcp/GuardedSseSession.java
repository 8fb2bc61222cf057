package buddy.mcp;

import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpServerSession;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * A client's session over Server-Sent Events that supports the cancellation of requests
 * and that only its owner can use. Everything else is delegated.
 */
final class GuardedSseSession extends McpServerSession {

	private final McpServerSession session;

	private final ToolRequests requests;

	private final SessionOwner owner;

	@SuppressWarnings("NullAway") // the SDK has no nullness; these are never read here
	GuardedSseSession(McpServerSession session, ToolRequests requests, SessionOwner owner) {
		super(session.getId(), Duration.ofSeconds(1), null, null, Map.of(), Map.of());
		this.session = session;
		this.requests = requests;
		this.owner = owner;
	}

	@Override
	public Mono<Void> handle(JSONRPCMessage message) {
		if (!this.owner.isCurrent()) {
			return Mono.empty();
		}
		if (message instanceof JSONRPCNotification notification && ToolRequests.cancels(notification)) {
			return Mono.fromRunnable(() -> this.requests.cancel(getId(), notification));
		}
		return (message instanceof JSONRPCRequest request) ? answer(request) : this.session.handle(message);
	}

	private Mono<Void> answer(JSONRPCRequest request) {
		Predicate<String> shown = ToolRequests.listsTools(request) ? this.requests.shown() : null;
		return this.session.handle(request).contextWrite((context) -> {
			Context call = ToolRequests.asCall(context, getId(), request);
			return (shown != null) ? SseAnswers.showing(call, shown) : call;
		});
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
	public Mono<Void> closeGracefully() {
		return this.session.closeGracefully();
	}

	@Override
	public void close() {
		this.session.close();
	}

}
