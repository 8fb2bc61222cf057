package buddy.storage.jpa;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.session.SessionAccess;

import static buddy.storage.jpa.SessionRows.text;

/**
 * SQL statements that rename and delete sessions. Each has the access check in its
 * condition, so that the owner cannot change between check and write.
 */
final class SessionAdministration {

	/**
	 * Parameters: session id, user, whether sessions without a user are accessible,
	 * workflow.
	 */
	private static final String OPEN = "session_id = ? and (user_id = ? or (user_id is null and ? = 1))"
			+ " and workflow_id = coalesce(?, workflow_id)";

	private static final String RUNS_ENDED = "session_id = ? and status in ('COMPLETED', 'ERROR', 'CANCELLED')"
			+ " and exists (select 1 from buddy_workflow_session where " + OPEN + ")";

	private final JdbcClient jdbc;

	private final boolean cascades;

	SessionAdministration(JdbcClient jdbc, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.cascades = dialect.enforcesForeignKeys();
	}

	boolean rename(String sessionId, SessionAccess access, @Nullable String sessionName) {
		return this.jdbc.sql("update buddy_workflow_session set session_name = ? where " + OPEN)
			.param(text(sessionName))
			.params(open(sessionId, access))
			.update() == 1;
	}

	boolean delete(String sessionId, SessionAccess access) {
		boolean deleted = this.jdbc.sql("delete from buddy_workflow_session where " + OPEN)
			.params(open(sessionId, access))
			.update() == 1;
		if (deleted) {
			// needed because SQLite does not enforce foreign keys by default
			if (!this.cascades) {
				this.jdbc
					.sql("delete from buddy_workflow_run_event where run_id in"
							+ " (select run_id from buddy_workflow_run where session_id = ?)")
					.param(sessionId)
					.update();
			}
			this.jdbc.sql("delete from buddy_workflow_run where session_id = ?").param(sessionId).update();
		}
		return deleted;
	}

	int deleteRuns(String sessionId, SessionAccess access) {
		if (!this.cascades) {
			this.jdbc.sql(
					"delete from buddy_workflow_run_event where run_id in (select run_id from buddy_workflow_run where "
							+ RUNS_ENDED + ")")
				.param(sessionId)
				.params(open(sessionId, access))
				.update();
		}
		return this.jdbc.sql("delete from buddy_workflow_run where " + RUNS_ENDED)
			.param(sessionId)
			.params(open(sessionId, access))
			.update();
	}

	private static List<Object> open(String sessionId, SessionAccess access) {
		return List.of(sessionId, text(access.userId()), access.includeUnowned() ? 1 : 0, text(access.workflowId()));
	}

}
