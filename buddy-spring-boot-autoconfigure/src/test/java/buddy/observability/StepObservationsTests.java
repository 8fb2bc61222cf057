package buddy.observability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import buddy.durable.MapRunJournal;
import buddy.durable.StepOptions;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.StepCompleted;
import buddy.run.RunResponseEvent.StepError;
import buddy.run.RunResponseEvent.StepStarted;
import buddy.run.internal.CancellationSource;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static buddy.observability.Observed.key;
import static buddy.observability.Observed.name;
import static buddy.observability.Observed.parent;

/**
 * The observations and the events of steps.
 */
class StepObservationsTests {

	private final Observed observed = new Observed();

	/** What is observed in the bodies of steps. */
	private final List<String> within = new CopyOnWriteArrayList<>();

	private final List<RunResponseEvent> events = new CopyOnWriteArrayList<>();

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store)
		.interceptors(List.of(new RunObservations(this.observed.registry, null, null, false)))
		.listeners(List.of((run, event) -> this.events.add(event)))
		.durable(new MapRunJournal(this.store), DurableOptions.DEFAULTS)
		.build();

	private final Steps steps = Workflows.proxy(new Steps(this.observed, this.within), this.runner);

	private final WorkflowRuns runs = runs();

	private WorkflowRuns runs() {
		RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
		workflows.register("steps", this.steps);
		return this.runner.runs(() -> null, workflows);
	}

	@AfterEach
	void close() {
		this.runner.close();
		assertThat(this.observed.current()).isNull();
	}

	@Test
	void stepsTellHowTheyEnded() throws Exception {
		assertThatThrownBy(() -> this.steps.run("fail")).hasMessage("no money");
		assertThat(outcomes()).containsExactly("look executed", "charge failed");
		Observation.Context look = this.observed.ended("buddy.step").get(0);
		assertThat(look.getContextualName()).isEqualTo("step look");
		assertThat(key(look, "buddy.workflow.id")).isEqualTo("steps");
		assertThat(key(look, "buddy.step.key")).isEqualTo("look");
		String runId = key(look, "buddy.run.id");
		assertThat(runId).isEqualTo(key(this.observed.only("buddy.run"), "buddy.run.id"));
		assertThat(name(look.getParentObservation())).isEqualTo("buddy.run");
		assertThat(look.getError()).isNull();
		assertThat(this.observed.ended("buddy.step").get(1).getError()).hasMessage("no money");
		assertThat(this.within).containsExactly("buddy.step of buddy.run", "buddy.step of buddy.run");
		assertThat(key(this.observed.only("buddy.run"), "buddy.run.epoch")).isNull();
		this.observed.ended.clear();

		this.runs.retry(String.valueOf(runId)).response().toCompletableFuture().get(30, TimeUnit.SECONDS);

		assertThat(outcomes()).containsExactly("look replayed", "charge executed");
		assertThat(key(this.observed.only("buddy.run"), "buddy.run.epoch")).isEqualTo("1");
	}

	@Test
	void stepOfARunThatIsStoppedIsInterrupted() {
		assertThatThrownBy(() -> this.steps.run("stop")).isInstanceOf(RuntimeException.class);
		assertThat(outcomes()).containsExactly("look executed", "charge interrupted");
		assertThat(this.observed.ended("buddy.step").get(1).getError()).isNull();
		assertThat(stepEvents()).containsExactly("StepStarted look", "StepCompleted look", "StepStarted charge");
	}

	@Test
	void executedStepsAreToldAndReplayedOnesAreNot() throws Exception {
		assertThatThrownBy(() -> this.steps.run("fail")).hasMessage("no money");
		assertThat(stepEvents()).containsExactly("StepStarted look", "StepCompleted look", "StepStarted charge",
				"StepError charge");
		Map<String, @Nullable Object> error = this.events.stream()
			.filter(StepError.class::isInstance)
			.findFirst()
			.orElseThrow()
			.toMap();
		assertThat(error).containsEntry("event", "StepError")
			.containsEntry("key", "charge")
			.containsEntry("name", "charge")
			.containsEntry("kind", "step")
			.containsEntry("error", "no money")
			.containsEntry("error_type", "java.lang.IllegalStateException")
			.containsKeys("run_id", "session_id", "workflow_id", "created_at");
		assertThat(RunResponseEvent.fromMap(error).toMap()).isEqualTo(error);
		this.events.clear();

		this.runs.retry(String.valueOf(error.get("run_id"))).response().toCompletableFuture().get(30, TimeUnit.SECONDS);

		assertThat(stepEvents()).containsExactly("StepStarted charge", "StepCompleted charge");
	}

	@Test
	void everyAttemptIsTold() {
		assertThat(this.steps.run("flaky")).isEqualTo("charged");
		assertThat(stepEvents()).containsExactly("StepStarted look", "StepCompleted look", "StepStarted charge",
				"StepError charge", "StepStarted charge", "StepCompleted charge");
		assertThat(outcomes()).containsExactly("look executed", "charge executed");
	}

	private List<String> outcomes() {
		return this.observed.ended("buddy.step")
			.stream()
			.map((step) -> key(step, "buddy.step.name") + " " + key(step, "buddy.step.outcome"))
			.toList();
	}

	private List<String> stepEvents() {
		List<String> told = new ArrayList<>();
		for (RunResponseEvent event : this.events) {
			if (event instanceof StepStarted started) {
				told.add("StepStarted " + started.key());
			}
			else if (event instanceof StepCompleted completed) {
				told.add("StepCompleted " + completed.key());
			}
			else if (event instanceof StepError error) {
				told.add("StepError " + error.key());
			}
		}
		return told;
	}

	static class Steps extends Workflow {

		private final Observed observed;

		private final List<String> within;

		private int charges;

		Steps(Observed observed, List<String> within) {
			super(WorkflowSettings.builder().workflowId("steps").build());
			this.observed = observed;
			this.within = within;
		}

		public String run(String how) {
			step("look", () -> {
				look();
				return "found";
			});
			return step("charge",
					StepOptions.defaults()
						.attempts(how.equals("flaky") ? 2 : 1)
						.backoff(java.time.Duration.ZERO, java.time.Duration.ZERO),
					() -> charge(how));
		}

		private String charge(String how) {
			look();
			this.charges++;
			if (this.charges == 1 && how.equals("stop")) {
				((CancellationSource) RunContext.current().cancellation()).cancel("enough");
				RunContext.current().cancellation().check(RunContext.current().runId());
			}
			if (this.charges == 1) {
				throw new IllegalStateException("no money");
			}
			return "charged";
		}

		private void look() {
			this.within
				.add(Observed.name(this.observed.current()) + " of " + Observed.name(parent(this.observed.current())));
		}

	}

}
