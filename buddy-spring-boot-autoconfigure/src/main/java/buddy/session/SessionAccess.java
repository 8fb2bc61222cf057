package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * In whose name a session is read or written: a user's, and where a run does it, a
 * workflow's.
 *
 * @param userId the user, or {@code null} for nobody
 * @param workflowId the workflow that the session must belong to, or {@code null} for any
 * @param includeUnowned whether nobody's sessions are open too, not only the user's own
 */
public record SessionAccess(@Nullable String userId, @Nullable String workflowId, boolean includeUnowned) {

	/**
	 * Returns the access to a user's sessions and to nobody's.
	 * @param userId the user, or {@code null} for nobody
	 * @param workflowId the workflow that the session must belong to, or {@code null} for
	 * any
	 */
	public SessionAccess(@Nullable String userId, @Nullable String workflowId) {
		this(userId, workflowId, true);
	}

	/**
	 * Returns the access of a user to the sessions of every workflow.
	 * @param userId the user, or {@code null} for nobody
	 * @return the access
	 */
	public static SessionAccess ofUser(@Nullable String userId) {
		return new SessionAccess(userId, null);
	}

	/**
	 * Returns the access of a user to that user's own sessions, and not to nobody's.
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
