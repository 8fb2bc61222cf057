package buddy.storage.jpa;

import java.sql.Types;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.session.IdempotencyKeyUsedException;
import buddy.storage.IdempotencyKey;
import buddy.storage.NewRun;
import buddy.storage.QueuedRun;
import buddy.storage.RunEnd;
import buddy.storage.RunMeasures;
import buddy.storage.StoredRun;
import buddy.storage.codec.Payload.Kind;

import static buddy.storage.jpa.SessionRows.number;
import static buddy.storage.jpa.SessionRows.text;

/**
 * SQL statements of runs on the table of runs.
 */
final class RunRows {

	private final SchemaTables tables;

	private final JdbcClient jdbc;

	private final JdbcOperations batches;

	private final StoredPayloads payloads;

	private final String insert;

	private final String insertKeyed;

	private final String insertQueued;

	private final String end;

	private final String endWaiting;

	private final String endWithEvents;

	private final String ended;

	RunRows(JdbcClient jdbc, JdbcOperations batches, SqlDialect dialect, SchemaTables tables, StoredPayloads payloads) {
		this.tables = tables;
		this.jdbc = jdbc;
		this.batches = batches;
		this.payloads = payloads;
		String json = dialect.json();
		String columns = "insert into buddy_workflow_run (run_id, session_id, workflow_id, user_id, parent_run_id, status,"
				+ " input, response, error, created_at, ended_at, owner_node, queued_at,"
				+ " epoch, parent_step, recipe, code_version, forked_from, error_type, input_tokens, output_tokens";
		String values = ") values (?, ?, ?, ?, ?, ?, " + String.join(", ", json, json, json) + ", ?, ?, ?, ?, ?, ?, "
				+ dialect.jsonText() + ", ?, ?, ?, ?, ?";
		this.insert = columns + values + ")";
		this.insertKeyed = columns + ", idempotency_key, idempotency_request" + values + ", ?, ?)";
		this.insertQueued = columns + ", idempotency_key, idempotency_request, priority, concurrency_key, not_before"
				+ values + ", ?, ?, ?, ?, " + dialect.now() + " + nullif(" + dialect.parameter("bigint") + ", 0))";
		String end = "update buddy_workflow_run set status = ?, response = " + json + ", error = " + json
				+ ", error_type = ?, input_tokens = ?, output_tokens = ?, ended_at = ?, queued_at = null";
		String running = " where run_id = ? and coalesce(epoch, 0) = ? and status in ('RUNNING', 'PENDING')";
		this.end = end + running;
		this.endWaiting = end + " where run_id = ? and coalesce(epoch, 0) = ? and status = 'PENDING'";
		this.ended = "select status, ended_at, epoch from buddy_workflow_run where run_id = ?" + dialect.forUpdate();
		this.endWithEvents = end + ", last_event = ?" + running;
	}

	/** Returns the form of the payloads in the table. */
	StoredPayloads payloads() {
		return this.payloads;
	}

	void insertRunning(NewRun run) {
		insert(run, run.toStoredRun(RunStatus.RUNNING), null);
	}

	/** Inserts a run that waits for its session, in a queue by time and id. */
	void insertWaiting(NewRun run, long queuedAt) {
		insert(run, run.toStoredRun(RunStatus.PENDING), queuedAt);
	}

	void insertEnded(RunEnd end) {
		insert(end.run(), end.toStoredRun(), null);
	}

	private void insert(NewRun run, StoredRun row, @Nullable Long queuedAt) {
		IdempotencyKey key = run.idempotencyKey();
		JdbcClient.StatementSpec statement = this.jdbc.sql((key != null) ? this.insertKeyed : this.insert)
			.params(columns(row, run.ownerNode(), queuedAt));
		if (key != null) {
			statement.param(key.key()).param(key.request());
		}
		statement.update();
	}

	/** Inserts a run that is executed later, by whichever node takes it. */
	void insertQueued(QueuedRun queued) {
		NewRun run = queued.run();
		IdempotencyKey key = run.idempotencyKey();
		this.jdbc.sql(this.insertQueued)
			.params(columns(run.toStoredRun(RunStatus.PENDING), null, null))
			.param(text((key != null) ? key.key() : null))
			.param(text((key != null) ? key.request() : null))
			.param(new SqlParameterValue(Types.INTEGER, (queued.priority() != 0) ? queued.priority() : null))
			.param(text(queued.key()))
			.param(queued.delay().toMillis())
			.update();
	}

	/**
	 * Refuses a run whose idempotency key is used by an earlier one. Of two concurrent
	 * runs, the unique index stops one.
	 */
	void requireNewKey(NewRun run) {
		IdempotencyKey key = run.idempotencyKey();
		if (key != null) {
			this.jdbc.sql("select run_id, idempotency_request from buddy_workflow_run where idempotency_key = ?")
				.param(key.key())
				.query((row, number) -> new IdempotencyKeyUsedException(row.getString(1),
						key.request().equals(row.getString(2))))
				.optional()
				.ifPresent((used) -> {
					throw used;
				});
		}
	}

	void insertAll(List<StoredRun> runs) {
		this.batches.batchUpdate(this.tables.in(this.insert),
				runs.stream().map((run) -> columns(run, null, null)).toList());
	}

