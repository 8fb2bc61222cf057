package buddy.storage.jpa;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.NewRun;
import buddy.storage.RunMeasures;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.RunQueue;

import static buddy.storage.jpa.SessionRows.text;

/**
 * The statements on runs that are queued: pending, without an owner and without a place
 * in the queue for their session.
 */
final class QueueRows {

	static final String QUEUED = "status = 'PENDING' and owner_node is null and queued_at is null";

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final String started;

	private final String end;

	private final String list;

	QueueRows(JdbcClient jdbc, SqlDialect dialect, StoredPayloads payloads) {
		this.jdbc = jdbc;
		this.payloads = payloads;
		this.started = "select run_id from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ?"
				+ " and owner_node = ? and status in ('RUNNING', 'PENDING')" + dialect.forUpdate();
		this.end = "update buddy_workflow_run set status = ?, error = " + dialect.json()
				+ ", error_type = ?, ended_at = ? where run_id = ? and " + QUEUED;
		String delay = "case when not_before > " + dialect.now() + " then not_before - " + dialect.now()
				+ " else 0 end";
		this.list = "select workflow_id, run_id, coalesce(priority, 0), " + delay
				+ ", created_at from buddy_workflow_run where " + QUEUED
				+ " and created_at >= ? and (created_at > ? or run_id > ?) order by created_at, run_id limit ?";
	}

	/** Takes a run that is queued. */
	boolean start(NewRun run) {
		boolean waits = run.concurrency().isExclusive();
		return this.jdbc.sql(
				"update buddy_workflow_run set status = ?, owner_node = ?, queued_at = case when ? = 1 then created_at end"
						+ " where run_id = ? and coalesce(epoch, 0) = ? and " + QUEUED)
			.params(waits ? "PENDING" : "RUNNING", text(run.ownerNode()), waits ? 1 : 0, run.runId(), run.epoch())
			.update() == 1;
	}

	/** Tells whether the node has taken the run; waits for a transaction that does so. */
	boolean isStarted(NewRun run) {
		return this.jdbc.sql(this.started)
			.params(run.runId(), run.epoch(), text(run.ownerNode()))
			.query(String.class)
			.optional()
			.isPresent();
	}

	/** Tells whether a run is stored that was to be queued. */
	boolean exists(NewRun run) {
		return this.jdbc.sql("select run_id from buddy_workflow_run where run_id = ?")
			.param(run.runId())
			.query(String.class)
			.optional()
			.isPresent();
	}

	boolean end(String runId, OrphanEnd end) {
		return this.jdbc.sql(this.end)
			.params(end.status().name(), text(this.payloads.encodeError(end.error(), runId)),
					text(RunMeasures.of(null, end.error()).errorType()), end.endedAt(), runId)
			.update() == 1;
	}

	List<RunQueue.Entry> list(RunQueue.@Nullable Entry after, int limit) {
		long at = (after != null) ? after.createdAt() : Long.MIN_VALUE;
		return this.jdbc.sql(this.list)
			.params(at, at, (after != null) ? after.runId() : "", limit)
			.query((row, number) -> new RunQueue.Entry(row.getString(1), row.getString(2), row.getInt(3),
					Duration.ofMillis(row.getLong(4)), row.getLong(5)))
			.list();
	}

}
