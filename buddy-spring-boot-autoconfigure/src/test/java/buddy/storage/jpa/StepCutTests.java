package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.RunJournal;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepStatus;
import buddy.run.RunStatus;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The connection to PostgreSQL is cut at every statement and commit of a run with steps
 * of every mode, before it and after it: nothing is there twice, the run completes, and
 * no attempt of a step is used up.
 */
class StepCutTests {

	private static CuttingDataSource connections;

	private static TestApplication application;

	private static JdbcTemplate jdbc;

	private static RunHistoryChecker checker;

	@BeforeAll
	static void start() {
		application = TestApplication
			.start(Stream.concat(Stream.of(TestDatabase.POSTGRESQL.create()), Stream.of("buddy.durable.patience=20s"))
				.toArray(String[]::new), Cut.class);
		jdbc = new JdbcTemplate(application.bean(DataSource.class));
		jdbc.execute("create table booking (session_id varchar(64))");
		checker = new RunHistoryChecker(application.bean(WorkflowSessionRepository.class),
				application.bean(RunJournal.class), null);
		connections.onlyOn(Thread.currentThread());
	}

	@AfterAll
	static void stop() {
		if (application != null) {
			application.close();
		}
	}

	@Test
	void runWithStepsSurvivesACutAtEveryPoint() throws Exception {
		int points = call(0, false);
		assertThat(points).isGreaterThanOrEqualTo(6);
		for (int round = 0; round < Nightly.size(1, 10); round++) {
			for (int point = 1; point <= points; point++) {
				call(point, false);
				call(point, true);
			}
		}
	}

	private static int call(int point, boolean answerIsLost) throws Exception {
		String session = "s-" + UUID.randomUUID();
		Three workflow = application.bean(Three.class);
		Three.CALLS.clear();
		connections.cutAt(point, answerIsLost);
		Throwable thrown = catchThrowable(() -> WorkflowScope.session(session).run(() -> workflow.run(session)));
		int points = connections.points();
		connections.cutAt(0, false);
		continueIfNecessary(session, thrown, "cut at %d, answer lost: %s".formatted(point, answerIsLost));
		return points;
	}

	/**
	 * The begin may fail, of which nothing is left, and the end, after which it is
	 * retried.
	 */
	private static void continueIfNecessary(String session, Throwable thrown, String cut) throws Exception {
		List<String> runs = runs(session);
		if (thrown != null && runs.isEmpty()) {
			assertThat(Three.CALLS).as(cut).isEmpty();
			return;
		}
		if (thrown != null) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(jdbc.queryForObject(
						"select status from buddy_workflow_run where session_id = ?", String.class, session))
					.as("%s: %s", cut, thrown)
					.isEqualTo("ERROR"));
			application.bean(WorkflowRuns.class)
				.ofEverybody()
				.retry(runs.get(0))
				.response()
				.toCompletableFuture()
				.get(30, TimeUnit.SECONDS);
		}
		check(session);
	}

	private static void check(String session) {
		List<String> runs = runs(session);
		assertThat(runs).hasSize(1);
		History history = checker.check(runs.get(0), (results) -> String.join("", results).replace("\"", ""));
		assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(history.steps()).hasSize(3).allMatch((step) -> step.head().status() == StepStatus.DONE);
		List<String> calls = Three.CALLS;
		assertThat(calls.stream().filter("a"::equals).count()).isOne();
		assertThat(calls.stream().filter("b"::equals).count()).isOne();
		assertThat(calls.stream().filter("c"::equals).count()).isBetween(1L, 2L);
		assertThat(jdbc.queryForObject("select count(*) from booking where session_id = ?", Integer.class, session))
			.isOne();
	}

	private static List<String> runs(String session) {
		return jdbc.queryForList("select run_id from buddy_workflow_run where session_id = ?", String.class, session);
	}

	@Configuration(proxyBeanMethods = false)
	static class Cut {

		@Bean
		static BeanPostProcessor cuts() {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessBeforeInitialization(Object bean, String name) {
					if (bean instanceof HikariDataSource pool) {
						connections = new CuttingDataSource(pool.getJdbcUrl());
						HikariDataSource cut = new HikariDataSource();
						cut.setDataSource(connections);
						return cut;
					}
					return bean;
				}
			};
		}

		@Bean
		Three three(DataSource dataSource) {
			return new Three(dataSource);
		}

	}

	static class Three extends Workflow {

		private static final List<String> CALLS = new ArrayList<>();

		private final DataSource dataSource;

		Three(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		String run(String session) {
			String a = step("a", () -> call("a"));
			String b = step("b", StepOptions.of(StepMode.AT_MOST_ONCE), () -> call("b"));
			return a + b + step("c", StepOptions.of(StepMode.TRANSACTIONAL), () -> {
				new JdbcTemplate(this.dataSource).update("insert into booking values (?)", session);
				return call("c");
			});
		}

		private String call(String what) {
			CALLS.add(what);
			return what;
		}

	}

}
