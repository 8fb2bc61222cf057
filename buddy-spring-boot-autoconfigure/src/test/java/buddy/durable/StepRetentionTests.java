package buddy.durable;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Steps that are deleted by an application in the course of time.
 */
class StepRetentionTests {

	@Test
	void applicationDeletesOldSteps() {
		String[] properties = Stream
			.concat(Arrays.stream(TestDatabase.H2.create()),
					Stream.of("buddy.retention.step-age=1s", "buddy.retention.interval=100ms"))
			.toArray(String[]::new);
		try (TestApplication application = TestApplication.start(properties, Workflows.class)) {
			assertThatIllegalStateException().isThrownBy(application.bean(Failing.class)::run).withMessage("broken");
			RunSummary run = application.bean(WorkflowSessionRepository.class)
				.listRuns(RunQuery.all(), RunPage.first(1))
				.get(0);
			WorkflowRuns runs = application.bean(WorkflowRuns.class).ofEverybody();

			await().until(() -> runs.steps(run.runId(), null, 10).isEmpty());

			assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> runs.retry(run.runId()))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RunNotResumableException.STEPS_DELETED));
			assertThat(runs.isResumable(run.runId())).isFalse();
			assertThat(application.bean(WorkflowSessionRepository.class).findRun(run.runId()).orElseThrow().status())
				.isEqualTo(RunStatus.ERROR);
		}
	}

	@Test
	void negativeAgeIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StepRetention(() -> null, Duration.ofDays(-1), 1))
			.withMessageContaining("buddy.retention.step-age");
	}

	static class Failing extends Workflow {

		Failing() {
			super(WorkflowSettings.builder().workflowId("failing").build());
		}

		public String run() {
			step("one", () -> 1);
			throw new IllegalStateException("broken");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Failing failing() {
			return new Failing();
		}

	}

}
