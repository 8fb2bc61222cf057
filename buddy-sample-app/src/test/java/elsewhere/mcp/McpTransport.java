package elsewhere.mcp;

import java.util.List;
import java.util.stream.Stream;

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

	/** Each protocol once in the gate, where the other tests have the other half. */
	static Stream<McpTransport> forSecurity() {
		return all() ? Stream.of(values()) : Stream.of(STREAMABLE_ASYNC, SSE, STATELESS);
	}

	/**
	 * Each protocol once in the gate, where the tests of security have the other half.
	 */
	static Stream<McpTransport> forCalls() {
		return all() ? Stream.of(values()) : Stream.of(STREAMABLE, SSE_ASYNC, STATELESS_ASYNC);
	}

	private static boolean all() {
		return Boolean.getBoolean("test.nightly");
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
