package buddy.storage;

import java.time.Instant;
import java.util.List;

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
 * A run as it is stored: columns, with JSON as text.
 *
 * @param key identifies the run; the ids of all runs created by buddy are UUIDs of
 * version 7
 * @param parentRunId the calling run, or {@code null}
 * @param status its status
 * @param input the arguments, as a JSON object, or {@code null} if they are unknown
 * @param response the response without the fields that are columns, as a JSON object, or
 * {@code null}
 * @param error the reason it did not complete, as a JSON object, or {@code null}
 * @param createdAt the time it began, in milliseconds since the epoch; together with the
 * id, it defines the order of a session's runs
 * @param endedAt the time it ended, in milliseconds since the epoch, or {@code null}
 * @param lastEvent the number of its last event in the store of events, which may have
 * been deleted since, or {@code null} if it has not ended or has none
 * @param epoch which execution of it was the last: 0 for the first, and one more each
 * time it was continued
 * @param recoveries how often it was continued because its process had died
 * @param origin what it began from
 * @param deadline when it has to end, in milliseconds of the store's clock, or
 * {@code null}
 */
public record StoredRun(RunKey key, @Nullable String parentRunId, RunStatus status, @Nullable String input,
		@Nullable String response, @Nullable String error, long createdAt, @Nullable Long endedAt,
		@Nullable Long lastEvent, int epoch, int recoveries, RunOrigin origin, @Nullable Long deadline) {

	/**
	 * Creates a builder for an unfinished run without content.
	 * @param key identifies the run
	 * @param status its status
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
	 * Returns the id of the run's session.
	 * @return the id
	 */
	public String sessionId() {
		return this.key.sessionId();
	}

	/**
	 * Returns the id of the run's workflow.
	 * @return the id
	 */
	public String workflowId() {
		return this.key.workflowId();
	}

	/**
	 * Returns the user of the run.
	 * @return the user's id, or {@code null}
	 */
	public @Nullable String userId() {
		return this.key.userId();
	}

	/**
	 * Returns the run's position in the history of its session.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(Instant.ofEpochMilli(this.createdAt), runId());
	}

	/**
	 * Returns the run in the form of the public API.
	 * @return the run, with its JSON parsed
	 */
	public WorkflowRun toWorkflowRun() {
		return new WorkflowRun(runId(), sessionId(), workflowId(), userId(), this.parentRunId, this.status,
				(this.input != null) ? Json.readMap(this.input) : null, toResponse(),
				(this.error != null) ? Json.convert(Json.readMap(this.error), RunFailure.class) : null,
				Instant.ofEpochMilli(this.createdAt),
				(this.endedAt != null) ? Instant.ofEpochMilli(this.endedAt) : null, this.epoch, this.recoveries,
				this.origin.codeVersion(), this.origin.forkedFrom(),
				(this.deadline != null) ? Instant.ofEpochMilli(this.deadline) : null);
	}

	/**
	 * Returns the response of the run.
	 * @return the response, with its JSON parsed, or {@code null} if there is none yet
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
	 * Returns why buddy ended the run, where it was not its code's exception.
	 * @return one of the constants of {@link RunFailure} or a cause of
	 * {@link buddy.run.Cancellation}, or an empty text
	 */
	public String reason() {
		return (this.error != null && Json.readMap(this.error).get("reason") instanceof String reason) ? reason : "";
	}

	/**
	 * Returns the steps and nested runs that the failure of the run comes from.
	 * @return their keys; empty if it comes from none
	 */
	public List<String> failedSteps() {
		Object keys = (this.error != null) ? Json.readMap(this.error).get("failed_steps") : null;
		return (keys instanceof List<?> list) ? list.stream().map(String::valueOf).toList() : List.of();
	}

	/**
	 * Returns whether the run matches a query. It does not check whether the query's
	 * viewer may read the run's session.
	 * @param query the query
	 * @return whether the run matches
	 */
	public boolean matches(RunQuery query) {
		return (query.workflowId() == null || query.workflowId().equals(workflowId()))
				&& (query.sessionId() == null || query.sessionId().equals(sessionId()))
				&& (query.userId() == null || query.userId().equals(userId()))
				&& (query.statuses().isEmpty() || query.statuses().contains(this.status))
				&& (query.from() == null || this.createdAt >= query.from().toEpochMilli())
				&& (query.to() == null || this.createdAt < query.to().toEpochMilli());
	}

	/** Returns whether the run can belong to a session that the access allows. */
	boolean allows(SessionAccess access) {
		return (userId() == null || userId().equals(access.userId()))
				&& (access.workflowId() == null || access.workflowId().equals(workflowId()));
	}

	/**
	 * Builder for {@link StoredRun}.
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

		private int epoch;

		private int recoveries;

		private RunOrigin origin = RunOrigin.NONE;

		private @Nullable Long deadline;

		private Builder(RunKey key, RunStatus status) {
			this.key = key;
			this.status = status;
		}

		/**
		 * Sets the calling run.
		 * @param parentRunId its id, or {@code null}
		 * @return this builder
		 */
		public Builder parentRunId(@Nullable String parentRunId) {
			this.parentRunId = parentRunId;
			return this;
		}

		/**
		 * Sets the arguments.
		 * @param input a JSON object, or {@code null} if they are unknown
		 * @return this builder
		 */
		public Builder input(@Nullable String input) {
			this.input = input;
			return this;
		}

		/**
		 * Sets the response of the run.
		 * @param response the response without the fields that are columns, as a JSON
		 * object, or {@code null}
		 * @return this builder
		 */
		public Builder response(@Nullable String response) {
			this.response = response;
			return this;
		}

		/**
		 * Sets the reason the run did not complete.
		 * @param error a JSON object, or {@code null}
		 * @return this builder
		 */
		public Builder error(@Nullable String error) {
			this.error = error;
			return this;
		}

		/**
		 * Sets the time the run began.
		 * @param createdAt the time, in milliseconds since the epoch
		 * @return this builder
		 */
		public Builder createdAt(long createdAt) {
			this.createdAt = createdAt;
			return this;
		}

		/**
		 * Sets the time the run ended.
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
		 * Sets which execution of the run was the last.
		 * @param epoch the number; default is 0, the first
		 * @return this builder
		 */
		public Builder epoch(int epoch) {
			this.epoch = epoch;
			return this;
		}

		/**
		 * Sets how often the run was continued because its process had died.
		 * @param recoveries the number; default is 0
		 * @return this builder
		 */
		public Builder recoveries(int recoveries) {
			this.recoveries = recoveries;
			return this;
		}

		/**
		 * Sets what the run began from.
		 * @param origin the origin; default is that of an ordinary run
		 * @return this builder
		 */
		public Builder origin(RunOrigin origin) {
			this.origin = origin;
			return this;
		}

		/**
		 * Sets when the run has to end.
		 * @param deadline the time, in milliseconds of the store's clock, or {@code null}
		 * @return this builder
		 */
		public Builder deadline(@Nullable Long deadline) {
			this.deadline = deadline;
			return this;
		}

		/**
		 * Builds the run.
		 * @return the run
		 */
		public StoredRun build() {
			return new StoredRun(this.key, this.parentRunId, this.status, this.input, this.response, this.error,
					this.createdAt, this.endedAt, this.lastEvent, this.epoch, this.recoveries, this.origin,
					this.deadline);
		}

	}

}
