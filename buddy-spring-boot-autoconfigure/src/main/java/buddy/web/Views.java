package buddy.web;

import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.WorkflowRun;
import buddy.session.RunSummary;
import buddy.session.SessionSummary;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSession.SessionRun;
import buddy.workflow.WorkflowDescriptor;

/**
 * Creates the JSON objects of workflows, runs and sessions for clients. Times are Unix
 * seconds, and only a single run has a stack trace, for callers who may see it.
 */
final class Views {

	private static final String STATE_CHANGES = "state_changes";

	private Views() {
	}

	static Map<String, @Nullable Object> workflow(WorkflowDescriptor workflow) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("workflow_id", workflow.workflowId());
		json.put("name", workflow.name());
		json.put("description", workflow.description());
		return json;
	}

	static Map<String, @Nullable Object> workflowWithInput(WorkflowDescriptor workflow) {
		Map<String, @Nullable Object> json = workflow(workflow);
		json.put("input_schema", workflow.inputSchema());
		return json;
	}

	static Map<String, @Nullable Object> run(WorkflowRun run, boolean stackTrace, boolean resumable) {
		Map<String, @Nullable Object> json = run(run, stackTrace);
		json.put("resumable", resumable);
		return json;
	}

	private static Map<String, @Nullable Object> run(WorkflowRun run, boolean stackTrace) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", run.runId());
		json.put("session_id", run.sessionId());
		json.put("workflow_id", run.workflowId());
		put(json, "user_id", run.userId());
		put(json, "parent_run_id", run.parentRunId());
		json.put("status", run.status().name());
		json.put("created_at", run.createdAt().getEpochSecond());
		Instant endedAt = run.endedAt();
		put(json, "ended_at", (endedAt != null) ? endedAt.getEpochSecond() : null);
		put(json, "input", run.input());
		RunResponse response = run.response();
		if (response != null) {
			Map<String, @Nullable Object> recorded = new LinkedHashMap<>(response.toMap());
			Object changes = recorded.remove(STATE_CHANGES);
			json.put("response", recorded);
			put(json, STATE_CHANGES, changes);
		}
		RunFailure failure = run.failure();
		if (failure != null) {
			Map<String, @Nullable Object> error = new LinkedHashMap<>();
			put(error, "type", failure.type());
			put(error, "message", failure.message());
			put(error, "reason", failure.reason());
			put(error, "failed_steps", failure.failedSteps());
			put(error, "stack_trace", stackTrace ? failure.stackTrace() : null);
			json.put("error", error);
		}
		json.put("epoch", run.epoch());
		json.put("recoveries", run.recoveries());
		put(json, "code_version", run.codeVersion());
		put(json, "forked_from", run.forkedFrom());
		Instant deadline = run.deadline();
		put(json, "deadline", (deadline != null) ? deadline.getEpochSecond() : null);
		return json;
	}

	static Map<String, @Nullable Object> run(RunSummary run) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", run.runId());
		json.put("session_id", run.sessionId());
		json.put("workflow_id", run.workflowId());
		put(json, "user_id", run.userId());
		put(json, "parent_run_id", run.parentRunId());
		json.put("status", run.status().name());
		json.put("created_at", run.createdAt().getEpochSecond());
		Instant endedAt = run.endedAt();
		put(json, "ended_at", (endedAt != null) ? endedAt.getEpochSecond() : null);
		return json;
	}

	static Map<String, @Nullable Object> session(SessionSummary session) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("session_id", session.sessionId());
		json.put("workflow_id", session.workflowId());
		put(json, "user_id", session.userId());
		put(json, "session_name", session.sessionName());
		json.put("created_at", session.createdAt().getEpochSecond());
		json.put("updated_at", session.updatedAt().getEpochSecond());
		return json;
	}

	/** Returns a session without its runs, which are listed separately. */
	static Map<String, @Nullable Object> session(WorkflowSession session) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>(session.toMap());
		json.remove("memory");
		return json;
	}

	/** Returns a session with its runs, which are created lazily. */
	static Map<String, @Nullable Object> export(WorkflowSession session, Iterator<SessionRun> runs) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>(session.toMap());
		Map<Object, @Nullable Object> memory = new LinkedHashMap<>();
		if (json.get("memory") instanceof Map<?, ?> known) {
			memory.putAll(known);
		}
		memory.put("runs", new Iterator<Object>() {

			@Override
			public boolean hasNext() {
				return runs.hasNext();
			}

			@Override
			public Object next() {
				return withoutStackTrace(runs.next()).toMap();
			}

		});
		json.put("memory", memory);
		return json;
	}

	private static SessionRun withoutStackTrace(SessionRun run) {
		Object error = run.response().toMap().get("error");
		if (!(error instanceof Map<?, ?> map) || !map.containsKey("stack_trace")) {
			return run;
		}
		Map<Object, @Nullable Object> kept = new LinkedHashMap<>(map);
		kept.remove("stack_trace");
		RunResponse response = run.response().toBuilder().field("error", kept).build();
		return new SessionRun(run.input(), response, run.additional());
	}

	/**
	 * Returns the response as a caller of the workflow gets it, without what only the
	 * record has.
	 */
	static Map<String, @Nullable Object> response(WorkflowRun run) {
		RunResponse response = run.response();
		Map<String, @Nullable Object> json = new LinkedHashMap<>((response != null) ? response.toMap() : Map.of());
		json.keySet().removeAll(List.of("messages", STATE_CHANGES));
		return json;
	}

	static void put(Map<String, @Nullable Object> json, String name, @Nullable Object value) {
		if (value != null) {
			json.put(name, value);
		}
	}

}
