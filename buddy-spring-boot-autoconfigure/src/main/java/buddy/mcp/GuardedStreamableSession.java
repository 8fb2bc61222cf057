package buddy.mcp;

import java.time.Duration;
import java.util.Map;

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
 * A client's session over Streamable HTTP that supports the cancellation of requests and
 * that only its owner can use. Everything else is delegated.
 */
final class GuardedStreamableSession extends McpStreamableServerSession {

	private final McpStreamableServerSession session;

	private final ToolRequests requests;

	private final SessionOwner owner;

	@SuppressWarnings("NullAway") // the SDK has no nullness; these are never read here
	GuardedStreamableSession(McpStreamableServerSession session, ToolRequests requests, SessionOwner owner) {
		super(session.getId(), null, null, Duration.ofSeconds(1), Map.of(), Map.of());
		this.session = session;
		this.requests = requests;
		this.owner = owner;
	}

	@Override
	public Mono<Void> responseStream(JSONRPCRequest request, McpStreamableServerTransport transport) {
		if (!this.owner.isCurrent()) {
			return transport
				.sendMessage(JSONRPCResponse.error(request.id(), ToolRequests.noSession().getJsonRpcError()))
				.then(transport.closeGracefully());
		}
		McpStreamableServerTransport back = ToolRequests.listsTools(request)
				? new StreamableAnswer(transport, this.requests.shown()) : transport;
		return this.session.responseStream(request, back)
			.contextWrite((context) -> ToolRequests.asCall(context, getId(), request));
	}

	@Override
	public Mono<Void> accept(JSONRPCNotification notification) {
		if (!this.owner.isCurrent()) {
			return Mono.empty();
		}
		return ToolRequests.cancels(notification) ? Mono.fromRunnable(() -> this.requests.cancel(getId(), notification))
				: this.session.accept(notification);
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
		return this.owner.isCurrent() ? this.session.delete() : Mono.error(ToolRequests.noSession());
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
