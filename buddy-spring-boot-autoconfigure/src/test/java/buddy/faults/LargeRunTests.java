package buddy.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.RunJournal;
import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Runs that are larger than any should be: very many steps, and ten megabytes of result
 * and state.
 */
class LargeRunTests {

	private static final int STEPS = Nightly.size(100, 5000);

	private static final int LARGE = 10 << 20;

	private static final String RESUMED = "Resumed within ms: ";

	@Test
	void runOfVeryManyStepsIsResumedWithLittleMemory() {
		Nightly.only("runs of some steps");
		String[] database = quiet(TestDatabase.POSTGRESQL);
		String runId;
		try (TestApplication application = TestApplication.start(database, Workflows.class)) {
			Large workflow = application.bean(Large.class);
			assertThatIllegalStateException().isThrownBy(() -> workflow.run(STEPS, true))
				.withMessageContaining("not here");
			runId = new JdbcTemplate(application.bean(DataSource.class))
				.queryForObject("select run_id from buddy_workflow_run", String.class);
			// it has 256 MB
			try (JavaProcess other = JavaProcess.start(LargeRunTests.class,
					Stream.concat(Stream.of(database), Stream.of("resume=" + runId)).toArray(String[]::new))) {
				long millis = Long.parseLong(other.awaitLine(RESUMED));
				System.out.printf("%d steps resumed in %d ms%n", STEPS, millis);
				assertThat(millis).isLessThan(Duration.ofSeconds(2).toMillis());
			}
			RunHistoryChecker checker = new RunHistoryChecker(application.bean(WorkflowSessionRepository.class),
					application.bean(RunJournal.class), null);
			assertThat(checker.check(runId).content()).isEqualTo(STEPS + " steps");
			assertThat(checker.check(runId).done()).hasSize(STEPS);
		}
	}

	@ParameterizedTest
	@EnumSource(TestDatabase.class)
	void resultAndStateOfTenMegabytesAreRefusedOrStored(TestDatabase database) throws Exception {
		Nightly.only("SizeLimitTests, without a database");
		String[] properties = quiet(database);
		try (TestApplication application = TestApplication.start(properties, Workflows.class)) {
			Large workflow = application.bean(Large.class);
			assertThatExceptionOfType(UnstorableValueException.class)
				.isThrownBy(() -> WorkflowScope.session("s1").call(() -> workflow.run(0, false)))
				.withMessageContaining("buddy.durable.max-result-size");
			assertThatExceptionOfType(UnstorableValueException.class)
				.isThrownBy(() -> WorkflowScope.session("s1").call(() -> workflow.run(-1, false)))
				.withMessageContaining("buddy.runs.max-state-size");
		}
		try (TestApplication application = TestApplication.start(Stream
			.concat(Stream.of(properties),
					Stream.of("buddy.durable.max-result-size=12MB", "buddy.runs.max-state-size=12MB"))
			.toArray(String[]::new), Workflows.class)) {
			Large workflow = application.bean(Large.class);
			assertThat(WorkflowScope.session("s1").call(() -> workflow.run(0, false))).isEqualTo("" + LARGE);
			assertThat(WorkflowScope.session("s1").call(() -> workflow.run(-1, false))).isEqualTo("" + LARGE);
			String state = application.bean(WorkflowSessionRepository.class).find("s1").orElseThrow().state();
			assertThat(String.valueOf(Json.readMap(String.valueOf(state)).get("large"))).hasSize(LARGE);
			RunHistoryChecker checker = new RunHistoryChecker(application.bean(WorkflowSessionRepository.class),
					application.bean(RunJournal.class), null);
			List<String> runs = new JdbcTemplate(application.bean(DataSource.class))
				.queryForList("select run_id from buddy_workflow_run where status = 'COMPLETED'", String.class);
			assertThat(runs).hasSize(2)
				.allSatisfy((runId) -> assertThat(checker.check(runId).content()).isEqualTo("" + LARGE));
		}
	}

	private static String[] quiet(TestDatabase database) {
		return Stream.concat(Stream.of(database.create()), Stream.of("test.statements=false")).toArray(String[]::new);
	}

	/** Resumes a run. */
	public static void main(String[] properties) throws Exception {
		String runId = Stream.of(properties)
			.filter((property) -> property.startsWith("resume="))
			.findFirst()
			.orElseThrow()
			.substring("resume=".length());
		TestApplication here = TestApplication.start(properties, Workflows.class);
		WorkflowRuns runs = here.bean(WorkflowRuns.class).ofEverybody();
		// loads all classes, and fails again
		CompletableFuture<RunResponse> first = runs.retry(runId).response().toCompletableFuture();
		first.handle((response, failure) -> failure).get(1, TimeUnit.MINUTES);
		Large.here = true;
		long begun = System.nanoTime();
		runs.retry(runId).response().toCompletableFuture().get(1, TimeUnit.MINUTES);
		System.out.println(RESUMED + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
		new CountDownLatch(1).await();
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Large large() {
			return new Large();
		}

	}

	/** Has many steps, or one with a large result, or a large state. */
	static class Large extends Workflow {

		private static volatile boolean here;

		String run(int steps, boolean elsewhere) {
			if (steps < 0) {
				sessionState().put("large", "x".repeat(LARGE));
				return "" + LARGE;
			}
			if (steps == 0) {
				return "" + step("large", () -> "x".repeat(LARGE)).length();
			}
			for (int i = 0; i < steps; i++) {
				step("small", () -> RunContext.current().stepKey());
			}
			if (elsewhere && !here) {
				throw new IllegalStateException("not here");
			}
			return steps + " steps";
		}

	}

}
