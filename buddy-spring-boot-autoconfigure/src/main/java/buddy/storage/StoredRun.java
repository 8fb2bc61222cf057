package buddy.storage;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunKey;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.SessionAccess;

/**
 * A run as a store keeps it: columns, with JSON as text.
 *
 * @param key names the run; the id of every run that buddy made is a UUID of version 7
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
public record StoredRun(RunKey key, @Nullable String parentRunId, RunStatus status, @Nullable String input,
		@Nullable String response, @Nullable String error, long createdAt, @Nullable Long endedAt,
		@Nullable Long lastEvent) {

	/**
	 * Starts a run without any content, that has not ended.
	 * @param key names the run
	 * @param status where it stands
	 * @return the builder
	 */
	public static Builder builder(RunKey key, RunStatus status) {
		return new Builder(key, status);
	}

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	public String runId() {
		return this.key.runId();
	}

	/**
	 * Returns the session of the run.
	 * @return its id
	 */
	public String sessionId() {
		return this.key.sessionId();
	}

	/**
	 * Returns the workflow of the run.
	 * @return its id
	 */
	public String workflowId() {
		return this.key.workflowId();
	}

	/**
	 * Returns whose run it is.
	 * @return the user's id, or {@code null}
	 */
	public @Nullable String userId() {
		return this.key.userId();
	}

	/**
	 * Returns the run's place in the history of its session.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(Instant.ofEpochMilli(this.createdAt), runId());
	}

	/**
	 * Returns the run as its readers see it.
	 * @return the run, with its JSON read
	 */
	public WorkflowRun toWorkflowRun() {
		return new WorkflowRun(runId(), sessionId(), workflowId(), userId(), this.parentRunId, this.status,
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
			.runId(runId())
			.sessionId(sessionId())
			.workflowId(workflowId())
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
		return (query.workflowId() == null || query.workflowId().equals(workflowId()))
				&& (query.sessionId() == null || query.sessionId().equals(sessionId()))
				&& (query.userId() == null || query.userId().equals(userId()))
				&& (query.statuses().isEmpty() || query.statuses().contains(this.status))
				&& (query.from() == null || this.createdAt >= query.from().toEpochMilli())
				&& (query.to() == null || this.createdAt < query.to().toEpochMilli());
	}

	/** Whether it may be among the runs of a session that is allowed. */
	boolean allows(SessionAccess access) {
		return (userId() == null || userId().equals(access.userId()))
				&& (access.workflowId() == null || access.workflowId().equals(workflowId()));
	}

	/**
	 * Builds a {@link StoredRun}.
	 */
	public static final class Builder {

		private final RunKey key;

		private final RunStatus status;

		private @Nullable String parentRunId;

		private @Nullable String input;

		private @Nullable String response;

		private @Nullable String error;

		private long createdAt;

		private @Nullable Long endedAt;

		private @Nullable Long lastEvent;

		private Builder(RunKey key, RunStatus status) {
			this.key = key;
			this.status = status;
		}

		/**
		 * Sets the run that called it.
		 * @param parentRunId its id, or {@code null}
		 * @return this builder
		 */
		public Builder parentRunId(@Nullable String parentRunId) {
			this.parentRunId = parentRunId;
			return this;
		}

		/**
		 * Sets the arguments.
		 * @param input a JSON object, or {@code null} where they were never known
		 * @return this builder
		 */
		public Builder input(@Nullable String input) {
			this.input = input;
			return this;
		}

		/**
		 * Sets what the run gave.
		 * @param response the response without the fields that are columns, a JSON
		 * object, or {@code null}
		 * @return this builder
		 */
		public Builder response(@Nullable String response) {
			this.response = response;
			return this;
		}

		/**
		 * Sets why the run did not end well.
		 * @param error a JSON object, or {@code null}
		 * @return this builder
		 */
		public Builder error(@Nullable String error) {
			this.error = error;
			return this;
		}

		/**
		 * Sets when the run began.
		 * @param createdAt the time, in milliseconds since the epoch
		 * @return this builder
		 */
		public Builder createdAt(long createdAt) {
			this.createdAt = createdAt;
			return this;
		}

		/**
		 * Sets when the run ended.
		 * @param endedAt the time, in milliseconds since the epoch, or {@code null}
		 * @return this builder
		 */
		public Builder endedAt(@Nullable Long endedAt) {
			this.endedAt = endedAt;
			return this;
		}

		/**
		 * Sets the number of the run's last event in the store of events.
		 * @param lastEvent the number, or {@code null} if it has not ended or has none
		 * @return this builder
		 */
		public Builder lastEvent(@Nullable Long lastEvent) {
			this.lastEvent = lastEvent;
			return this;
		}

		/**
		 * Builds the run.
		 * @return the run
		 */
		public StoredRun build() {
			return new StoredRun(this.key, this.parentRunId, this.status, this.input, this.response, this.error,
					this.createdAt, this.endedAt, this.lastEvent);
		}

	}

}
