package buddy.storage.jpa;

import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.FlowLimit;
import buddy.storage.RunQueue;

/**
 * The statements on limits of queued runs. Whoever counts has locked the limit's row, so
 * that two runs are not let in at once where there is room for one.
 */
final class FlowRows {

	private static final long DAY = 24 * 3600 * 1000L;

	/** The run counts, once it is let in. */
	static final int COUNTED = 0;

	/** The run waits until another one is released. */
	static final int HELD = 1;

	/** The run has its time, and waits for that. */
	static final int RESERVED = 2;

	private static final String UNFINISHED = "r.status in ('PENDING', 'RUNNING')";

	private static final String QUEUED = "r.status = 'PENDING' and r.owner_node is null and r.queued_at is null";

	private static final String FIRST_HELD = "select r.workflow_id, r.run_id, coalesce(r.priority, 0), 0, r.created_at"
			+ " from buddy_workflow_flow_run f join buddy_workflow_run r on r.run_id = f.run_id"
			+ " where f.flow_key = ? and f.held = " + HELD + " and " + QUEUED
			+ " and f.run_id <> ? order by coalesce(r.priority, 0) desc, r.run_id limit 1";

	private final JdbcClient jdbc;

	private final String lock;

	private final String now;

	private final String insert;

	private final String deleteUnused;

	FlowRows(JdbcClient jdbc, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.lock = "select next_at from buddy_workflow_flow where flow_key = ?" + dialect.forUpdate();
		this.now = "select " + dialect.now();
		this.insert = "insert into buddy_workflow_flow (flow_key, next_at) values (?, " + dialect.now() + ")";
		this.deleteUnused = "delete from buddy_workflow_flow where next_at < " + dialect.now() + " - " + DAY
				+ " and not exists (select 1 from buddy_workflow_flow_run f where f.flow_key = buddy_workflow_flow.flow_key)";
	}

	boolean exists(String key) {
		return this.jdbc.sql("select flow_key from buddy_workflow_flow where flow_key = ?")
			.param(key)
			.query(String.class)
			.optional()
			.isPresent();
	}

	boolean insert(String key) {
		return this.jdbc.sql(this.insert).param(key).update() == 1;
	}

	/** Locks a limit, and returns the time of its rate. */
	long lock(String key) {
		return find(key).orElseGet(() -> {
			insert(key); // it was not used for a day, and was just deleted
			return find(key).orElseThrow();
		});
	}

	private Optional<Long> find(String key) {
		return this.jdbc.sql(this.lock).param(key).query(Long.class).optional();
	}

	long now() {
		return this.jdbc.sql(this.now).query(Long.class).single();
	}

	/** Counts the runs in progress, without the one that asks. */
	int inProgress(String key, String runId) {
		return this.jdbc
			.sql("select count(*) from buddy_workflow_flow_run f join buddy_workflow_run r on r.run_id = f.run_id"
					+ " where f.flow_key = ? and f.held = " + COUNTED + " and f.run_id <> ? and " + UNFINISHED)
			.params(key, runId)
			.query(Integer.class)
			.single();
	}

	/** Finds a run that has not ended, for a key of which there is one only. */
	Optional<String> unfinished(String key) {
		return this.jdbc
			.sql("select r.run_id from buddy_workflow_flow_run f join buddy_workflow_run r on r.run_id = f.run_id"
					+ " where f.flow_key = ? and (" + UNFINISHED + " or r.status = 'PAUSED')"
					+ " order by r.run_id desc limit 1")
			.param(key)
			.query(String.class)
			.optional();
	}

	/** Returns when a run may begin as to its rate, if that was decided already. */
	@Nullable Long startsAt(String key, String runId) {
		return this.jdbc.sql("select starts_at from buddy_workflow_flow_run where flow_key = ? and run_id = ?")
			.params(key, runId)
			.query((row, number) -> {
				long at = row.getLong(1);
				return Optional.ofNullable(row.wasNull() ? null : at);
			})
			.optional()
			.flatMap((at) -> at)
			.orElse(null);
	}

	/**
	 * Decides when a run may begin, in the order in which the runs come.
	 * @param limit the limit
	 * @param nextAt the time of its rate
	 * @param now the time
	 * @return the time at which the run may begin
	 */
	long reserve(FlowLimit limit, long nextAt, long now) {
		long interval = Math.max(1, limit.per().toMillis() / limit.runs());
		long tolerance = limit.per().toMillis() - interval;
		long arrival = Math.max(nextAt, now);
		this.jdbc.sql("update buddy_workflow_flow set next_at = ? where flow_key = ?")
			.params(arrival + interval, limit.key())
			.update();
		return Math.max(now, arrival - tolerance);
	}

	/** Records how a run stands to a limit. */
	void put(String key, String runId, int state, @Nullable Long startsAt) {
		SqlParameterValue at = new SqlParameterValue(Types.BIGINT, startsAt);
		JdbcClient.StatementSpec update = this.jdbc
			.sql("update buddy_workflow_flow_run set held = ?, starts_at = coalesce(?, starts_at)"
					+ " where flow_key = ? and run_id = ?")
			.params(state, at, key, runId);
		if (update.update() == 0) {
			this.jdbc.sql("insert into buddy_workflow_flow_run (flow_key, run_id, held, starts_at) values (?, ?, ?, ?)")
				.params(key, runId, state, at)
				.update();
		}
	}

	void delete(String runId) {
		this.jdbc.sql("delete from buddy_workflow_flow_run where run_id = ?").param(runId).update();
	}

	/** Finds the first run that a limit holds. */
	Optional<RunQueue.Entry> firstHeld(String key, String except) {
		return this.jdbc.sql(FIRST_HELD)
			.params(key, except)
			.query((row, number) -> new RunQueue.Entry(row.getString(1), row.getString(2), row.getInt(3),
					Duration.ofMillis(row.getLong(4)), row.getLong(5)))
			.optional();
	}

	List<String> keysThatHold() {
		return this.jdbc.sql("select distinct flow_key from buddy_workflow_flow_run where held = " + HELD)
			.query((row, number) -> row.getString(1))
			.list();
	}

	/** Forgets the runs that have ended or were deleted, and tells how many. */
	int deleteOld() {
		int runs = this.jdbc
			.sql("delete from buddy_workflow_flow_run where not exists (select 1 from buddy_workflow_run r"
					+ " where r.run_id = buddy_workflow_flow_run.run_id and (" + UNFINISHED
					+ " or r.status = 'PAUSED'))")
			.update();
		return runs + this.jdbc.sql(this.deleteUnused).update();
	}

}
