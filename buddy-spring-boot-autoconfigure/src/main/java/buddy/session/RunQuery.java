package buddy.session;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A query for runs, newest first.
 *
 * @param workflowId the workflow, or {@code null} for all workflows
 * @param sessionId the session, or {@code null} for all sessions
 * @param userId the user, or {@code null} for all users
 * @param statuses the statuses, or empty for all
 * @param from the earliest beginning, inclusive, in milliseconds since the epoch, or
 * {@code null}
 * @param to the latest beginning, exclusive, in milliseconds since the epoch, or
 * {@code null}
 * @param viewer restricts the result to what this viewer may read, or {@code null} for no
 * restriction
 */
public record RunQuery(@Nullable String workflowId, @Nullable String sessionId, @Nullable String userId,
		Set<RunStatus> statuses, @Nullable Long from, @Nullable Long to, @Nullable SessionAccess viewer) {

	/**
	 * Copies the statuses.
	 */
	public RunQuery {
		statuses = Set.copyOf(statuses);
	}

	/**
	 * Returns the query for all runs.
	 * @return the query
	 */
	public static RunQuery all() {
		return new RunQuery(null, null, null, Set.of(), null, null, null);
	}

	/**
	 * Returns a copy of this query for the runs of a workflow.
	 * @param workflowId the workflow, or {@code null} for all
	 * @return the query
	 */
	public RunQuery ofWorkflow(@Nullable String workflowId) {
		return new RunQuery(workflowId, this.sessionId, this.userId, this.statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns a copy of this query for the runs of a session.
	 * @param sessionId the session, or {@code null} for all
	 * @return the query
	 */
	public RunQuery ofSession(@Nullable String sessionId) {
		return new RunQuery(this.workflowId, sessionId, this.userId, this.statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns a copy of this query for the runs of a user.
	 * @param userId the user, or {@code null} for all
	 * @return the query
	 */
	public RunQuery ofUser(@Nullable String userId) {
		return new RunQuery(this.workflowId, this.sessionId, userId, this.statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns a copy of this query for runs with certain statuses.
	 * @param statuses the statuses, or empty for all
	 * @return the query
	 */
	public RunQuery withStatus(Set<RunStatus> statuses) {
		return new RunQuery(this.workflowId, this.sessionId, this.userId, statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns a copy of this query for runs that began in a period.
	 * @param from the start of the period, inclusive, in milliseconds since the epoch, or
	 * {@code null}
	 * @param to the end of the period, exclusive, or {@code null}
	 * @return the query
	 */
	public RunQuery begun(@Nullable Long from, @Nullable Long to) {
		return new RunQuery(this.workflowId, this.sessionId, this.userId, this.statuses, from, to, this.viewer);
	}

	/**
	 * Returns a copy of this query for what a viewer may read.
	 * @param viewer the viewer, or {@code null} for no restriction
	 * @return the query
	 */
	public RunQuery visibleTo(@Nullable SessionAccess viewer) {
		return new RunQuery(this.workflowId, this.sessionId, this.userId, this.statuses, this.from, this.to, viewer);
	}

}
