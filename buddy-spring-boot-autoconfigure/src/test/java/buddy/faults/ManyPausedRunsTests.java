package buddy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunResponse;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Very many runs wait for an answer while the application is restarted: they hold neither
 * threads nor connections, and each goes on soon after its answer.
 */
class ManyPausedRunsTests {

	private static final int RUNS = Nightly.size(100, 10_000);

	/** So many are answered one after the other, the rest at once. */
	private static final int MEASURED = Nightly.size(10, 100);

	@Test
	void pausedRunsOutlastARestartAndHoldNothing() throws Exception {
		Nightly.only("PausedRunCostTests looks for runs among as many that are paused");
		String[] database = TestDatabase.POSTGRESQL.create();
		List<String> runs;
		try (TestApplication first = start(database)) {
			runs = pauseMany(first);
		}
		int threads;
		try (TestApplication idle = start(TestDatabase.POSTGRESQL.create())) {
			assertThat(idle.bean(Asking.class).run().status().name()).isEqualTo("PAUSED");
			threads = Thread.activeCount();
		}
		try (TestApplication second = start(database)) {
			Awaitility.await().untilAsserted(() -> {
				assertThat(second.connectionsInUse()).isZero();
				assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 10);
			});
			assertThat(count(second, "status = 'PAUSED'")).isEqualTo(RUNS);
			WorkflowRuns answers = second.bean(WorkflowRuns.class).ofEverybody();
			List<Long> millis = new ArrayList<>();
			for (String runId : runs.subList(0, MEASURED)) {
				long asked = System.nanoTime();
				answers.answer(runId, "q", "yes");
				Awaitility.await()
					.untilAsserted(() -> assertThat(count(second, "status = 'COMPLETED' and run_id = '" + runId + "'"))
						.isOne());
				millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked));
			}
			millis.sort(null);
			System.out.printf("of %d paused runs %d went on within %d ms, half of them within %d%n", RUNS, MEASURED,
					millis.get(MEASURED - 1), millis.get(MEASURED / 2));
			assertThat(millis.get(MEASURED / 2)).isLessThan(1000);
			runs.subList(MEASURED, RUNS).parallelStream().forEach((runId) -> answers.answer(runId, "q", "yes"));
			Awaitility.await()
				.atMost(Duration.ofMinutes(10))
				.pollInterval(Duration.ofSeconds(1))
				.untilAsserted(() -> assertThat(count(second, "status = 'COMPLETED'")).isEqualTo(RUNS));
			RunHistoryChecker checker = RunHistoryChecker.of(second);
			for (String runId : runs.subList(0, Math.min(RUNS, 1000))) {
				assertThat(checker.check(runId).content()).isEqualTo("before, yes");
			}
			assertThat(count(second, "epoch = 1")).as("each was continued once").isEqualTo(RUNS);
		}
	}

	private static List<String> pauseMany(TestApplication application) throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(8);
		try {
			List<Future<RunResponse>> paused = new ArrayList<>();
			for (int i = 0; i < RUNS; i++) {
				paused.add(callers.submit(() -> application.bean(Asking.class).run()));
			}
			List<String> runs = new ArrayList<>();
			for (Future<RunResponse> one : paused) {
				runs.add(one.get(5, TimeUnit.MINUTES).runId());
			}
			return runs;
		}
		finally {
			callers.shutdownNow();
		}
	}

	private static TestApplication start(String[] database) {
		return TestApplication.start(Stream
			.concat(Stream.of(database),
					Stream.of("buddy.engine.enabled=true", "buddy.engine.poll-interval=100ms", "test.statements=false"))
			.toArray(String[]::new), Workflows.class);
	}

	private static int count(TestApplication application, String where) {
		return new JdbcTemplate(application.bean(DataSource.class))
			.queryForObject("select count(*) from buddy_workflow_run where " + where, Integer.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Asking asking() {
			return new Asking();
		}

	}

	/** Asks a person. */
	static class Asking extends Workflow {

		RunResponse run() {
			String before = step("before", () -> "before");
			return RunResponse.of(before + ", " + awaitInput("q", String.class));
		}

	}

}
