package buddy.mcp;

import java.util.List;
import java.util.function.Predicate;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import reactor.core.publisher.Mono;

/**
 * A transport that removes hidden tools from the list of tools.
 */
final class ToolListFilter implements McpStreamableServerTransport {

	private final McpStreamableServerTransport transport;

	private final Predicate<String> shown;

	/**
	 * Creates a transport that wraps another one.
	 * @param transport the wrapped transport
	 * @param shown whether a tool is shown, by its name
	 */
	ToolListFilter(McpStreamableServerTransport transport, Predicate<String> shown) {
		this.transport = transport;
		this.shown = shown;
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message) {
		return this.transport.sendMessage(shown(message));
	}

	@Override
	public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
		return this.transport.sendMessage(shown(message), messageId);
	}

	private JSONRPCMessage shown(JSONRPCMessage message) {
		if (!(message instanceof JSONRPCResponse response) || !(response.result() instanceof ListToolsResult list)) {
			return message;
		}
		List<Tool> tools = list.tools().stream().filter((tool) -> this.shown.test(tool.name())).toList();
		ListToolsResult shown = new ListToolsResult(tools, list.nextCursor(), list.meta());
		return new JSONRPCResponse(response.jsonrpc(), response.id(), shown, response.error());
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
