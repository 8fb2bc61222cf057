package buddy.mcp;

import java.util.List;
import java.util.function.Supplier;

import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A transport that passes on the cancellations of requests, which the SDK drops, and that
 * keeps each client's session to the user who uses it first.
 */
public final class CancellableTransport implements McpStreamableServerTransportProvider {

	private final McpStreamableServerTransportProvider transport;

	private final ToolCalls calls;

	private final ToolGuard guard;

	private final Supplier<@Nullable String> user;

	/**
	 * Stands before a transport.
	 * @param transport the transport
	 * @param calls cancels what is asked for
	 * @param guard decides who is shown the tools that are workflows
	 * @param user tells the user of the request that the thread serves
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
