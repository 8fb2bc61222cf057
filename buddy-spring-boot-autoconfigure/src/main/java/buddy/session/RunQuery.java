package buddy.session;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * @param from the earliest beginning, inclusive, or {@code null}
 * @param to the latest beginning, exclusive, or {@code null}
 * @param viewer restricts the result to what this viewer may read, or {@code null} for no
 * restriction
 */
public record RunQuery(@Nullable String workflowId, @Nullable String sessionId, @Nullable String userId,
		Set<RunStatus> statuses, @Nullable Instant from, @Nullable Instant to, @Nullable SessionAccess viewer) {

	private static final Instant EARLIEST = Instant.ofEpochMilli(Long.MIN_VALUE);

	private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

	/**
	 * Copies the statuses, and brings the times to whole milliseconds, as those of runs
	 * are.
	 */
	public RunQuery {
		statuses = Set.copyOf(statuses);
		from = (from != null) ? wholeMillis(from) : null;
		to = (to != null) ? wholeMillis(to) : null;
	}

	/** Rounded up, a limit between two milliseconds lets the same runs through. */
	private static Instant wholeMillis(Instant time) {
		if (time.isBefore(EARLIEST)) {
			return EARLIEST;
		}
		if (!time.isBefore(LATEST)) {
			return LATEST;
		}
		Instant whole = time.truncatedTo(ChronoUnit.MILLIS);
		return whole.equals(time) ? time : whole.plusMillis(1);
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
	 * @param from the start of the period, inclusive, or {@code null}
	 * @param to the end of the period, exclusive, or {@code null}
	 * @return the query
	 */
	public RunQuery begun(@Nullable Instant from, @Nullable Instant to) {
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
