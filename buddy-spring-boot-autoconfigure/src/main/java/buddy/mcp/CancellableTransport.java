package buddy.mcp;

import java.util.List;

import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import reactor.core.publisher.Mono;

/**
 * A transport that passes on the cancellations of requests, which the SDK drops.
 */
public final class CancellableTransport implements McpStreamableServerTransportProvider {

	private final McpStreamableServerTransportProvider transport;

	private final ToolCalls calls;

	/**
	 * Stands before a transport.
	 * @param transport the transport
	 * @param calls cancels what is asked for
	 */
	public CancellableTransport(McpStreamableServerTransportProvider transport, ToolCalls calls) {
		this.transport = transport;
		this.calls = calls;
	}

	@Override
	public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
		this.transport.setSessionFactory((request) -> {
			McpStreamableServerSessionInit init = sessionFactory.startSession(request);
			return new McpStreamableServerSessionInit(new CancellableSession(init.session(), this.calls),
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
