package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.durable.RunPause;
import buddy.durable.StepHead;
import buddy.durable.StepStatus;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.WorkflowSelection;
import buddy.storage.codec.Payload.Kind;

/**
 * The statements on runs that pause, and on the steps that they wait for.
 */
final class WaitRows {

	/**
	 * The time at which a called run is due whose waits were settled while the outermost
	 * run was not paused: that sees it when it pauses. Nobody looks for it before.
	 */
	static final long SETTLED = 0;

	private static final String TIMED = "from buddy_workflow_run where status = 'PAUSED' and resume_at > " + SETTLED;

	/** The time of the first wait of a run; its parameter is the run. */
	private static final String FIRST_DUE = "select min(s.due_at) from buddy_workflow_run_step s where s.run_id = ?"
			+ " and s.status = 'WAITING' and s.due_at > " + StepHead.SETTLED;

	/** The steps whose next attempt is due; its parameters are the run and the time. */
	private static final String RETRIED = "update buddy_workflow_run_step set due_at = " + StepHead.SETTLED
			+ " where run_id = ? and status = 'WAITING' and due_at > " + StepHead.SETTLED + " and due_at <= ?"
			+ " and kind not in ('input', 'sleep') and not exists (select 1 from buddy_workflow_run_question q"
			+ " where q.run_id = buddy_workflow_run_step.run_id and q.step_key = buddy_workflow_run_step.step_key"
			+ " and q.status = 'OPEN')";

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final String now;

	private final String toPause;

	private final String called;

	private final String steps;

	private final String paused;

	private final String lock;

	private final String done;

	private final String failed;

	private final String slept;

	private final String due;

	private final String limit;

	private final String timeLeft;

	private final String pausedFor;

	WaitRows(JdbcClient jdbc, SqlDialect dialect, StoredPayloads payloads) {
		this.jdbc = jdbc;
		this.payloads = payloads;
		this.now = "select " + dialect.now();
		String locked = dialect.forUpdate();
		this.toPause = this.now + " from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ?"
				+ " and status = 'RUNNING'" + locked;
		this.called = "select status, resume_at from buddy_workflow_run where run_id in (:runs) order by run_id"
				+ locked;
		// the lock of the run is enough, but for a snapshot that is older than that; on
		// MariaDB, it would keep others from inserting beside steps that are not there
		this.steps = "select step_key, status, due_at from buddy_workflow_run_step where run_id = :run"
				+ " and step_key in (:keys)" + ((dialect != SqlDialect.MARIADB) ? locked : "");
		this.paused = "select run_id from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ?"
				+ " and status = 'PAUSED'" + locked;
		this.lock = "select status, resume_at, " + dialect.now() + " from buddy_workflow_run where run_id = ?" + locked;
		String ended = "ended_at = " + dialect.greatest("started_at");
		String ofStep = " where run_id = ? and step_key = ? and status = 'WAITING' and kind = 'input'";
		this.done = "update buddy_workflow_run_step set status = 'DONE', result = " + dialect.jsonText() + ", " + ended
				+ ofStep;
		this.failed = "update buddy_workflow_run_step set status = 'FAILED', error = " + dialect.jsonText() + ", "
				+ ended + ofStep;
		this.slept = "update buddy_workflow_run_step set status = 'DONE', " + ended
				+ " where run_id = ? and kind = 'sleep' and status = 'WAITING' and due_at <= ?";
		this.limit = "update buddy_workflow_run set deadline = " + dialect.now()
				+ " + ? where run_id = ? and coalesce(epoch, 0) = ?";
		this.timeLeft = "select deadline - " + dialect.now()
				+ " from buddy_workflow_run where run_id = ? and deadline is not null";
		this.pausedFor = "select run_id from buddy_workflow_run where status = 'PAUSED' and parent_run_id is null"
				+ " and (resume_at is null or resume_at > (" + this.now + ")) and paused_at <= (" + this.now
				+ ") - :age";
		// as a query of its own, which PostgreSQL compares with the index
		this.due = "select run_id " + TIMED + " and resume_at <= (" + this.now + ")";
	}

