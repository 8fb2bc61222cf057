package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.NewRun;
import buddy.storage.StoredSession;

/**
 * SQL statements by which a run acquires a session for itself. Whether it may do so is
 * read first with one statement, and the update is conditional on that still being true.
 */
final class HolderRows {

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final String look;

	private final String turn;

	private final String holderNow;

	HolderRows(JdbcClient jdbc, SqlDialect dialect, StoredPayloads payloads) {
		this.jdbc = jdbc;
		this.payloads = payloads;
		String believed = LiveOwner.unlessJudgedBySteadyNode(dialect);
		String free = "case when s.holder_run_id is null or not exists (select 1 from buddy_workflow_run h"
				+ " where h.run_id = s.holder_run_id and h.status = 'RUNNING' and (" + LiveOwner.of("h", dialect)
				+ " or " + believed + ")) then 1 else 0 end";
		String waiting = "select 1 from buddy_workflow_run w where w.session_id = s.session_id"
				// a range, since H2 uses no index for "is not null"
				+ " and w.queued_at > 0 and w.status = 'PENDING' and (" + LiveOwner.of("w", dialect) + " or " + believed
				+ ")";
		this.look = "select " + SessionRows.COLUMNS + ", holder_run_id, " + free + ", case when exists (" + waiting
				+ ") then 1 else 0 end, " + dialect.now() + " from buddy_workflow_session s where session_id = ?";
		this.turn = "select s.workflow_id, s.user_id, s.holder_run_id, " + free + ", case when exists (" + waiting
				+ " and w.queued_at <= r.queued_at and (w.queued_at < r.queued_at or (w.queued_at = r.queued_at and w.run_id < r.run_id)))"
				+ " then 1 else 0 end from buddy_workflow_run r join buddy_workflow_session s"
				+ " on s.session_id = r.session_id where r.run_id = ? and r.status = 'PENDING'";
		this.holderNow = "select holder_run_id from buddy_workflow_session where session_id = ?" + dialect.forUpdate();
	}

	/** Reads a session for a run that wants to hold it. */
	Optional<Look> look(NewRun run) {
		String node = nodeOf(run);
		return this.jdbc.sql(this.look).params(node, node, run.sessionId()).query(this::toLook).optional();
	}

	/** Returns the turn of a waiting run, or empty if it no longer waits. */
	Optional<Turn> turn(NewRun run) {
		String node = nodeOf(run);
		return this.jdbc.sql(this.turn).params(node, node, run.runId()).query(HolderRows::toTurn).optional();
	}

	/** Returns the node of a run; an empty text for a run without one. */
	private static String nodeOf(NewRun run) {
		return (run.ownerNode() != null) ? run.ownerNode() : "";
	}

	/**
	 * Acquires a session that has been read before.
	 * @param run the run
	 * @param seen the session as it was read
	 * @return whether its holder and state were unchanged
	 */
	boolean hold(NewRun run, Look seen) {
		return this.jdbc
			.sql("update buddy_workflow_session set holder_run_id = ? where session_id = ?"
					+ " and coalesce(holder_run_id, '') = ? and version = ?")
			.params(run.runId(), run.sessionId(), (seen.holder() != null) ? seen.holder() : "",
					seen.session().version())
			.update() == 1;
	}

	/**
	 * Acquires a session that is read afterwards.
	 * @param run the run
	 * @param seen the holder that was read, which no longer holds it
	 * @return whether no other run was faster
	 */
	boolean hold(NewRun run, @Nullable String seen) {
		return this.jdbc
			.sql("update buddy_workflow_session set holder_run_id = ? where session_id = ?"
					+ " and coalesce(holder_run_id, '') = ?")
			.params(run.runId(), run.sessionId(), (seen != null) ? seen : "")
			.update() == 1;
	}

	/** Releases the session if the run holds it, and changes nothing else. */
	void free(NewRun run) {
		this.jdbc
			.sql("update buddy_workflow_session set holder_run_id = null where session_id = ? and holder_run_id = ?")
			.params(run.sessionId(), run.runId())
			.update();
	}

	/** Returns whether the run holds its session. */
	boolean isHeldBy(NewRun run) {
		return run.runId().equals(holder(run.sessionId()));
	}

	/** Reads the current holder, whatever snapshot the transaction has. */
	@Nullable String holder(String sessionId) {
		return this.jdbc.sql(this.holderNow)
			.param(sessionId)
			.query((row, number) -> Optional.ofNullable(row.getString(1)))
			.optional()
			.flatMap((holder) -> holder)
			.orElse(null);
	}

	private Look toLook(ResultSet row, int number) throws SQLException {
		return new Look(SessionRows.toStoredSession(row, this.payloads), row.getString(13), row.getInt(14) == 1,
				row.getInt(15) == 1, row.getLong(16));
	}

	private static Turn toTurn(ResultSet row, int number) throws SQLException {
		return new Turn(row.getString(1), row.getString(2), row.getString(3), row.getInt(4) == 1, row.getInt(5) == 1);
	}

	/**
	 * A session and its holder.
	 *
	 * @param session the session
	 * @param holder the run in its holder column, or {@code null}
	 * @param free whether that run no longer holds it
	 * @param queued whether runs of live nodes wait for it
	 * @param now the database's time, in milliseconds
	 */
	record Look(StoredSession session, @Nullable String holder, boolean free, boolean queued, long now) {

		boolean mayBeHeld() {
			return this.free && !this.queued;
		}

	}

	/**
	 * The turn of a waiting run.
	 *
	 * @param workflowId the session's workflow
	 * @param userId the session's user, or {@code null}
	 * @param holder the run in the session's holder column, or {@code null}
	 * @param free whether that run no longer holds it
	 * @param behind whether other runs of live nodes come first
	 */
	record Turn(String workflowId, @Nullable String userId, @Nullable String holder, boolean free, boolean behind) {

		boolean isOpenTo(NewRun run) {
			return this.workflowId.equals(run.workflowId())
					&& (this.userId == null || this.userId.equals(run.userId()));
		}

	}

}
