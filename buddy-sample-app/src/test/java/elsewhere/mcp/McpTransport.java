package elsewhere.mcp;

import java.util.List;

/**
 * The transports and servers of Spring AI that an application may choose.
 */
enum McpTransport {

	STREAMABLE("streamable", "sync"), STREAMABLE_ASYNC("streamable", "async"), SSE("sse", "sync"),
	SSE_ASYNC("sse", "async"), STATELESS("stateless", "sync"), STATELESS_ASYNC("stateless", "async");

	private final String protocol;

	private final String type;

	McpTransport(String protocol, String type) {
		this.protocol = protocol;
		this.type = type;
	}

	String[] properties() {
		return new String[] { "--spring.ai.mcp.server.protocol=" + this.protocol,
				"--spring.ai.mcp.server.type=" + this.type };
	}

	boolean isSse() {
		return this.protocol.equals("sse");
	}

	boolean hasSessions() {
		return !this.protocol.equals("stateless");
	}

	/** Where messages are sent to. */
	String messages() {
		return isSse() ? "/mcp/message" : "/mcp";
	}

	/** All paths of the server. */
	List<String> paths() {
		return isSse() ? List.of("/sse", "/mcp/message") : List.of("/mcp");
	}

}
