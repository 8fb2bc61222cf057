package buddy.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunStatus;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database aborts some of all statements, as it does when transactions deadlock or
 * cannot be serialized: all queued runs complete, and nothing is there twice.
 */
class AbortedStatementTests {

	private static final int RUNS = Nightly.size(10, 200);

	private static final int LEGS = 6;

	private static final FaultPoint[] KINDS = { FaultPoint.AFTER_ROW, FaultPoint.ONCE_AFTER_BODY,
			FaultPoint.AFTER_COMMIT };

	private static final String[] SETTINGS = { "buddy.engine.enabled=true", "buddy.engine.threads=8",
			"buddy.engine.poll-interval=200ms", "buddy.node.lease=4s", "buddy.node.heartbeat-interval=400ms",
			"buddy.node.end-orphans=true", "buddy.durable.recover=auto", "test.statements=false" };

	@ParameterizedTest
	@CsvSource({ "POSTGRESQL, 1", "POSTGRESQL, 10", "MARIADB, 1", "MARIADB, 10" })
	void runsCompleteThoughStatementsAreAborted(TestDatabase database, int percent) {
		Nightly.only("DeadlockTests has deadlocks one after the other");
		try (TestApplication application = TestApplication.start(
				Stream.of(database.create(), SETTINGS).flatMap(Stream::of).toArray(String[]::new),
				JourneyNode.Journeys.class, Aborting.class)) {
			WorkflowRuns runs = application.bean(WorkflowRuns.class).ofEverybody();
			Aborts aborts = application.bean(Aborts.class);
			List<String> submitted = new ArrayList<>();
			aborts.begin(percent);
			for (int i = 0; i < RUNS; i++) {
				submitted.add(runs.submit("journey", Map.of("point", KINDS[i % KINDS.length], "legs", LEGS)).runId());
			}
			awaitEnds(application);
			aborts.end();

			RunHistoryChecker checker = RunHistoryChecker.of(application);
			JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
			assertThat(jdbc.queryForList("select run_id from buddy_workflow_run", String.class))
				.containsExactlyInAnyOrderElementsOf(submitted);
			for (int i = 0; i < RUNS; i++) {
				check(jdbc, checker, submitted.get(i), KINDS[i % KINDS.length]);
			}
			System.out.printf("%s, %d %%: %d runs, %s%n", database, percent, RUNS, aborts);
		}
	}

	private static void awaitEnds(TestApplication application) {
		JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.pollInterval(Duration.ofMillis(200))
			// this look is aborted now and then, too
			.ignoreExceptionsInstanceOf(DataAccessException.class)
			.untilAsserted(() -> assertThat(jdbc
				.queryForList("select * from buddy_workflow_run r left join buddy_task t on t.task_instance = r.run_id"
						+ " where status in ('PENDING', 'RUNNING') or task_instance is not null"))
				.isEmpty());
	}

	private static void check(JdbcTemplate jdbc, RunHistoryChecker checker, String runId, FaultPoint kind) {
		History history = checker.check(runId, JourneyNode::joined);
		assertThat(history.run().status()).as("%s: %s", kind, history.run().error()).isEqualTo(RunStatus.COMPLETED);
		Map<String, Integer> calls = KilledNodeTests.calls(jdbc, runId);
		assertThat(history.steps()).hasSize(LEGS);
		for (StoredStep step : history.steps()) {
			assertThat(step.head().status()).isEqualTo(StepStatus.DONE);
			if (kind != FaultPoint.AFTER_COMMIT) {
				assertThat(calls.get(step.key())).as("calls of %s", step).isOne();
			}
		}
		int bookings = jdbc.queryForObject("select count(*) from booking where run_id = ?", Integer.class, runId);
		assertThat(bookings).isEqualTo((kind == FaultPoint.AFTER_COMMIT) ? LEGS : 0);
	}

	/**
	 * Lets the server itself abort transactions, with the errors that it has for that.
	 */
	static class Aborts {

		private static final List<String> OF_POSTGRESQL = List.of("40001", "40P01")
			.stream()
			.map((state) -> "do $$ begin raise exception using errcode = '" + state
					+ "', message = 'aborted on purpose'; end $$")
			.toList();

		/** The rest of the transaction is lost before, as it is there. */
		private static final String OF_MARIADB = "signal sqlstate '40001' set mysql_errno = 1213,"
				+ " message_text = 'Deadlock found when trying to get lock; try restarting transaction'";

		private final Random random = new Random(4711);

		private final AtomicInteger statements = new AtomicInteger();

		private final AtomicInteger aborted = new AtomicInteger();

		private volatile int percent;

		void begin(int percentOfStatements) {
			this.percent = percentOfStatements;
		}

		void end() {
			this.percent = 0;
		}

		/** Those of the steps' bodies are not buddy's. */
		void before(String sql, Connection connection) throws SQLException {
			if (this.percent == 0 || !sql.contains("buddy_")) {
				return;
			}
			this.statements.incrementAndGet();
			if (this.random.nextInt(100) >= this.percent) {
				return;
			}
			int number = this.aborted.getAndIncrement();
			boolean postgresql = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
			if (!postgresql && !connection.getAutoCommit()) {
				connection.rollback();
			}
			try (Statement abort = connection.createStatement()) {
				abort.execute(postgresql ? OF_POSTGRESQL.get(number % 2) : OF_MARIADB);
			}
		}

		@Override
		public String toString() {
			return this.aborted + " of " + this.statements + " statements aborted";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Aborting {

		@Bean
		static Aborts aborts() {
			return new Aborts();
		}

		@Bean
		static BeanPostProcessor abortedStatements(Aborts aborts) {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof DataSource dataSource) ? ProxyDataSourceBuilder.create(dataSource)
						.beforeQuery((execution, queries) -> queries.forEach((query) -> {
							try {
								aborts.before(query.getQuery(), execution.getStatement().getConnection());
							}
							catch (SQLException ex) {
								raise(ex);
							}
						}))
						.build() : bean;
				}
			};
		}

		/** As the statement itself would. */
		@SuppressWarnings("unchecked")
		private static <E extends Throwable> void raise(Throwable failure) throws E {
			throw (E) failure;
		}

	}

}
