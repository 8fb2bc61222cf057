package buddy.web;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

import buddy.durable.StepState;
import buddy.run.WorkflowRun;
import buddy.workflow.RunStep;
import buddy.workflow.RunVerification;

/**
 * Creates the JSON objects of steps for clients. Their times are Unix seconds with
 * milliseconds, and results are written exactly as they are stored.
 */
final class StepViews {

	/** The size from which a result is left out of a list, in characters. */
	private static final int LARGE = 16 * 1024;

	private StepViews() {
	}

	/** Returns a step as part of a list, without a large result. */
	static Map<String, @Nullable Object> step(RunStep step) {
		String result = step.result();
		if (result == null || result.length() <= LARGE) {
			return step(step, result);
		}
		Map<String, @Nullable Object> json = step(step, null);
		json.put("result_note", "omitted: its JSON has " + result.length() + " characters; request it with full=true");
		return json;
	}

	/** Returns a step with everything that is needed to replay it. */
	static Map<String, @Nullable Object> whole(RunStep step) {
		Map<String, @Nullable Object> json = step(step, step.result());
		put(json, "digest", step.digest());
		StepState state = step.state();
		if (!state.equals(StepState.NONE)) {
			Map<String, @Nullable Object> kept = new LinkedHashMap<>();
			put(kept, "operations", raw(state.operations()));
			put(kept, "base", raw(state.base()));
			put(kept, "base_version", state.baseVersion());
			json.put("state", kept);
		}
		return json;
	}

	private static Map<String, @Nullable Object> step(RunStep step, @Nullable String result) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("key", step.key());
		json.put("name", step.name());
		json.put("position", step.position());
		json.put("kind", step.kind().name().toLowerCase(Locale.ROOT));
		json.put("status", step.status().name());
		json.put("attempts", step.attempts());
		json.put("epoch", step.epoch());
		json.put("started_at", seconds(step.startedAt()));
		Instant endedAt = step.endedAt();
		put(json, "ended_at", (endedAt != null) ? seconds(endedAt) : null);
		put(json, "result", raw(result));
		put(json, "error", raw(step.error()));
		put(json, "child_run_id", step.childRunId());
		return json;
	}

	/** Returns what is needed of a run to replay it. */
	static Map<String, @Nullable Object> run(WorkflowRun run) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", run.runId());
		json.put("session_id", run.sessionId());
		json.put("workflow_id", run.workflowId());
		put(json, "user_id", run.userId());
		put(json, "parent_run_id", run.parentRunId());
		json.put("status", run.status().name());
		json.put("created_at", seconds(run.createdAt()));
		json.put("epoch", run.epoch());
		put(json, "code_version", run.codeVersion());
		put(json, "forked_from", run.forkedFrom());
		put(json, "input", run.input());
		return json;
	}

	static Map<String, @Nullable Object> verification(RunVerification verification) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", verification.runId());
		json.put("workflow_id", verification.workflowId());
		json.put("matches", verification.matches());
		json.put("steps", verification.steps());
		put(json, "next", verification.next());
		put(json, "problem", verification.problem());
		return json;
	}

	private static BigDecimal seconds(Instant time) {
		return BigDecimal.valueOf(time.toEpochMilli(), 3);
	}

	private static @Nullable RawValue raw(@Nullable String json) {
		return (json != null) ? new RawValue(json) : null;
	}

	private static void put(Map<String, @Nullable Object> json, String name, @Nullable Object value) {
		if (value != null) {
			json.put(name, value);
		}
	}

}