	/** Starts a run that was waiting. */
	boolean startWaiting(NewRun run) {
		return this.jdbc
			.sql("update buddy_workflow_run set status = 'RUNNING', queued_at = null"
					+ " where run_id = ? and coalesce(epoch, 0) = ? and status = 'PENDING'")
			.params(run.runId(), run.epoch())
			.update() == 1;
	}

	/** Deletes a run that still waits, unless it is a run that is continued. */
	boolean deleteWaiting(NewRun run) {
		return run.epoch() == 0 && this.jdbc
			.sql("delete from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ? and status = 'PENDING'")
			.params(run.runId(), run.epoch())
			.update() == 1;
	}

	boolean end(RunEnd end) {
		Long lastEvent = end.lastEvent();
		if (lastEvent == null) {
			return end(this.end, end);
		}
		RunMeasures measures = RunMeasures.of(end.response(), end.error());
		return this.jdbc.sql(this.endWithEvents)
			.params(end.status().name(), response(end), error(end), text(measures.errorType()),
					number(measures.inputTokens()), number(measures.outputTokens()), end.endedAt(), lastEvent,
					end.run().runId(), end.run().epoch())
			.update() == 1;
	}

	/** Ends a run that has not acquired its session yet. */
	boolean endWaiting(RunEnd end) {
		return end(this.endWaiting, end);
	}

	private SqlParameterValue response(RunEnd end) {
		return text(this.payloads.encode(end.response(), Kind.RUN_RESPONSE, end.run().runId()));
	}

	private SqlParameterValue error(RunEnd end) {
		return text(this.payloads.encodeError(end.error(), end.run().runId()));
	}

	private boolean end(String sql, RunEnd end) {
		RunMeasures measures = RunMeasures.of(end.response(), end.error());
		return this.jdbc.sql(sql)
			.params(end.status().name(), response(end), error(end), text(measures.errorType()),
					number(measures.inputTokens()), number(measures.outputTokens()), end.endedAt(), end.run().runId(),
					end.run().epoch())
			.update() == 1;
	}

	/**
	 * Deletes a run that never began for its caller, unless it is one that is continued.
	 */
	boolean deleteUnfinished(NewRun run) {
		return run.epoch() == 0 && this.jdbc.sql(
				"delete from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ? and status in ('RUNNING', 'PENDING')")
			.params(run.runId(), run.epoch())
			.update() == 1;
	}

	/** Finds a run that is running or waiting. */
	Optional<Begun> findBegun(NewRun run) {
		return this.jdbc
			.sql("select status, queued_at from buddy_workflow_run where run_id = ?"
					+ " and coalesce(epoch, 0) = ? and status in ('RUNNING', 'PENDING')")
			.params(run.runId(), run.epoch())
			.query((row, number) -> new Begun(RunStatus.valueOf(row.getString(1)), row.getLong(2)))
			.optional();
	}

	/**
	 * Returns whether a run has ended with exactly this end, waiting for the lock of its
	 * row.
	 */
	boolean isEndedBy(RunEnd end) {
		return this.jdbc.sql(this.ended)
			.param(end.run().runId())
			.query((row, number) -> end.status().name().equals(row.getString(1)) && end.endedAt() == row.getLong(2)
					&& end.run().epoch() == row.getInt(3))
			.optional()
			.orElse(false);
	}

	/** Tells whether this execution of a run is the one that may write. */
	boolean isRunning(NewRun run) {
		return this.jdbc.sql(
				"select count(*) from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ? and status = 'RUNNING'")
			.params(run.runId(), run.epoch())
			.query(Integer.class)
			.single() == 1;
	}

	/** Tells whether a later execution of a run has begun. */
	boolean isFenced(NewRun run) {
		return this.jdbc.sql("select count(*) from buddy_workflow_run where run_id = ? and epoch > ?")
			.params(run.runId(), run.epoch())
			.query(Integer.class)
			.single() == 1;
	}

	private Object[] columns(StoredRun run, @Nullable String ownerNode, @Nullable Long queuedAt) {
		RunMeasures measures = RunMeasures.of(run.response(), run.error());
		return new Object[] { run.runId(), run.sessionId(), run.workflowId(), text(run.userId()),
				text(run.parentRunId()), run.status().name(),
				text(this.payloads.encode(run.input(), Kind.RUN_INPUT, run.runId())),
				text(this.payloads.encode(run.response(), Kind.RUN_RESPONSE, run.runId())),
				text(this.payloads.encodeError(run.error(), run.runId())), run.createdAt(), number(run.endedAt()),
				text(ownerNode), number(queuedAt), epoch(run), text(run.origin().parentStep()),
				text(run.origin().recipe()), text(run.origin().codeVersion()), text(run.origin().forkedFrom()),
				text(measures.errorType()), number(measures.inputTokens()), number(measures.outputTokens()) };
	}

	/** The first execution, which most runs have only, is written as nothing. */
	private static SqlParameterValue epoch(StoredRun run) {
		return new SqlParameterValue(Types.INTEGER, (run.epoch() > 0) ? run.epoch() : null);
	}

	/**
	 * A run that has begun.
	 *
	 * @param status its status, running or pending
	 * @param queuedAt its position in the queue if it is waiting
	 */
	record Begun(RunStatus status, long queuedAt) {
	}

}
