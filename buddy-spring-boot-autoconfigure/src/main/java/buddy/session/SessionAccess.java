package buddy.session;

import org.jspecify.annotations.Nullable;

import buddy.run.RunKey;

/**
 * The identity that accesses sessions: a user, and for access by a run, its workflow.
 *
 * @param userId the user, or {@code null} for no user
 * @param workflowId the workflow that the session must belong to, or {@code null} for any
 * @param includeUnowned whether sessions without a user are accessible too, not only the
 * user's own
 */
public record SessionAccess(@Nullable String userId, @Nullable String workflowId, boolean includeUnowned) {

	/**
	 * Creates access to a user's sessions and to sessions without a user.
	 * @param userId the user, or {@code null} for no user
	 * @param workflowId the workflow that the session must belong to, or {@code null} for
	 * any
	 */
	public SessionAccess(@Nullable String userId, @Nullable String workflowId) {
		this(userId, workflowId, true);
	}

	/**
	 * Returns the access of a run: its user's and nobody's, to sessions of its workflow.
	 * @param run the run
	 * @return the access
	 */
	public static SessionAccess ofRun(RunKey run) {
		return new SessionAccess(run.userId(), run.workflowId());
	}

	/**
	 * Creates access to a user's sessions, and to those without a user, of every
	 * workflow.
	 * @param userId the user, or {@code null} for no user
	 * @return the access
	 */
	public static SessionAccess ofUser(@Nullable String userId) {
		return new SessionAccess(userId, null);
	}

	/**
	 * Creates access to a user's own sessions only, not to sessions without a user.
	 * @param userId the user
	 * @return the access
	 */
	public static SessionAccess ofOwner(String userId) {
		return new SessionAccess(userId, null, false);
	}

	/**
	 * Tells whether a session may be read and written.
	 * @param ownerId the session's user, or {@code null} if it is nobody's
	 * @param ownWorkflowId the session's workflow
	 * @return whether it is the user's, or nobody's where those are open, and the
	 * workflow's if one is named
	 */
	public boolean allows(@Nullable String ownerId, String ownWorkflowId) {
		boolean open = (ownerId != null) ? ownerId.equals(this.userId) : this.includeUnowned;
		return open && (this.workflowId == null || this.workflowId.equals(ownWorkflowId));
	}

}
