package buddy.mcp;

import java.util.List;

import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import reactor.core.publisher.Mono;

/**
 * A Streamable HTTP transport that handles the cancellation of requests, which the SDK
 * ignores, binds each client's session to the user who opened it, and lists tools only to
 * those who may call them.
 */
public final class GuardedStreamableTransport implements McpStreamableServerTransportProvider {

	private final McpStreamableServerTransportProvider transport;

	private final ToolRequests requests;

	/**
	 * Creates a transport that wraps another one.
	 * @param transport the wrapped transport
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