	long now() {
		return this.jdbc.sql(this.now).query(Long.class).single();
	}

	/** Locks a run that is executed in its epoch, and tells the time. */
	Optional<Long> lockToPause(NewRun run) {
		return this.jdbc.sql(this.toPause).params(run.runId(), run.epoch()).query(Long.class).optional();
	}

	/**
	 * Returns whether all of some called runs are paused and none of them is due; they
	 * are locked.
	 */
	boolean allWait(Collection<String> runs, long now) {
		List<RunRow> called = this.jdbc.sql(this.called)
			.param("runs", runs)
			.query((row, number) -> new RunRow(RunStatus.valueOf(row.getString(1)), number(row, 2), now))
			.list();
		return called.size() == runs.size()
				&& called.stream().allMatch((run) -> run.status() == RunStatus.PAUSED && !run.isDue());
	}

	/** Reads which of some steps of a locked run are stored. */
	Map<String, StepRow> steps(String runId, Collection<String> keys) {
		Map<String, StepRow> steps = new HashMap<>();
		this.jdbc.sql(this.steps).param("run", runId).param("keys", keys).query((row) -> {
			steps.put(row.getString(1), new StepRow(StepStatus.valueOf(row.getString(2)), number(row, 3)));
		});
		return steps;
	}

	/** Finds when the first wait of a run is due. */
	@Nullable Long firstDue(String runId) {
		return this.jdbc.sql(FIRST_DUE)
			.param(runId)
			.query((row, number) -> Optional.ofNullable(number(row, 1)))
			.single()
			.orElse(null);
	}

	/** Pauses a run that is locked. */
	void pause(RunPause pause, @Nullable Long resumeAt, long now) {
		this.jdbc.sql("update buddy_workflow_run set " + EarlierNodes.KEEP_OWNER
				+ ", status = 'PAUSED', owner_node = null, queued_at = null,"
				+ " resumes = coalesce(resumes, 0) + 1, last_event = ?, paused_at = ?, resume_at = case"
				// it is ended then, by whoever continues it
				+ " when cancel_requested is not null then ? when deadline < coalesce(?, " + Long.MAX_VALUE
				+ ") then deadline else ? end where run_id = ?")
			.params(number(pause.lastEvent()), now, now, number(resumeAt), number(resumeAt), pause.run().runId())
			.update();
	}

	/** Waits for a transaction that pauses the run. */
	boolean isPaused(NewRun run) {
		return this.jdbc.sql(this.paused).params(run.runId(), run.epoch()).query(String.class).optional().isPresent();
	}

	/** Reads a run as it is now, and locks it. */
	Optional<RunRow> lock(String runId) {
		return this.jdbc.sql(this.lock)
			.param(runId)
			.query((row, number) -> new RunRow(RunStatus.valueOf(row.getString(1)), number(row, 2), row.getLong(3)))
			.optional();
	}

	/** Finds the run that has called a run. */
	Optional<String> caller(String runId) {
		return this.jdbc
			.sql("select parent_run_id from buddy_workflow_run where run_id = ? and parent_run_id is not null")
			.param(runId)
			.query(String.class)
			.optional();
	}

	/**
	 * Records that there is an answer whether a step has happened; the run finds it at
	 * the question.
	 */
	boolean settled(String runId, String key) {
		return this.jdbc
			.sql("update buddy_workflow_run_step set due_at = " + StepHead.SETTLED
					+ " where run_id = ? and step_key = ? and status = 'WAITING' and kind <> 'input'")
			.params(runId, key)
			.update() == 1;
	}

	/** Records the answer as the result of the step that waits for it. */
	boolean done(String runId, String key, String result, long now) {
		return this.jdbc.sql(this.done)
			.params(this.payloads.encodeAlways(result, Kind.STEP_RESULT, runId), now, runId, key)
			.update() == 1;
	}

