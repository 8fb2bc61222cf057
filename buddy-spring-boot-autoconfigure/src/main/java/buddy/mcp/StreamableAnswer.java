package buddy.mcp;

import java.util.List;
import java.util.function.Predicate;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import reactor.core.publisher.Mono;

/**
 * The answer to one request over Streamable HTTP, without the tools that its client is
 * not shown.
 */
final class StreamableAnswer implements McpStreamableServerTransport {

	private final McpStreamableServerTransport transport;

	private final Predicate<String> shown;

	/**
	 * Creates a transport that wraps another one.
	 * @param transport the wrapped transport
	 * @param shown whether a tool is shown, by its name
	 */
	StreamableAnswer(McpStreamableServerTransport transport, Predicate<String> shown) {
		this.transport = transport;
		this.shown = shown;
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message) {
		return this.transport.sendMessage(ToolRequests.filter(message, this.shown));
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
		return this.transport.sendMessage(ToolRequests.filter(message, this.shown), messageId);
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
