package buddy.storage.jpa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.session.SessionAccess;
import buddy.session.SessionSummary;
import buddy.storage.StoredSession;
import buddy.storage.codec.Payload.Kind;

import static buddy.storage.jpa.SessionRows.text;

/**
 * SQL statements that find, rename and delete sessions. Each has the access check in its
 * condition, so that nothing of another user's session is read, and the owner cannot
 * change between check and write.
 */
final class SessionAdministration {

	/**
	 * Parameters: session id, user, whether sessions without a user are accessible,
	 * workflow.
	 */
	private static final String OPEN = "session_id = ? and (user_id = ? or (user_id is null and ? = 1))"
			+ " and workflow_id = coalesce(?, workflow_id)";

	private static final String FIND = "select " + SessionRows.COLUMNS + " from buddy_workflow_session where " + OPEN;

	private static final String SUMMARY = "select session_id, workflow_id, user_id, session_name, created_at, updated_at"
			+ " from buddy_workflow_session where session_id = ?";

	private static final String RUNS_ENDED = "session_id = ? and status in ('COMPLETED', 'ERROR', 'CANCELLED')"
			+ " and exists (select 1 from buddy_workflow_session where " + OPEN + ")";

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final RunParts parts;

	private final String findLocked;

	SessionAdministration(JdbcClient jdbc, SqlDialect dialect, StoredPayloads payloads) {
		this.jdbc = jdbc;
		this.payloads = payloads;
		this.parts = new RunParts(jdbc, dialect);
		this.findLocked = FIND + dialect.forUpdate();
	}

	Optional<StoredSession> find(String sessionId, SessionAccess access, boolean locked) {
		return this.jdbc.sql(locked ? this.findLocked : FIND)
			.params(open(sessionId, access))
			.query((row, number) -> SessionRows.toStoredSession(row, this.payloads))
			.optional();
	}

	Optional<SessionSummary> findSummary(String sessionId) {
		return this.jdbc.sql(SUMMARY)
			.param(sessionId)
			.query((row, number) -> new SessionSummary(row.getString(1), row.getString(2), row.getString(3),
					this.payloads.decodeText(row.getString(4), Kind.SESSION_NAME, sessionId),
					Instant.ofEpochMilli(row.getLong(5)), Instant.ofEpochMilli(row.getLong(6))))
			.optional();
	}

	boolean rename(String sessionId, SessionAccess access, @Nullable String sessionName) {
		return this.jdbc.sql("update buddy_workflow_session set session_name = ? where " + OPEN)
			.param(text(this.payloads.encodeText(sessionName, Kind.SESSION_NAME, sessionId)))
			.params(open(sessionId, access))
			.update() == 1;
	}

	boolean delete(String sessionId, SessionAccess access) {
		boolean deleted = this.jdbc.sql("delete from buddy_workflow_session where " + OPEN)
			.params(open(sessionId, access))
			.update() == 1;
		if (deleted) {
			// needed because SQLite does not enforce foreign keys by default
			this.parts.deleteOf("session_id = ?", (delete) -> delete.param(sessionId));
			this.jdbc.sql("delete from buddy_workflow_run where session_id = ?").param(sessionId).update();
		}
		return deleted;
	}

	int deleteRuns(String sessionId, SessionAccess access) {
		this.parts.deleteOf(RUNS_ENDED, (delete) -> delete.param(sessionId).params(open(sessionId, access)));
		return this.jdbc.sql("delete from buddy_workflow_run where " + RUNS_ENDED)
			.param(sessionId)
			.params(open(sessionId, access))
			.update();
	}

	private static List<Object> open(String sessionId, SessionAccess access) {
		return List.of(sessionId, text(access.userId()), access.includeUnowned() ? 1 : 0, text(access.workflowId()));
	}

}
