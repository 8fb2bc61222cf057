package buddy.mcp;

import java.util.List;
import java.util.function.Supplier;

import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A transport that handles the cancellation of requests, which the SDK ignores, and that
 * binds each client's session to the user who uses it first.
 */
public final class CancellableTransport implements McpStreamableServerTransportProvider {

	private final McpStreamableServerTransportProvider transport;

	private final ToolCalls calls;

	private final ToolGuard guard;

	private final Supplier<@Nullable String> user;

	/**
	 * Creates a transport that wraps another one.
	 * @param transport the wrapped transport
	 * @param calls the calls in progress
	 * @param guard decides who sees the tools of workflows
	 * @param user supplies the user of the current request
	 */
	public CancellableTransport(McpStreamableServerTransportProvider transport, ToolCalls calls, ToolGuard guard,
			Supplier<@Nullable String> user) {
		this.transport = transport;
		this.calls = calls;
		this.guard = guard;
		this.user = user;
	}

	@Override
	public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
		this.transport.setSessionFactory((request) -> {
			McpStreamableServerSessionInit init = sessionFactory.startSession(request);
			SessionOwner owner = new SessionOwner(this.user);
			owner.isCurrent();
			return new McpStreamableServerSessionInit(
					new CancellableSession(init.session(), this.calls, this.guard, owner), init.initResult());
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
