package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * Which sessions to list, last used first.
 *
 * @param workflowId only this workflow's, or {@code null} for every workflow's
 * @param userId only this user's, or {@code null} for every user's
 * @param viewer only what may be read in this name, or {@code null} for the application
 * itself, which may read everything
 */
public record SessionQuery(@Nullable String workflowId, @Nullable String userId, @Nullable SessionAccess viewer) {

	/**
	 * Creates a query of the application itself.
	 * @param workflowId only this workflow's, or {@code null} for every workflow's
	 * @param userId only this user's, or {@code null} for every user's
	 */
	public SessionQuery(@Nullable String workflowId, @Nullable String userId) {
		this(workflowId, userId, null);
	}

	/**
	 * Returns the query for all sessions.
	 * @return the query
	 */
	public static SessionQuery all() {
		return new SessionQuery(null, null);
	}

	/**
	 * Returns the query for a workflow's sessions.
	 * @param workflowId the workflow
	 * @return the query
	 */
	public static SessionQuery ofWorkflow(String workflowId) {
		return new SessionQuery(workflowId, null);
	}

	/**
	 * Returns this query for one user's sessions.
	 * @param userId the user
	 * @return the query
	 */
	public SessionQuery ofUser(@Nullable String userId) {
		return new SessionQuery(this.workflowId, userId, this.viewer);
	}

	/**
	 * Returns this query for what may be read in somebody's name.
	 * @param viewer in whose name
	 * @return the query
	 */
	public SessionQuery visibleTo(SessionAccess viewer) {
		return new SessionQuery(this.workflowId, this.userId, viewer);
	}

}
