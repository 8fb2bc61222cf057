package buddy.storage;

import org.jspecify.annotations.Nullable;

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;

/**
 * A run that is about to begin, with the session to open.
 *
 * @param key identifies the run, and the session to open or create
 * @param session the initial content of the session if it is created
 * @param parentRunId the calling run, or {@code null}
 * @param createdAt the time the run begins, in milliseconds since the epoch
 * @param input the arguments, as a JSON object
 * @param recordStart whether the run is stored when it begins, not only when it ends
 * @param concurrency whether it shares its session with other runs; an exclusive run is
 * always stored when it begins
 * @param ownerNode the node that runs it, or {@code null} if no node is known
 * @param idempotencyKey the key, which no other run may have been begun with, or
 * {@code null}
 * @param epoch which execution of the run this is: 0 for the first, and one more each
 * time it is continued
 * @param origin what it began from
 */
public record NewRun(RunKey key, SessionSeed session, @Nullable String parentRunId, long createdAt, String input,
		boolean recordStart, SessionConcurrency concurrency, @Nullable String ownerNode,
		@Nullable IdempotencyKey idempotencyKey, int epoch, RunOrigin origin) {

	/**
	 * Creates a builder. By default, the run has no parent, no known node and an empty
	 * input, is stored when it begins, and shares its session.
	 * @param key identifies the run
	 * @param session the initial content of its session if it is created
	 * @return the builder
	 */
	public static Builder builder(RunKey key, SessionSeed session) {
		return new Builder(key, session);
	}

	/**
	 * Creates a builder with the values of this run.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return builder(this.key, this.session).parentRunId(this.parentRunId)
			.createdAt(this.createdAt)
			.input(this.input)
			.recordStart(this.recordStart)
			.concurrency(this.concurrency)
			.ownerNode(this.ownerNode)
			.idempotencyKey(this.idempotencyKey)
			.epoch(this.epoch)
			.origin(this.origin);
	}

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	public String runId() {
		return this.key.runId();
	}

	/**
	 * Returns the id of the session to open or create.
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
	 * Returns a copy of this run with another concurrency policy and owner node.
	 * @param concurrency whether it shares its session with other runs
	 * @param ownerNode the node that runs it, or {@code null}
	 * @return the run
	 */
	public NewRun with(SessionConcurrency concurrency, @Nullable String ownerNode) {
		return toBuilder().concurrency(concurrency).ownerNode(ownerNode).build();
	}

	/**
	 * Returns a copy of this run with an idempotency key. With a key, the run is always
	 * stored when it begins.
	 * @param key the key, or {@code null} for none
	 * @return the run
	 */
	public NewRun withIdempotencyKey(@Nullable IdempotencyKey key) {
		return toBuilder().idempotencyKey(key).build();
	}

	/**
	 * Returns the session to store if this run creates it.
	 * @return the session, with version 0 and without state
	 */
	public StoredSession newSession() {
		return new StoredSession(sessionId(), workflowId(), userId(), this.session.sessionName(), null, null,
				this.session.workflowData(), this.session.extraData(), null, this.createdAt, this.createdAt, 0);
	}

	/**
	 * Returns the record of the unfinished run.
	 * @param status the status, either running or waiting
	 * @return the record
	 */
	public StoredRun toStoredRun(RunStatus status) {
		return StoredRun.builder(this.key, status)
			.parentRunId(this.parentRunId)
			.input(this.input)
			.createdAt(this.createdAt)
			.epoch(this.epoch)
			.origin(this.origin)
			.build();
	}

	/**
	 * Checks that the run may use an existing session.
	 * @param session the session
	 * @throws SessionNotFoundException if it belongs to another user
	 * @throws SessionWorkflowMismatchException if it belongs to another workflow
	 */
	public void requireOwner(StoredSession session) {
		if (!session.isOpenTo(userId())) {
			throw new SessionNotFoundException(sessionId());
		}
		if (!session.workflowId().equals(workflowId())) {
			throw new SessionWorkflowMismatchException(this.key, session.workflowId());
		}
	}

	/**
	 * Returns whether the run may use an existing session.
	 * @param session the session
	 * @return whether the session is open to the run's user and belongs to its workflow
	 */
	public boolean mayUse(StoredSession session) {
		return session.isOpenTo(userId()) && session.workflowId().equals(workflowId());
	}

	/**
	 * Returns a session as changed by its use in this run: a session without a user
	 * becomes that of the run's user.
	 * @param session the session
	 * @return the session, with the run's user if it had none
	 */
	public StoredSession adopt(StoredSession session) {
		if (session.userId() != null || userId() == null) {
			return session;
		}
		return new StoredSession(session.sessionId(), session.workflowId(), userId(), session.sessionName(),
				session.state(), session.media(), session.workflowData(), session.extraData(), session.additional(),
				session.createdAt(), session.updatedAt(), session.version());
	}

	/**
	 * Builder for {@link NewRun}.
	 */
	public static final class Builder {

		private final RunKey key;

		private final SessionSeed session;

		private @Nullable String parentRunId;

		private long createdAt;

		private String input = "{}";

		private boolean recordStart = true;

		private SessionConcurrency concurrency = SessionConcurrency.MERGE;

		private @Nullable String ownerNode;

		private @Nullable IdempotencyKey idempotencyKey;

		private int epoch;

		private RunOrigin origin = RunOrigin.NONE;

		private Builder(RunKey key, SessionSeed session) {
			this.key = key;
			this.session = session;
		}

		/**
		 * Sets the calling run.
		 * @param parentRunId its id; {@code null}, the default, if there is none
		 * @return this builder
		 */
		public Builder parentRunId(@Nullable String parentRunId) {
			this.parentRunId = parentRunId;
			return this;
		}

		/**
		 * Sets the time the run begins.
		 * @param createdAt the time, in milliseconds since the epoch
		 * @return this builder
		 */
		public Builder createdAt(long createdAt) {
			this.createdAt = createdAt;
			return this;
		}

		/**
		 * Sets the arguments of the run.
		 * @param input a JSON object; the default is an empty one
		 * @return this builder
		 */
		public Builder input(String input) {
			this.input = input;
			return this;
		}

		/**
		 * Sets whether the run is stored when it begins, not only when it ends.
		 * @param recordStart whether it is stored when it begins; default is true; a run
		 * with an idempotency key always is
		 * @return this builder
		 */
		public Builder recordStart(boolean recordStart) {
			this.recordStart = recordStart;
			return this;
		}

		/**
		 * Sets whether the run shares its session with other runs; default is that it
		 * does.
		 * @param concurrency the policy
		 * @return this builder
		 */
		public Builder concurrency(SessionConcurrency concurrency) {
			this.concurrency = concurrency;
			return this;
		}

		/**
		 * Sets the node that runs the run.
		 * @param ownerNode its id; {@code null}, the default, if no node is known
		 * @return this builder
		 */
		public Builder ownerNode(@Nullable String ownerNode) {
			this.ownerNode = ownerNode;
			return this;
		}

		/**
		 * Sets the idempotency key, which no other run may have been begun with.
		 * @param idempotencyKey the key; {@code null}, the default, for none
		 * @return this builder
		 */
		public Builder idempotencyKey(@Nullable IdempotencyKey idempotencyKey) {
			this.idempotencyKey = idempotencyKey;
			return this;
		}

		/**
		 * Sets which execution of the run this is.
		 * @param epoch the number; default is 0, the first
		 * @return this builder
		 */
		public Builder epoch(int epoch) {
			this.epoch = epoch;
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
		 * Builds the run.
		 * @return the run
		 */
		public NewRun build() {
			return new NewRun(this.key, this.session, this.parentRunId, this.createdAt, this.input,
					this.recordStart || this.idempotencyKey != null, this.concurrency, this.ownerNode,
					this.idempotencyKey, this.epoch, this.origin);
		}

	}

}
