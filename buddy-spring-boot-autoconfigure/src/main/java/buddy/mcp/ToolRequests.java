package buddy.mcp;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * What buddy does with the messages of MCP clients, whatever transport they come by: it
 * shows the tools only to users who may call them, and finds the call that a cancellation
 * is for.
 */
public final class ToolRequests {

	/** Of the protocol, for a session that is not there. */
	private static final int NO_SESSION = -32001;

	private static final String CANCELLED = "notifications/cancelled";

	private static final String LIST_TOOLS = "tools/list";

	private final ToolCalls calls;

	private final ToolGuard guard;

	private final Supplier<@Nullable String> user;

	/**
	 * Creates the checks of an application's MCP server.
	 * @param calls the calls in progress
	 * @param guard decides who may call workflows
	 * @param user tells the user of the request that the thread serves
	 */
	public ToolRequests(ToolCalls calls, ToolGuard guard, Supplier<@Nullable String> user) {
		this.calls = calls;
		this.guard = guard;
		this.user = user;
	}

	/** Returns the owner of a session that the current request opens. */
	SessionOwner owner() {
		SessionOwner owner = new SessionOwner(this.user);
		owner.isCurrent();
		return owner;
	}

	static McpError noSession() {
		return McpError.builder(NO_SESSION).message("Session not found").build();
	}

	static boolean listsTools(JSONRPCRequest request) {
		return LIST_TOOLS.equals(request.method());
	}

	static boolean cancels(JSONRPCNotification notification) {
		return CANCELLED.equals(notification.method());
	}

	/** Lets a tool know which request of which session it is called by. */
	static Context asCall(Context context, String sessionId, JSONRPCRequest request) {
		McpTransportContext outer = Objects
			.requireNonNull(context.getOrDefault(McpTransportContext.KEY, McpTransportContext.EMPTY));
		String key = key(sessionId, request.id());
		McpTransportContext inner = (name) -> ToolCalls.CALL_KEY.equals(name) ? key : outer.get(name);
		return context.put(McpTransportContext.KEY, inner);
	}

	/** Cancels the run of the request that a notification of the same session names. */
	void cancel(String sessionId, JSONRPCNotification notification) {
		if (notification.params() instanceof Map<?, ?> params && params.get("requestId") != null) {
			this.calls.cancel(key(sessionId, params.get("requestId")), params.get("reason"));
		}
	}

	private static String key(String sessionId, @Nullable Object requestId) {
		return sessionId + "/" + requestId;
	}

	/** Decides by name which tools the client of the current request is shown. */
	Predicate<String> shown() {
		boolean allowed = mayCall();
		return (tool) -> allowed || !this.calls.isWorkflow(tool);
	}

	private boolean mayCall() {
		try {
			this.guard.check();
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	/** Leaves tools out of an answer that lists tools. */
	static JSONRPCMessage filter(JSONRPCMessage message, Predicate<String> shown) {
		return (message instanceof JSONRPCResponse response) ? filter(response, shown) : message;
	}

	static JSONRPCResponse filter(JSONRPCResponse response, Predicate<String> shown) {
		if (!(response.result() instanceof ListToolsResult list)) {
			return response;
		}
		List<Tool> tools = list.tools().stream().filter((tool) -> shown.test(tool.name())).toList();
		ListToolsResult result = new ListToolsResult(tools, list.nextCursor(), list.meta());
		return new JSONRPCResponse(response.jsonrpc(), response.id(), result, response.error());
	}

}
