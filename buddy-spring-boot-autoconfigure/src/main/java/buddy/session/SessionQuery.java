package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * A query for sessions, last used first.
 *
 * @param workflowId the workflow, or {@code null} for all workflows
 * @param userId the user, or {@code null} for all users
 * @param viewer restricts the result to what this viewer may read, or {@code null} for no
 * restriction
 */
public record SessionQuery(@Nullable String workflowId, @Nullable String userId, @Nullable SessionAccess viewer) {

	/**
	 * Creates a query that is not restricted to a viewer.
	 * @param workflowId the workflow, or {@code null} for all workflows
	 * @param userId the user, or {@code null} for all users
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
	 * Returns a copy of this query for the sessions of a user.
	 * @param userId the user
	 * @return the query
	 */
	public SessionQuery ofUser(@Nullable String userId) {
		return new SessionQuery(this.workflowId, userId, this.viewer);
	}

	/**
	 * Returns a copy of this query for what a viewer may read.
	 * @param viewer the viewer
	 * @return the query
	 */
	public SessionQuery visibleTo(SessionAccess viewer) {
		return new SessionQuery(this.workflowId, this.userId, viewer);
	}

}
