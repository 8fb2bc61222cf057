package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A query for entries of the audit, newest first.
 *
 * @param runId the run, or {@code null} for all
 * @param workflowId the workflow, or {@code null} for all
 * @param sessionId the session, or {@code null} for all
 * @param actor the user who did it, or {@code null} for all
 * @param action what was done, such as {@link AuditEntry#CANCEL}, or {@code null} for all
 * @param since the earliest time, inclusive, or {@code null}
 */
public record AuditQuery(@Nullable String runId, @Nullable String workflowId, @Nullable String sessionId,
		@Nullable String actor, @Nullable String action, @Nullable Instant since) {

	/**
	 * Returns the query for all entries.
	 * @return the query
	 */
	public static AuditQuery all() {
		return new AuditQuery(null, null, null, null, null, null);
	}

	/**
	 * Returns a copy of this query for a run.
	 * @param runId the run, or {@code null} for all
	 * @return the query
	 */
	public AuditQuery ofRun(@Nullable String runId) {
		return new AuditQuery(runId, this.workflowId, this.sessionId, this.actor, this.action, this.since);
	}

	/**
	 * Returns a copy of this query for the runs and sessions of a workflow.
	 * @param workflowId the workflow, or {@code null} for all
	 * @return the query
	 */
	public AuditQuery ofWorkflow(@Nullable String workflowId) {
		return new AuditQuery(this.runId, workflowId, this.sessionId, this.actor, this.action, this.since);
	}

	/**
	 * Returns a copy of this query for a session and its runs.
	 * @param sessionId the session, or {@code null} for all
	 * @return the query
	 */
	public AuditQuery ofSession(@Nullable String sessionId) {
		return new AuditQuery(this.runId, this.workflowId, sessionId, this.actor, this.action, this.since);
	}

	/**
	 * Returns a copy of this query for what a user has done.
	 * @param actor the user, or {@code null} for all
	 * @return the query
	 */
	public AuditQuery by(@Nullable String actor) {
		return new AuditQuery(this.runId, this.workflowId, this.sessionId, actor, this.action, this.since);
	}

	/**
	 * Returns a copy of this query for an action.
	 * @param action the action, such as {@link AuditEntry#CANCEL}, or {@code null} for
	 * all
	 * @return the query
	 */
	public AuditQuery withAction(@Nullable String action) {
		return new AuditQuery(this.runId, this.workflowId, this.sessionId, this.actor, action, this.since);
	}

	/**
	 * Returns a copy of this query for what was done since a time.
	 * @param since the earliest time, inclusive, or {@code null}
	 * @return the query
	 */
	public AuditQuery since(@Nullable Instant since) {
		return new AuditQuery(this.runId, this.workflowId, this.sessionId, this.actor, this.action, since);
	}

}
