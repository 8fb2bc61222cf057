package buddy.mcp;

import java.util.List;
import java.util.function.Predicate;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerTransport;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The answers to all requests of an SSE session, without the tools that their clients are
 * not shown. Which tools those are is in the context of each request.
 */
final class SseAnswers implements McpServerTransport {

	private static final String SHOWN = SseAnswers.class.getName() + ".shown";

	private final McpServerTransport transport;

	private final Predicate<String> otherwise;

	/**
	 * Stands before a transport.
	 * @param transport the transport
	 * @param requests tells which tools are shown where the context does not
	 */
	SseAnswers(McpServerTransport transport, ToolRequests requests) {
		this.transport = transport;
		this.otherwise = (tool) -> requests.shown().test(tool);
	}

	/** Notes which tools the answer to a request may show. */
	static Context showing(Context context, Predicate<String> shown) {
		return context.put(SHOWN, shown);
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message) {
		return Mono.deferContextual((context) -> {
			Predicate<String> shown = context.getOrDefault(SHOWN, this.otherwise);
			return this.transport.sendMessage(ToolRequests.filter(message, (shown != null) ? shown : this.otherwise));
		});
	}

	@Override
	public <T> T unmarshalFrom(Object data, TypeRef<T> typeRef) {
		return this.transport.unmarshalFrom(data, typeRef);
	}

	@Override
	public Mono<Void> closeGracefully() {
		return this.transport.closeGracefully();
	}

	@Override
	public void close() {
		this.transport.close();
	}

	@Override
	public List<String> protocolVersions() {
		return this.transport.protocolVersions();
	}

}
