package buddy.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunKey;
import buddy.storage.NewRun;
import buddy.storage.SessionSeed;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSchedules;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two applications with one database and a schema each, whose workflows have the same
 * ids: neither executes, continues or ends what is the other's.
 */
class SeparateApplicationsTests {

	private static final int RUNS = Nightly.size(10, 200);

	@Test
	void neitherTakesRunsOfTheOther() {
		Nightly.only("the same statements, in the tables of a schema");
		String[] database = TestDatabase.POSTGRESQL.create();
		try (TestApplication one = start(database, "one"); TestApplication two = start(database, "two")) {
			List<TestApplication> both = List.of(one, two);
			for (int i = 0; i < RUNS; i++) {
				both.forEach((each) -> each.bean(WorkflowRuns.class).ofEverybody().submit("named", Map.of()));
			}
			both.forEach((each) -> each.bean(WorkflowSchedules.class)
				.create(ScheduleDefinition.of("named").id("often").every(Duration.ofMillis(500))));
			// of a process that has died
			one.bean(WorkflowSessionRepository.class)
				.begin(NewRun
					.builder(new RunKey("orphan", "named", "s-orphan", null), new SessionSeed(null, null, null))
					.createdAt(System.currentTimeMillis())
					.input("{}")
					.ownerNode("dead")
					.build());
			both.forEach((each) -> Awaitility.await().untilAsserted(() -> {
				assertThat(count(each, "status = 'COMPLETED'")).isGreaterThan(RUNS + 2);
				assertThat(each.bean(WorkflowSchedules.class).find("often").orElseThrow().lastRunId()).isNotNull();
			}));
			both.forEach((each) -> each.bean(WorkflowSchedules.class).delete("often"));
			both.forEach((each) -> Awaitility.await()
				.untilAsserted(() -> assertThat(count(each, "status in ('PENDING', 'RUNNING')")).isZero()));
			check(one, "one");
			check(two, "two");
			assertThat(count(one, "run_id = 'orphan' and epoch = 1 and status = 'COMPLETED'")).isOne();
			assertThat(count(two, "run_id = 'orphan'")).isZero();
		}
	}

	private static TestApplication start(String[] database, String name) {
		return TestApplication.start(Stream
			.concat(Stream.of(database), Stream.of("buddy.storage.schema-name=" + name, "buddy.engine.enabled=true",
					"buddy.engine.poll-interval=100ms", "buddy.node.lease=2s", "buddy.node.heartbeat-interval=300ms",
					"buddy.node.end-orphans=true", "buddy.durable.recover=auto"))
			.toArray(String[]::new), Workflows.class);
	}

	private static int count(TestApplication application, String where) {
		return new JdbcTemplate(application.bean(DataSource.class)).queryForObject(
				"select count(*) from " + application.bean(Environment.class).getProperty("buddy.storage.schema-name")
						+ ".buddy_workflow_run where " + where,
				Integer.class);
	}

	private static void check(TestApplication application, String name) {
		RunHistoryChecker checker = RunHistoryChecker.of(application);
		for (String runId : new JdbcTemplate(application.bean(DataSource.class))
			.queryForList("select run_id from " + name + ".buddy_workflow_run", String.class)) {
			assertThat(checker.check(runId).content()).isEqualTo(name);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Named named(@Value("${buddy.storage.schema-name}") String name) {
			return new Named(name);
		}

	}

	/** Tells whose it is. */
	static class Named extends Workflow {

		private final String name;

		Named(String name) {
			this.name = name;
		}

		String run() {
			return step("name", () -> this.name);
		}

	}

}
