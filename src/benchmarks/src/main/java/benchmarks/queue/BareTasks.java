package benchmarks.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.internal.RunIds;

import benchmarks.measure.Subject;

/**
 * Tasks of db-scheduler that write the rows of a queued run by plain JDBC: the run in the
 * transaction that schedules its task, its begin, and its end with the session.
 */
final class BareTasks implements Subject, AutoCloseable {

	private static final String TABLE = "bare_task";

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final OneTimeTask<Void> task;

	private final Scheduler scheduler;

	private final SchedulerClient client;

	private final RunIds runIds = new RunIds(Clock.systemUTC());

	private BareTasks(DataSource dataSource) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		this.jdbc.execute("create table if not exists " + TABLE + " (like buddy_task including all)");
		this.task = Tasks.oneTime("bare").execute((instance, context) -> execute(instance.getId()));
		this.scheduler = Scheduler.create(dataSource, this.task)
			.tableName(TABLE)
			.threads(QueueBenchmarks.THREADS)
			.pollingInterval(Duration.ofSeconds(1))
			.jdbcCustomization(new PostgreSqlJdbcCustomization(false, false))
			.pollUsingLockAndFetch(0.5, 1)
			.enablePriority()
			.build();
		this.client = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(dataSource), this.task)
			.tableName(TABLE)
			.jdbcCustomization(new PostgreSqlJdbcCustomization(false, false))
			.enablePriority()
			.build();
	}

	static BareTasks start(DataSource dataSource) {
		BareTasks tasks = new BareTasks(dataSource);
		tasks.scheduler.start();
		return tasks;
	}

	@Override
	public String name() {
		return "db-scheduler, the same rows";
	}

	@Override
	public void run(int thread) throws Exception {
		for (int i = 0; i < QueueBenchmarks.BATCH; i++) {
			String session = QueueBenchmarks.session(i);
			this.transaction.executeWithoutResult((status) -> submit(session));
			this.scheduler.triggerCheckForDueExecutions();
		}
		QueueBenchmarks.await(this.jdbc, TABLE);
	}

	private void submit(String session) {
		String runId = this.runIds.next();
		this.jdbc.queryForList("select session_state from buddy_workflow_session where session_id = ?", session);
		this.jdbc.update(
				"insert into buddy_workflow_run (run_id, session_id, workflow_id, status, input, created_at,"
						+ " recipe) values (?, ?, 'trivial', 'PENDING', cast(? as jsonb), ?, cast(? as json))",
				runId, session, "{}", System.currentTimeMillis(), "{\"queued\":{}}");
		this.client.scheduleIfNotExists(this.task.instance(runId), Instant.now());
	}

	private void execute(String runId) {
		String session = this.jdbc.queryForObject("select session_id from buddy_workflow_run where run_id = ?",
				String.class, runId);
		this.jdbc.update(
				"update buddy_workflow_run set status = 'RUNNING', owner_node = ? where run_id = ? and status = 'PENDING'",
				"bare", runId);
		this.jdbc.queryForList("select session_state from buddy_workflow_session where session_id = ?", session);
		this.transaction.executeWithoutResult((status) -> {
			long now = System.currentTimeMillis();
			this.jdbc.update(
					"update buddy_workflow_session set updated_at = greatest(updated_at, ?) where session_id = ?", now,
					session);
			this.jdbc.update(
					"update buddy_workflow_run set status = 'COMPLETED', response = cast(? as jsonb),"
							+ " ended_at = ? where run_id = ? and status = 'RUNNING'",
					"{\"content\":\"done\"}", now, runId);
		});
	}

	@Override
	public void close() {
		this.scheduler.stop();
		this.jdbc.execute("drop table " + TABLE);
	}

}
