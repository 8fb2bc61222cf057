package buddy.session;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A query for sessions, last used first.
 * <p>
 * With a name, a page looks at {@link RunPage#MAX_LIMIT} sessions at most, so that it
 * costs the database the same however many there are. It may then have fewer items than
 * its limit, or none, and still a next page.
 *
 * @param workflowId the workflow, or {@code null} for all workflows
 * @param userId the user, or {@code null} for all users
 * @param name a part of the session's name, in upper or lower case, or {@code null} for
 * all names
 * @param viewer restricts the result to what this viewer may read, or {@code null} for no
 * restriction
 */
public record SessionQuery(@Nullable String workflowId, @Nullable String userId, @Nullable String name,
		@Nullable SessionAccess viewer) {

	/**
	 * Creates a query that is not restricted to a viewer.
	 * @param workflowId the workflow, or {@code null} for all workflows
	 * @param userId the user, or {@code null} for all users
	 */
	public SessionQuery(@Nullable String workflowId, @Nullable String userId) {
		this(workflowId, userId, null, null);
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
		return new SessionQuery(this.workflowId, userId, this.name, this.viewer);
	}

	/**
	 * Returns a copy of this query for what a viewer may read.
	 * @param viewer the viewer
	 * @return the query
	 */
	public SessionQuery visibleTo(SessionAccess viewer) {
		return new SessionQuery(this.workflowId, this.userId, this.name, viewer);
	}

	/**
	 * Returns a copy of this query for the sessions with a name.
	 * @param name a part of the name, in upper or lower case, or {@code null} for all
	 * names
	 * @return the query
	 */
	public SessionQuery named(@Nullable String name) {
		return new SessionQuery(this.workflowId, this.userId, name, this.viewer);
	}

	/**
	 * Returns whether a session's name fits the query.
	 * @param sessionName the name, or {@code null} if it has none
	 * @return whether it contains the part that is asked for
	 */
	public boolean fits(@Nullable String sessionName) {
		return this.name == null || sessionName != null
				&& sessionName.toLowerCase(Locale.ROOT).contains(this.name.toLowerCase(Locale.ROOT));
	}

}