	/** Records the failure of a step that has waited for an answer. */
	boolean failed(String runId, String key, String error, long now) {
		return this.jdbc.sql(this.failed)
			.params(this.payloads.encodeAlways(error, Kind.STEP_ERROR, runId), now, runId, key)
			.update() == 1;
	}

	/** Records that sleeps are over, and tells how many. */
	int slept(String runId, long now) {
		return this.jdbc.sql(this.slept).params(now, runId, now).update();
	}

	/**
	 * Records that the time of steps has come that are called again, and tells how many.
	 */
	int retried(String runId, long now) {
		return this.jdbc.sql(RETRIED).params(runId, now).update();
	}

	/** Sets when a paused run is due. */
	void resumeAt(String runId, long at) {
		this.jdbc.sql("update buddy_workflow_run set resume_at = ? where run_id = ? and status = 'PAUSED'")
			.params(at, runId)
			.update();
	}

	/**
	 * Sets when a paused run is due to the time of the first of its waits, or to its
	 * deadline.
	 */
	void resumeAtFirstDue(String runId) {
		Long first = firstDue(runId);
		this.jdbc
			.sql("update buddy_workflow_run set resume_at = case when deadline < coalesce(?, " + Long.MAX_VALUE
					+ ") then deadline else ? end where run_id = ? and status = 'PAUSED'")
			.params(number(first), number(first), runId)
			.update();
	}

	/** Sets how long a run may still take. */
	boolean limit(String runId, int epoch, Duration left) {
		return this.jdbc.sql(this.limit).params(left.toMillis(), runId, epoch).update() == 1;
	}

	/** Returns how long a run may still take, or nothing if it has no deadline. */
	Optional<Duration> timeLeft(String runId) {
		return this.jdbc.sql(this.timeLeft).param(runId).query(Long.class).optional().map(Duration::ofMillis);
	}

	List<String> due(WorkflowSelection workflows, int limit) {
		return RetentionRows
			.select(this.jdbc, this.due + RetentionRows.of(workflows) + " order by resume_at, run_id limit :limit",
					workflows)
			.param("limit", limit)
			.query((row, number) -> row.getString(1))
			.list();
	}

	List<String> pausedFor(WorkflowSelection workflows, Duration age, int limit) {
		return RetentionRows.select(this.jdbc,
				this.pausedFor + RetentionRows.of(workflows) + " order by paused_at, run_id limit :limit", workflows)
			.param("age", age.toMillis())
			.param("limit", limit)
			.query((row, number) -> row.getString(1))
			.list();
	}

	boolean hasTimed(WorkflowSelection workflows) {
		return RetentionRows
			.select(this.jdbc, "select run_id " + TIMED + RetentionRows.of(workflows) + " limit 1", workflows)
			.query(String.class)
			.optional()
			.isPresent();
	}

	private static SqlParameterValue number(@Nullable Long number) {
		return new SqlParameterValue(Types.BIGINT, number);
	}

	private static @Nullable Long number(ResultSet row, int column) throws SQLException {
		long number = row.getLong(column);
		return row.wasNull() ? null : number;
	}

	/**
	 * A run that is locked.
	 *
	 * @param status its status
	 * @param resumeAt when it is due, or {@code null}
	 * @param now the database's time, in milliseconds
	 */
	record RunRow(RunStatus status, @Nullable Long resumeAt, long now) {

		boolean isDue() {
			return this.resumeAt != null && this.resumeAt <= this.now;
		}

	}

	/**
	 * A step that is locked.
	 *
	 * @param status its status
	 * @param dueAt when it is due, or {@code null}
	 */
	record StepRow(StepStatus status, @Nullable Long dueAt) {

		/** Returns when it is due, or {@code null} for never. */
		@Nullable Long timedAt() {
			Long at = this.dueAt;
			return (at != null && at > StepHead.SETTLED) ? at : null;
		}

	}

}
