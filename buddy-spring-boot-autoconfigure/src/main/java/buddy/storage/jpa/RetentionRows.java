package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.List;

import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import buddy.storage.WorkflowSelection;

/**
 * SQL statements that find and delete old runs and sessions.
 */
final class RetentionRows {

	private static final List<String> ENDED = List.of("COMPLETED", "ERROR", "CANCELLED");

	private static final String IS_ENDED = "status in ('COMPLETED', 'ERROR', 'CANCELLED')";

	private static final String NO_RUN_IN_PROGRESS = "not exists (select 1 from buddy_workflow_run r"
			+ " where r.session_id = buddy_workflow_session.session_id"
			+ " and r.status in ('PENDING', 'RUNNING', 'PAUSED'))";

	/** Maps rows with a key as their only column. */
	static final RowMapper<String> KEY = (row, number) -> row.getString(1);

	private final JdbcClient jdbc;

	private final String lockSessions;

	private final RunParts parts;

	RetentionRows(JdbcClient jdbc, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.lockSessions = "select session_id from buddy_workflow_session where session_id in (:ids)"
				+ " order by session_id" + dialect.forUpdate();
		this.parts = new RunParts(jdbc, dialect);
	}

	/** Finds runs in no particular order, since PostgreSQL has no index for one. */
	List<String> runsBegunBefore(WorkflowSelection workflows, long begunBefore, int limit) {
		List<String> found = new ArrayList<>();
		for (String status : ENDED) {
			if (found.size() < limit) {
				found.addAll(
						select("select run_id from buddy_workflow_run where status = :status and created_at < :before"
								+ of(workflows) + " order by created_at limit :limit", workflows)
							.param("status", status)
							.param("before", begunBefore)
							.param("limit", limit - found.size())
							.query(KEY)
							.list());
			}
		}
		return found;
	}

	/** Finds sessions by reading no more runs per session than are kept. */
	List<String> sessionsWithMoreRuns(WorkflowSelection workflows, int keep, String after, int limit) {
		return select("select session_id from buddy_workflow_session where session_id > :after" + of(workflows)
				+ " and (select r.run_id from buddy_workflow_run r where r.session_id = buddy_workflow_session.session_id"
				+ " and r." + IS_ENDED + " order by r.created_at desc, r.run_id desc limit 1 offset :keep) is not null"
				+ " order by session_id limit :limit", workflows)
			.param("after", after)
			.param("keep", keep)
			.param("limit", limit)
			.query(KEY)
			.list();
	}

	List<String> olderRuns(String sessionId, int keep, int limit) {
		return this.jdbc
			.sql("select run_id from buddy_workflow_run where session_id = :session and " + IS_ENDED
					+ " order by created_at desc, run_id desc limit :limit offset :keep")
			.param("session", sessionId)
			.param("limit", limit)
			.param("keep", keep)
			.query(KEY)
			.list();
	}

	int deleteEndedRuns(List<String> runIds) {
		this.parts.deleteOf("run_id in (:ids) and " + IS_ENDED, (delete) -> delete.param("ids", runIds));
		return this.jdbc.sql("delete from buddy_workflow_run where run_id in (:ids) and " + IS_ENDED)
			.param("ids", runIds)
			.update();
	}

	List<UnusedSession> unusedSessions(WorkflowSelection workflows, long usedBefore, int limit) {
		return select("select session_id, (select count(*) from buddy_workflow_run r"
				+ " where r.session_id = buddy_workflow_session.session_id) from buddy_workflow_session"
				+ " where updated_at < :before" + of(workflows) + " and " + NO_RUN_IN_PROGRESS
				+ " order by updated_at, session_id limit :limit", workflows)
			.param("before", usedBefore)
			.param("limit", limit)
			.query((row, number) -> new UnusedSession(row.getString(1), row.getLong(2)))
			.list();
	}

	/**
	 * Deletes sessions after locking them, so that the delete sees every run that has
	 * begun in them, and no other can begin.
	 */
	int deleteSessions(List<String> sessionIds, long usedBefore) {
		this.jdbc.sql(this.lockSessions).param("ids", sessionIds).query(KEY).list();
		int deleted = this.jdbc
			.sql("delete from buddy_workflow_session where session_id in (:ids) and updated_at < :before and "
					+ NO_RUN_IN_PROGRESS)
			.param("ids", sessionIds)
			.param("before", usedBefore)
			.update();
		if (!this.parts.cascade()) {
			String left = "session_id in (:ids) and not exists (select 1 from buddy_workflow_session s"
					+ " where s.session_id = buddy_workflow_run.session_id)";
			this.parts.deleteOf(left, (delete) -> delete.param("ids", sessionIds));
			this.jdbc.sql("delete from buddy_workflow_run where " + left).param("ids", sessionIds).update();
		}
		return deleted;
	}

	private StatementSpec select(String sql, WorkflowSelection workflows) {
		return select(this.jdbc, sql, workflows);
	}

	/** Creates a statement with the ids of a selection of workflows. */
	static StatementSpec select(JdbcClient jdbc, String sql, WorkflowSelection workflows) {
		StatementSpec statement = jdbc.sql(sql);
		return workflows.workflowIds().isEmpty() ? statement : statement.param("workflows", workflows.workflowIds());
	}

	/** Returns the condition of a selection of workflows. */
	static String of(WorkflowSelection workflows) {
		if (workflows.workflowIds().isEmpty()) {
			return workflows.allBut() ? "" : " and 1 = 0";
		}
		return " and workflow_id " + (workflows.allBut() ? "not in" : "in") + " (:workflows)";
	}

	/**
	 * A session that has not been used for a long time.
	 *
	 * @param sessionId its id
	 * @param runs the number of its runs
	 */
	record UnusedSession(String sessionId, long runs) {
	}

}
