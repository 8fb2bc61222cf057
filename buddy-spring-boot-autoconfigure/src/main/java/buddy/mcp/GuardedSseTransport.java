package buddy.mcp;

import java.util.List;

import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import reactor.core.publisher.Mono;

/**
 * A transport over Server-Sent Events that handles the cancellation of requests, which
 * the SDK ignores, binds each client's session to the user who opened it, and lists tools
 * only to those who may call them.
 */
public final class GuardedSseTransport implements McpServerTransportProvider {

	private final McpServerTransportProvider transport;

	private final ToolRequests requests;

	/**
	 * Creates a transport that wraps another one.
	 * @param transport the wrapped transport
	 * @param requests the checks
	 */
	public GuardedSseTransport(McpServerTransportProvider transport, ToolRequests requests) {
		this.transport = transport;
		this.requests = requests;
	}

	@Override
	public void setSessionFactory(McpServerSession.Factory sessionFactory) {
		this.transport.setSessionFactory((answers) -> new GuardedSseSession(
				sessionFactory.create(new SseAnswers(answers, this.requests)), this.requests, this.requests.owner()));
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
