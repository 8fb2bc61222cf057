package buddy.storage;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.SessionAccess;

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
		return new RunPage.Cursor(Instant.ofEpochMilli(this.createdAt), this.runId);
	}

	/**
	 * Returns the run as its readers see it.
	 * @return the run, with its JSON read
	 */
	public WorkflowRun toWorkflowRun() {
		return new WorkflowRun(this.runId, this.sessionId, this.workflowId, this.userId, this.parentRunId, this.status,
				(this.input != null) ? Json.readMap(this.input) : null, toResponse(),
				(this.error != null) ? Json.convert(Json.readMap(this.error), RunFailure.class) : null,
				Instant.ofEpochMilli(this.createdAt),
				(this.endedAt != null) ? Instant.ofEpochMilli(this.endedAt) : null);
	}

	/**
	 * Returns what the run gave.
	 * @return the response, with its JSON read, or {@code null} if there is none yet
	 */
	public @Nullable RunResponse toResponse() {
		if (this.response == null) {
			return null;
		}
		RunResponse.Builder read = RunResponse.fromMap(Json.readMap(this.response))
			.toBuilder()
			.runId(this.runId)
			.sessionId(this.sessionId)
			.workflowId(this.workflowId)
			.status(this.status);
		RunResponse whole = read.build();
		return (whole.createdAt() != null) ? whole : read.createdAt(Instant.ofEpochMilli(this.createdAt)).build();
	}

	/**
	 * Tells whether the run is one of those that are asked for, as far as the run itself
	 * can tell: whether the viewer may read its session is not looked at.
	 * @param query which ones
	 * @return whether it is
	 */
	public boolean matches(RunQuery query) {
		return (query.workflowId() == null || query.workflowId().equals(this.workflowId))
				&& (query.sessionId() == null || query.sessionId().equals(this.sessionId))
				&& (query.userId() == null || query.userId().equals(this.userId))
				&& (query.statuses().isEmpty() || query.statuses().contains(this.status))
				&& (query.from() == null || this.createdAt >= query.from().toEpochMilli())
				&& (query.to() == null || this.createdAt < query.to().toEpochMilli());
	}

	/** Whether it may be among the runs of a session that is allowed. */
	boolean allows(SessionAccess access) {
		return (this.userId == null || this.userId.equals(access.userId()))
				&& (access.workflowId() == null || access.workflowId().equals(this.workflowId));
	}

}
