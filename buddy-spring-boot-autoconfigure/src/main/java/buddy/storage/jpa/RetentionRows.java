package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.List;

import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import buddy.storage.WorkflowSelection;

/**
 * The statements that find and delete what is kept no longer, the same for every
 * database.
 */
final class RetentionRows {

	private static final List<String> ENDED = List.of("COMPLETED", "ERROR", "CANCELLED");

	private static final String IS_ENDED = "status in ('COMPLETED', 'ERROR', 'CANCELLED')";

	private static final String NO_RUN_IN_PROGRESS = "not exists (select 1 from buddy_workflow_run r"
			+ " where r.session_id = buddy_workflow_session.session_id"
			+ " and r.status in ('PENDING', 'RUNNING', 'PAUSED'))";

	/** The one column of rows that are looked for by their key. */
	static final RowMapper<String> KEY = (row, number) -> row.getString(1);

	private final JdbcClient jdbc;

	private final String lockSessions;

	private final boolean cascades;

	RetentionRows(JdbcClient jdbc, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.lockSessions = "select session_id from buddy_workflow_session where session_id in (:ids)"
				+ " order by session_id" + dialect.forUpdate();
		this.cascades = dialect.enforcesForeignKeys();
	}

	/** In no order: PostgreSQL has no index that would give one. */
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

	/** Each session's runs are looked at no further than those that are kept. */
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
		if (!this.cascades) {
			this.jdbc
				.sql("delete from buddy_workflow_run_event where run_id in"
						+ " (select run_id from buddy_workflow_run where run_id in (:ids) and " + IS_ENDED + ")")
				.param("ids", runIds)
				.update();
		}
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
	 * Locks the sessions first: the delete then sees every run that began in one of them
	 * before, and none can begin after.
	 */
	int deleteSessions(List<String> sessionIds, long usedBefore) {
		this.jdbc.sql(this.lockSessions).param("ids", sessionIds).query(KEY).list();
		int deleted = this.jdbc
			.sql("delete from buddy_workflow_session where session_id in (:ids) and updated_at < :before and "
					+ NO_RUN_IN_PROGRESS)
			.param("ids", sessionIds)
			.param("before", usedBefore)
			.update();
		if (!this.cascades) {
			String left = "session_id in (:ids) and not exists (select 1 from buddy_workflow_session s"
					+ " where s.session_id = buddy_workflow_run.session_id)";
			this.jdbc.sql(
					"delete from buddy_workflow_run_event where run_id in (select run_id from buddy_workflow_run where "
							+ left + ")")
				.param("ids", sessionIds)
				.update();
			this.jdbc.sql("delete from buddy_workflow_run where " + left).param("ids", sessionIds).update();
		}
		return deleted;
	}

	private StatementSpec select(String sql, WorkflowSelection workflows) {
		StatementSpec statement = this.jdbc.sql(sql);
		return workflows.workflowIds().isEmpty() ? statement : statement.param("workflows", workflows.workflowIds());
	}

	private static String of(WorkflowSelection workflows) {
		if (workflows.workflowIds().isEmpty()) {
			return workflows.allBut() ? "" : " and 1 = 0";
		}
		return " and workflow_id " + (workflows.allBut() ? "not in" : "in") + " (:workflows)";
	}

	/**
	 * A session that was not used for long.
	 *
	 * @param sessionId its id
	 * @param runs how many runs it has
	 */
	record UnusedSession(String sessionId, long runs) {
	}

}
