package buddy.storage;

import org.jspecify.annotations.Nullable;

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;

/**
 * A run that is about to begin, and the session it opens.
 *
 * @param key names the run, and with it the session to open, or to create
 * @param session what the session gets if it is created
 * @param parentRunId the run that calls it, or {@code null}
 * @param createdAt when the run begins, in milliseconds since the epoch
 * @param input the arguments, a JSON object
 * @param recordStart whether the run is stored when it begins, not only when it ends
 * @param concurrency whether it shares its session with other runs; one that does not is
 * always stored when it begins
 * @param ownerNode the node that runs it, or {@code null} if no node is known
 * @param idempotencyKey what no other run may have been begun with, or {@code null}
 */
public record NewRun(RunKey key, SessionSeed session, @Nullable String parentRunId, long createdAt, String input,
		boolean recordStart, SessionConcurrency concurrency, @Nullable String ownerNode,
		@Nullable IdempotencyKey idempotencyKey) {

	/**
	 * Starts a run of no other run and of no known node, with empty input, that is stored
	 * when it begins and shares its session.
	 * @param key names the run
	 * @param session what its session gets if it is created
	 * @return the builder
	 */
	public static Builder builder(RunKey key, SessionSeed session) {
		return new Builder(key, session);
	}

	/**
	 * Starts a copy.
	 * @return a builder with all that this run has
	 */
	public Builder toBuilder() {
		return builder(this.key, this.session).parentRunId(this.parentRunId)
			.createdAt(this.createdAt)
			.input(this.input)
			.recordStart(this.recordStart)
			.concurrency(this.concurrency)
			.ownerNode(this.ownerNode)
			.idempotencyKey(this.idempotencyKey);
	}

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	public String runId() {
		return this.key.runId();
	}

	/**
	 * Returns the session to open, or to create.
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
	 * Returns the same run with another way to share its session, owned by a node.
	 * @param concurrency whether it shares its session with other runs
	 * @param ownerNode the node that runs it, or {@code null}
	 * @return the run
	 */
	public NewRun with(SessionConcurrency concurrency, @Nullable String ownerNode) {
		return toBuilder().concurrency(concurrency).ownerNode(ownerNode).build();
	}

	/**
	 * Returns the same run with a key that no other run may have been begun with; it is
	 * stored when it begins.
	 * @param key the key, or {@code null} for none
	 * @return the run
	 */
	public NewRun withIdempotencyKey(@Nullable IdempotencyKey key) {
		return toBuilder().idempotencyKey(key).build();
	}

	/**
	 * Returns the session as it is stored when this run is its first.
	 * @return the session, with version 0 and without state
	 */
	public StoredSession newSession() {
		return new StoredSession(sessionId(), workflowId(), userId(), this.session.sessionName(), null, null,
				this.session.workflowData(), this.session.extraData(), null, this.createdAt, this.createdAt, 0);
	}

	/**
	 * Returns the record of the run before it has ended.
	 * @param status whether it runs or waits
	 * @return the record
	 */
	public StoredRun toStoredRun(RunStatus status) {
		return StoredRun.builder(this.key, status)
			.parentRunId(this.parentRunId)
			.input(this.input)
			.createdAt(this.createdAt)
			.build();
	}

	/**
	 * Checks that the run may use a session that exists.
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
	 * Tells whether the run may use a session that exists.
	 * @param session the session
	 * @return whether it is open to the run's user and belongs to its workflow
	 */
	public boolean mayUse(StoredSession session) {
		return session.isOpenTo(userId()) && session.workflowId().equals(workflowId());
	}

	/**
	 * Returns a session as it is once this run uses it: nobody's session becomes the
	 * run's user's.
	 * @param session the session
	 * @return the session, with a user if the run has one
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
	 * Builds a {@link NewRun}.
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

		private Builder(RunKey key, SessionSeed session) {
			this.key = key;
			this.session = session;
		}

		/**
		 * Sets the run that calls it.
		 * @param parentRunId its id; {@code null}, the default, if no run does
		 * @return this builder
		 */
		public Builder parentRunId(@Nullable String parentRunId) {
			this.parentRunId = parentRunId;
			return this;
		}

		/**
		 * Sets when the run begins.
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
		 * @param recordStart whether it is; default is true, and a run with an
		 * idempotency key always is
		 * @return this builder
		 */
		public Builder recordStart(boolean recordStart) {
			this.recordStart = recordStart;
			return this;
		}

		/**
		 * Sets whether the run shares its session with other runs.
		 * @param concurrency the policy; default is that it does
		 * @return this builder
		 */
		public Builder concurrency(SessionConcurrency concurrency) {
			this.concurrency = concurrency;
			return this;
		}

		/**
		 * Sets the node that runs it.
		 * @param ownerNode its id; {@code null}, the default, if no node is known
		 * @return this builder
		 */
		public Builder ownerNode(@Nullable String ownerNode) {
			this.ownerNode = ownerNode;
			return this;
		}

		/**
		 * Sets what no other run may have been begun with.
		 * @param idempotencyKey the key; {@code null}, the default, for none
		 * @return this builder
		 */
		public Builder idempotencyKey(@Nullable IdempotencyKey idempotencyKey) {
			this.idempotencyKey = idempotencyKey;
			return this;
		}

		/**
		 * Builds the run.
		 * @return the run
		 */
		public NewRun build() {
			return new NewRun(this.key, this.session, this.parentRunId, this.createdAt, this.input,
					this.recordStart || this.idempotencyKey != null, this.concurrency, this.ownerNode,
					this.idempotencyKey);
		}

	}

}
