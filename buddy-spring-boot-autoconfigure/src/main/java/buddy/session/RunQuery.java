package buddy.session;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * Which runs to list, newest first.
 *
 * @param workflowId only this workflow's, or {@code null} for every workflow's
 * @param sessionId only this session's, or {@code null} for every session's
 * @param userId only this user's, or {@code null} for every user's
 * @param statuses only those that stand so, or empty for all
 * @param from only those begun then or later, or {@code null}
 * @param to only those begun before that, or {@code null}
 * @param viewer only what may be read in this name, or {@code null} for the application
 * itself, which may read everything
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
	 * Returns this query for a workflow's runs.
	 * @param workflowId the workflow, or {@code null} for every one
	 * @return the query
	 */
	public RunQuery ofWorkflow(@Nullable String workflowId) {
		return new RunQuery(workflowId, this.sessionId, this.userId, this.statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns this query for a session's runs.
	 * @param sessionId the session, or {@code null} for every one
	 * @return the query
	 */
	public RunQuery ofSession(@Nullable String sessionId) {
		return new RunQuery(this.workflowId, sessionId, this.userId, this.statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns this query for a user's runs.
	 * @param userId the user, or {@code null} for every one
	 * @return the query
	 */
	public RunQuery ofUser(@Nullable String userId) {
		return new RunQuery(this.workflowId, this.sessionId, userId, this.statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns this query for runs that stand so.
	 * @param statuses the statuses, or empty for all
	 * @return the query
	 */
	public RunQuery withStatus(Set<RunStatus> statuses) {
		return new RunQuery(this.workflowId, this.sessionId, this.userId, statuses, this.from, this.to, this.viewer);
	}

	/**
	 * Returns this query for runs that began in a span of time.
	 * @param from the begin, which belongs to it, or {@code null} for no limit
	 * @param to the end, which does not, or {@code null} for no limit
	 * @return the query
	 */
	public RunQuery begun(@Nullable Instant from, @Nullable Instant to) {
		return new RunQuery(this.workflowId, this.sessionId, this.userId, this.statuses, from, to, this.viewer);
	}

	/**
	 * Returns this query for what may be read in somebody's name.
	 * @param viewer in whose name, or {@code null} for the application itself
	 * @return the query
	 */
	public RunQuery visibleTo(@Nullable SessionAccess viewer) {
		return new RunQuery(this.workflowId, this.sessionId, this.userId, this.statuses, this.from, this.to, viewer);
	}

}
