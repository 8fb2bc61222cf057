package buddy.observability;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.tck.ObservationContextAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.durable.MapRunJournal;
import buddy.durable.MapRunWaits;
import buddy.durable.StepOptions;
import buddy.run.RunContextHolder;
import buddy.run.RunPausedException;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is told of an execution that pauses: it has not failed.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class PausedRunObservationsTests {

	private final Observed observed = new Observed();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final MapRunJournal journal = new MapRunJournal(this.store);

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store)
		.interceptors(
				List.of(new RunObservations(this.observed.registry, null, null, false), new RunMetrics(this.meters)))
		.durable(this.journal, DurableOptions.DEFAULTS)
		.waits(new MapRunWaits(this.store, this.journal, Clock.systemUTC()))
		.logFailures(true)
		.build();

	private Observation.Context pause(String what) {
		Pauses pauses = Workflows.proxy(new Pauses(), this.runner);
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(() -> pauses.run(what));
		assertThat(this.observed.registry.getCurrentObservation()).isNull();
		assertThat(RunContextHolder.current()).isNull();
		return this.observed.only("buddy.run");
	}

	@Test
	void executionThatAsksIsObservedAsPaused(CapturedOutput output) {
		ObservationContextAssert.assertThat(pause("ask"))
			.doesNotHaveError()
			.hasLowCardinalityKeyValue("buddy.run.status", "paused")
			.hasLowCardinalityKeyValue("buddy.run.cause", "none")
			.hasLowCardinalityKeyValue("error.type", "none");
		assertNothingFailed(output);
	}

	@Test
	void executionThatWaitsForItsNextAttemptIsObservedAsPaused(CapturedOutput output) {
		ObservationContextAssert.assertThat(pause("retry"))
			.doesNotHaveError()
			.hasLowCardinalityKeyValue("buddy.run.status", "paused");
		Observation.Context step = this.observed.only("buddy.step");
		assertThat(step.getError()).isNull();
		assertNothingFailed(output);
	}

	private void assertNothingFailed(CapturedOutput output) {
		assertThat(this.meters.getMeters()).extracting((meter) -> meter.getId().getName())
			.doesNotContain("buddy.runs.cancelled", "buddy.runs.failed", "buddy.runs.refused");
		assertThat(this.meters.getMeters()).extracting(Meter::getId)
			.noneMatch((id) -> id.getName().startsWith("buddy.runs."));
		assertThat(output).doesNotContain(" ERROR ", " WARN ");
	}

	/** A workflow that pauses. */
	static class Pauses extends Workflow {

		Pauses() {
			super(WorkflowSettings.builder().workflowId("pauses").build());
		}

		public String run(String what) {
			if (what.equals("ask")) {
				return awaitInput("q", String.class);
			}
			Duration hour = Duration.ofHours(1);
			return this.<String, RuntimeException>step("pay", StepOptions.defaults().attempts(2).backoff(hour, hour),
					() -> {
						throw new IllegalStateException("not yet");
					});
		}

	}

}
