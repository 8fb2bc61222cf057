package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.StoredSession;
import buddy.storage.codec.Payload.Kind;

/**
 * SQL statements of runs on the table of sessions.
 */
final class SessionRows {

	/** The columns, in the order of {@link #toStoredSession}. */
	static final String COLUMNS = "session_id, workflow_id, user_id, session_name, session_state, media, workflow_data,"
			+ " extra_data, additional, created_at, updated_at, version";

	private static final String OPEN_TO_RUN = " where session_id = ? and workflow_id = ? and (user_id is null or user_id = ?)";

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final String find;

	private final String findLocked;

	private final boolean locksToBegin;

	private final String insert;

	private final String touch;

	private final String changeState;

	private final String freeAndTouch;

	private final String freeAndChangeState;

	private final String adoptAndTouch;

	private final String adoptAndChangeState;

	SessionRows(JdbcClient jdbc, SqlDialect dialect, StoredPayloads payloads) {
		this.jdbc = jdbc;
		this.payloads = payloads;
		this.locksToBegin = dialect == SqlDialect.H2;
		this.find = "select " + COLUMNS + " from buddy_workflow_session where session_id = ?";
		this.findLocked = this.find + dialect.forUpdate();
		String json = dialect.json();
		this.insert = "insert into buddy_workflow_session (" + COLUMNS + ", holder_run_id) values (?, ?, ?, ?, "
				+ String.join(", ", json, json, json, json, json) + ", ?, ?, ?, ?)";
		String used = "updated_at = " + dialect.greatest("updated_at");
		String state = "session_state = " + json + ", version = version + 1, ";
		String update = "update buddy_workflow_session set ";
		String free = "holder_run_id = null, ";
		this.touch = update + used + " where session_id = ?";
		this.changeState = update + state + used + " where session_id = ? and version = ?";
		this.freeAndTouch = update + free + used + " where session_id = ? and holder_run_id = ?";
		this.freeAndChangeState = update + free + state + used
				+ " where session_id = ? and holder_run_id = ? and version = ?";
		String adopt = "user_id = coalesce(user_id, ?), ";
		this.adoptAndTouch = update + adopt + used + OPEN_TO_RUN;
		this.adoptAndChangeState = update + adopt + state + used + OPEN_TO_RUN + " and version = ?";
	}

	static SqlParameterValue text(@Nullable String value) {
		return new SqlParameterValue(Types.VARCHAR, value);
	}

	static SqlParameterValue number(@Nullable Long value) {
		return new SqlParameterValue(Types.BIGINT, value);
	}

	Optional<StoredSession> find(String sessionId) {
		return this.jdbc.sql(this.find)
			.param(sessionId)
			.query((row, number) -> toStoredSession(row, this.payloads))
			.optional();
	}

	/**
	 * Reads the row for a run that begins in the session. On H2 it is locked: H2 does not
	 * lock rows for foreign keys, so the session could be deleted meanwhile, and the new
	 * run with it.
	 */
	Optional<StoredSession> findToBegin(String sessionId) {
		return this.locksToBegin ? findLocked(sessionId) : find(sessionId);
	}

	/** Reads the current row, whatever snapshot the transaction has. */
	Optional<StoredSession> findLocked(String sessionId) {
		return this.jdbc.sql(this.findLocked)
			.param(sessionId)
			.query((row, number) -> toStoredSession(row, this.payloads))
			.optional();
	}

	void insert(StoredSession session) {
		insert(session, null);
	}

	void insert(StoredSession session, @Nullable String holderRunId) {
		String id = session.sessionId();
		this.jdbc.sql(this.insert)
			.params(id, session.workflowId(), text(session.userId()),
					text(this.payloads.encodeText(session.sessionName(), Kind.SESSION_NAME, id)),
					text(this.payloads.encode(session.state(), Kind.SESSION_STATE, id)), data(session.media(), id),
					data(session.workflowData(), id), data(session.extraData(), id), data(session.additional(), id),
					session.createdAt(), session.updatedAt(), session.version(), text(holderRunId))
			.update();
	}

	private SqlParameterValue data(@Nullable String json, String sessionId) {
		return text(this.payloads.encode(json, Kind.SESSION_DATA, sessionId));
	}

	private String state(RunEnd.StateChange change, String sessionId) {
		return this.payloads.encodeAlways(change.state(), Kind.SESSION_STATE, sessionId);
	}

	/** Makes nobody's session the run's user's. */
	boolean takeOver(NewRun run) {
		return this.jdbc.sql("update buddy_workflow_session set user_id = ? where session_id = ? and user_id is null")
			.params(text(run.userId()), run.sessionId())
			.update() == 1;
	}

	void touch(String sessionId, long usedAt) {
		this.jdbc.sql(this.touch).params(usedAt, sessionId).update();
	}

	boolean changeState(String sessionId, RunEnd.StateChange change, long usedAt) {
		return this.jdbc.sql(this.changeState)
			.params(state(change, sessionId), usedAt, sessionId, change.expectedVersion())
			.update() == 1;
	}

	/** Touches a session that the run holds, and releases it. */
	boolean freeAndTouch(NewRun run, long usedAt) {
		return this.jdbc.sql(this.freeAndTouch).params(usedAt, run.sessionId(), run.runId()).update() == 1;
	}

	/** Changes the state of a session that the run holds, and releases it. */
	boolean freeAndChangeState(NewRun run, RunEnd.StateChange change, long usedAt) {
		return this.jdbc.sql(this.freeAndChangeState)
			.params(state(change, run.sessionId()), usedAt, run.sessionId(), run.runId(), change.expectedVersion())
			.update() == 1;
	}

	/**
	 * Touches a session that was not opened when the run began, if it is open to the run.
	 */
	boolean adoptAndTouch(NewRun run, long usedAt) {
		return this.jdbc.sql(this.adoptAndTouch)
			.params(text(run.userId()), usedAt, run.sessionId(), run.workflowId(), text(run.userId()))
			.update() == 1;
	}

	/**
	 * Changes the state of a session that was not opened when the run began, if it is
	 * open to the run.
	 */
	boolean adoptAndChangeState(NewRun run, RunEnd.StateChange change, long usedAt) {
		return this.jdbc.sql(this.adoptAndChangeState)
			.params(text(run.userId()), state(change, run.sessionId()), usedAt, run.sessionId(), run.workflowId(),
					text(run.userId()), change.expectedVersion())
			.update() == 1;
	}

	static StoredSession toStoredSession(ResultSet row, StoredPayloads payloads) throws SQLException {
		String id = row.getString(1);
		return new StoredSession(id, row.getString(2), row.getString(3),
				payloads.decodeText(row.getString(4), Kind.SESSION_NAME, id),
				payloads.decode(row.getString(5), Kind.SESSION_STATE, id),
				payloads.decode(row.getString(6), Kind.SESSION_DATA, id),
				payloads.decode(row.getString(7), Kind.SESSION_DATA, id),
				payloads.decode(row.getString(8), Kind.SESSION_DATA, id),
				payloads.decode(row.getString(9), Kind.SESSION_DATA, id), row.getLong(10), row.getLong(11),
				row.getLong(12));
	}

}
