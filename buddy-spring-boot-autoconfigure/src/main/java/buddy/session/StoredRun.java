package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.json.Json;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;

/**
 * A run as a store keeps it: columns, with JSON as text.
 *
 * @param runId the id, a UUID of version 7 for every run that buddy made
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId whose it is, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status where it stands
 * @param input the arguments, a JSON object, or {@code null} where they were never known
 * @param response the response without the fields that are columns, a JSON object, or
 * {@code null}
 * @param error why it did not end well, a JSON object, or {@code null}
 * @param createdAt when it began, in milliseconds since the epoch; with the id, the order
 * of a session's runs
 * @param endedAt when it ended, in milliseconds since the epoch, or {@code null}
 * @param lastEvent the number of its last event in the store of events, whether that is
 * still there or not, or {@code null} if it has not ended or has none
 */
public record StoredRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, @Nullable String input, @Nullable String response,
		@Nullable String error, long createdAt, @Nullable Long endedAt, @Nullable Long lastEvent) {

	/**
	 * Creates a run without stored events.
	 * @param runId the id
	 * @param sessionId its session
	 * @param workflowId its workflow
	 * @param userId whose it is, or {@code null}
	 * @param parentRunId the run that called it, or {@code null}
	 * @param status where it stands
	 * @param input the arguments, a JSON object, or {@code null}
	 * @param response the response, a JSON object, or {@code null}
	 * @param error why it did not end well, a JSON object, or {@code null}
	 * @param createdAt when it began, in milliseconds since the epoch
	 * @param endedAt when it ended, in milliseconds since the epoch, or {@code null}
	 */
	public StoredRun(String runId, String sessionId, String workflowId, @Nullable String userId,
			@Nullable String parentRunId, RunStatus status, @Nullable String input, @Nullable String response,
			@Nullable String error, long createdAt, @Nullable Long endedAt) {
		this(runId, sessionId, workflowId, userId, parentRunId, status, input, response, error, createdAt, endedAt,
				null);
	}

	/**
	 * Returns the run's place in the history of its session.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.createdAt, this.runId);
	}

	/**
	 * Returns the run as its readers see it.
	 * @return the run, with its JSON read
	 */
	public WorkflowRun toWorkflowRun() {
		return new WorkflowRun(this.runId, this.sessionId, this.workflowId, this.userId, this.parentRunId, this.status,
				(this.input != null) ? Json.readMap(this.input) : null, RunJson.response(this),
				(this.error != null) ? Json.convert(Json.readMap(this.error), RunFailure.class) : null,
				Instant.ofEpochMilli(this.createdAt),
				(this.endedAt != null) ? Instant.ofEpochMilli(this.endedAt) : null);
	}

}
