package buddy.storage;

import org.jspecify.annotations.Nullable;

import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;

/**
 * A run that is about to begin, and the session it opens.
 *
 * @param runId the run's id
 * @param sessionId the session to open, or to create
 * @param workflowId the workflow
 * @param userId whose run it is, or {@code null}
 * @param parentRunId the run that calls it, or {@code null}
 * @param input the arguments, a JSON object
 * @param sessionName the name of the session if it is created
 * @param workflowData the workflow's name, id and description, a JSON object, for a
 * session that is created
 * @param extraData the application's own data, a JSON object, for a session that is
 * created, or {@code null}
 * @param createdAt when the run begins, in milliseconds since the epoch
 * @param recordStart whether the run is stored when it begins, not only when it ends
 * @param concurrency whether it shares its session with other runs; one that does not is
 * always stored when it begins
 * @param ownerNode the node that runs it, or {@code null} if no node is known
 * @param idempotencyKey what no other run may have been begun with, or {@code null}
 */
public record NewRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, String input, @Nullable String sessionName, String workflowData,
		@Nullable String extraData, long createdAt, boolean recordStart, SessionConcurrency concurrency,
		@Nullable String ownerNode, @Nullable IdempotencyKey idempotencyKey) {

	/**
	 * Creates a run that may be begun any number of times.
	 * @param runId the run's id
	 * @param sessionId the session to open, or to create
	 * @param workflowId the workflow
	 * @param userId whose run it is, or {@code null}
	 * @param parentRunId the run that calls it, or {@code null}
	 * @param input the arguments, a JSON object
	 * @param sessionName the name of the session if it is created
	 * @param workflowData the workflow's data for a session that is created
	 * @param extraData the application's own data for a session that is created
	 * @param createdAt when the run begins, in milliseconds since the epoch
	 * @param recordStart whether the run is stored when it begins
	 * @param concurrency whether it shares its session with other runs
	 * @param ownerNode the node that runs it, or {@code null} if no node is known
	 */
	public NewRun(String runId, String sessionId, String workflowId, @Nullable String userId,
			@Nullable String parentRunId, String input, @Nullable String sessionName, String workflowData,
			@Nullable String extraData, long createdAt, boolean recordStart, SessionConcurrency concurrency,
			@Nullable String ownerNode) {
		this(runId, sessionId, workflowId, userId, parentRunId, input, sessionName, workflowData, extraData, createdAt,
				recordStart, concurrency, ownerNode, null);
	}

	/**
	 * Creates a run that shares its session, of no known node.
	 * @param runId the run's id
	 * @param sessionId the session to open, or to create
	 * @param workflowId the workflow
	 * @param userId whose run it is, or {@code null}
	 * @param parentRunId the run that calls it, or {@code null}
	 * @param input the arguments, a JSON object
	 * @param sessionName the name of the session if it is created
	 * @param workflowData the workflow's data for a session that is created
	 * @param extraData the application's own data for a session that is created
	 * @param createdAt when the run begins, in milliseconds since the epoch
	 * @param recordStart whether the run is stored when it begins
	 */
	public NewRun(String runId, String sessionId, String workflowId, @Nullable String userId,
			@Nullable String parentRunId, String input, @Nullable String sessionName, String workflowData,
			@Nullable String extraData, long createdAt, boolean recordStart) {
		this(runId, sessionId, workflowId, userId, parentRunId, input, sessionName, workflowData, extraData, createdAt,
				recordStart, SessionConcurrency.MERGE, null);
	}

	/**
	 * Returns the same run with another way to share its session, owned by a node.
	 * @param concurrency whether it shares its session with other runs
	 * @param ownerNode the node that runs it, or {@code null}
	 * @return the run
	 */
	public NewRun with(SessionConcurrency concurrency, @Nullable String ownerNode) {
		return new NewRun(this.runId, this.sessionId, this.workflowId, this.userId, this.parentRunId, this.input,
				this.sessionName, this.workflowData, this.extraData, this.createdAt, this.recordStart, concurrency,
				ownerNode, this.idempotencyKey);
	}

	/**
	 * Returns the same run with a key that no other run may have been begun with; it is
	 * stored when it begins.
	 * @param key the key, or {@code null} for none
	 * @return the run
	 */
	public NewRun withIdempotencyKey(@Nullable IdempotencyKey key) {
		return new NewRun(this.runId, this.sessionId, this.workflowId, this.userId, this.parentRunId, this.input,
				this.sessionName, this.workflowData, this.extraData, this.createdAt, this.recordStart || key != null,
				this.concurrency, this.ownerNode, key);
	}

	/**
	 * Returns the session as it is stored when this run is its first.
	 * @return the session, with version 0 and without state
	 */
	public StoredSession newSession() {
		return new StoredSession(this.sessionId, this.workflowId, this.userId, this.sessionName, null, null,
				this.workflowData, this.extraData, null, this.createdAt, this.createdAt, 0);
	}

	/**
	 * Checks that the run may use a session that exists.
	 * @param session the session
	 * @throws SessionNotFoundException if it belongs to another user
	 * @throws SessionWorkflowMismatchException if it belongs to another workflow
	 */
	public void requireOwner(StoredSession session) {
		if (!session.isOpenTo(this.userId)) {
			throw new SessionNotFoundException(this.sessionId);
		}
		if (!session.workflowId().equals(this.workflowId)) {
			throw new SessionWorkflowMismatchException(this.sessionId, session.workflowId(), this.workflowId);
		}
	}

	/**
	 * Tells whether the run may use a session that exists.
	 * @param session the session
	 * @return whether it is open to the run's user and belongs to its workflow
	 */
	public boolean mayUse(StoredSession session) {
		return session.isOpenTo(this.userId) && session.workflowId().equals(this.workflowId);
	}

	/**
	 * Returns a session as it is once this run uses it: nobody's session becomes the
	 * run's user's.
	 * @param session the session
	 * @return the session, with a user if the run has one
	 */
	public StoredSession adopt(StoredSession session) {
		if (session.userId() != null || this.userId == null) {
			return session;
		}
		return new StoredSession(session.sessionId(), session.workflowId(), this.userId, session.sessionName(),
				session.state(), session.media(), session.workflowData(), session.extraData(), session.additional(),
				session.createdAt(), session.updatedAt(), session.version());
	}

}
