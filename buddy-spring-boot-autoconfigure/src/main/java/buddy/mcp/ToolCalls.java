package buddy.mcp;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import org.jspecify.annotations.Nullable;

import buddy.json.internal.StorableJson;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunResponseEvent;
import buddy.workflow.WorkflowRuns;

/**
 * The tool calls in progress: notifies clients of progress and cancels runs.
 */
public final class ToolCalls implements RunEventListener {

	/** The context key under which the transport passes the request of a call. */
	static final String CALL_KEY = "buddy.mcp.call";

	private static final int MAX_REASON = 500;

	private final Map<String, ToolCall> byKey = new ConcurrentHashMap<>();

	private final Map<String, ToolCall> byRun = new ConcurrentHashMap<>();

	private final Set<String> tools = ConcurrentHashMap.newKeySet();

	private final Supplier<WorkflowRuns> runs;

	/**
	 * Creates an instance.
	 * @param runs supplies the runs, to cancel them
	 */
	public ToolCalls(Supplier<WorkflowRuns> runs) {
		this.runs = runs;
	}

	@Override
	public void onEvent(RunContext run, RunResponseEvent event) {
		if (this.byRun.isEmpty()) {
			return;
		}
		for (RunContext context = run; context != null; context = context.parent()) {
			ToolCall call = this.byRun.get(context.runId());
			if (call != null) {
				call.notifyProgress(event);
				return;
			}
		}
	}

	/** Registers the name of a tool that is a workflow. */
	void add(String tool) {
		this.tools.add(tool);
	}

	boolean isWorkflow(String tool) {
		return this.tools.contains(tool);
	}

	ToolCall begin(@Nullable McpTransportContext context, Consumer<ProgressNotification> client,
			@Nullable Object progressToken) {
		Object key = (context != null) ? context.get(CALL_KEY) : null;
		ToolCall call = new ToolCall((key != null) ? key.toString() : null, client, progressToken);
		if (call.key() != null) {
			this.byKey.put(call.key(), call);
		}
		return call;
	}

	void begun(ToolCall call, String runId) {
		call.runId(runId);
		this.byRun.put(runId, call);
		String reason = call.cancelReason();
		if (reason != null) {
			cancelRun(runId, reason);
		}
	}

	void end(ToolCall call) {
		if (call.key() != null) {
			this.byKey.remove(call.key(), call);
		}
		String runId = call.runId();
		if (runId != null) {
			this.byRun.remove(runId, call);
		}
	}

	void cancel(String key, @Nullable Object reason) {
		ToolCall call = this.byKey.get(key);
		if (call != null) {
			String text = "the MCP client cancelled the request"
					+ ((reason instanceof String given) ? ": " + line(given) : "");
			call.cancelReason(text);
			String runId = call.runId();
			if (runId != null) {
				cancelRun(runId, text);
			}
		}
	}

	private static String line(String reason) {
		String plain = reason.replaceAll("\\p{Cntrl}", "?");
		return (plain.length() > MAX_REASON) ? StorableJson.beginning(plain, MAX_REASON) + "…" : plain;
	}

	/** Cancels a run; the session has already checked the owner. */
	private void cancelRun(String runId, String reason) {
		this.runs.get().ofEverybody().cancel(runId, reason);
	}

}
