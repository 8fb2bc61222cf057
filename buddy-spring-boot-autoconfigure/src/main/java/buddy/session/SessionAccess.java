package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * In whose name a session is read or written: a user's, and where a run does it, a
 * workflow's.
 *
 * @param userId the user, or {@code null} for nobody
 * @param workflowId the workflow that the session must belong to, or {@code null} for any
 */
public record SessionAccess(@Nullable String userId, @Nullable String workflowId) {

	/**
	 * Returns the access of a user to the sessions of every workflow.
	 * @param userId the user, or {@code null} for nobody
	 * @return the access
	 */
	public static SessionAccess ofUser(@Nullable String userId) {
		return new SessionAccess(userId, null);
	}

	/**
	 * Tells whether a session may be read and written.
	 * @param session the session
	 * @return whether it is nobody's or the user's, and the workflow's if one is named
	 */
	public boolean allows(StoredSession session) {
		return session.isOpenTo(this.userId)
				&& (this.workflowId == null || this.workflowId.equals(session.workflowId()));
	}

}
