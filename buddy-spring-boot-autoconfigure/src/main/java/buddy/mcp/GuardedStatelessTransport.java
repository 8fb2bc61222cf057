package buddy.mcp;

import java.util.List;
import java.util.function.Predicate;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import reactor.core.publisher.Mono;

/**
 * Stateless HTTP with buddy's checks: tools are listed to those who may call them. A
 * cancellation cancels nothing, since without a session any client could name any
 * request.
 */
public final class GuardedStatelessTransport implements McpStatelessServerTransport {

	private final McpStatelessServerTransport transport;

	private final ToolRequests requests;

	/**
	 * Stands before a transport.
	 * @param transport the transport
	 * @param requests the checks
	 */
	public GuardedStatelessTransport(McpStatelessServerTransport transport, ToolRequests requests) {
		this.transport = transport;
		this.requests = requests;
	}

	@Override
	public void setMcpHandler(McpStatelessServerHandler handler) {
		this.transport.setMcpHandler(new Guarded(handler, this.requests));
	}

	@Override
	public List<String> protocolVersions() {
		return this.transport.protocolVersions();
	}

	@Override
	public Mono<Void> closeGracefully() {
		return this.transport.closeGracefully();
	}

	@Override
	public void close() {
		this.transport.close();
	}

	private record Guarded(McpStatelessServerHandler handler,
			ToolRequests requests) implements McpStatelessServerHandler {

		@Override
		public Mono<JSONRPCResponse> handleRequest(McpTransportContext transportContext, JSONRPCRequest request) {
			Mono<JSONRPCResponse> answer = this.handler.handleRequest(transportContext, request);
			if (!ToolRequests.listsTools(request)) {
				return answer;
			}
			Predicate<String> shown = this.requests.shown();
			return answer.map((response) -> ToolRequests.filter(response, shown));
		}

		@Override
		public Mono<Void> handleNotification(McpTransportContext transportContext, JSONRPCNotification notification) {
			return ToolRequests.cancels(notification) ? Mono.empty()
					: this.handler.handleNotification(transportContext, notification);
		}

	}

}
