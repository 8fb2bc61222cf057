package buddy.mcp;

import java.util.List;

import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import reactor.core.publisher.Mono;

/**
 * Streamable HTTP with buddy's checks: cancellations reach runs, which the SDK drops, a
 * session belongs to the user who opened it, and tools are listed to those who may call
 * them.
 */
public final class GuardedStreamableTransport implements McpStreamableServerTransportProvider {

	private final McpStreamableServerTransportProvider transport;

	private final ToolRequests requests;

	/**
	 * Stands before a transport.
	 * @param transport the transport
	 * @param requests the checks
	 */
	public GuardedStreamableTransport(McpStreamableServerTransportProvider transport, ToolRequests requests) {
		this.transport = transport;
		this.requests = requests;
	}

	@Override
	public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
		this.transport.setSessionFactory((request) -> {
			McpStreamableServerSessionInit init = sessionFactory.startSession(request);
			return new McpStreamableServerSessionInit(
					new GuardedStreamableSession(init.session(), this.requests, this.requests.owner()),
					init.initResult());
		});
	}

	@Override
	public List<String> protocolVersions() {
		return this.transport.protocolVersions();
	}

	@Override
	public Mono<Void> notifyClients(String method, Object params) {
		return this.transport.notifyClients(method, params);
	}

	@Override
	public Mono<Void> notifyClient(String sessionId, String method, Object params) {
		return this.transport.notifyClient(sessionId, method, params);
	}

	@Override
	public Mono<Void> closeGracefully() {
		return this.transport.closeGracefully();
	}

	@Override
	public void close() {
		this.transport.close();
	}

}
