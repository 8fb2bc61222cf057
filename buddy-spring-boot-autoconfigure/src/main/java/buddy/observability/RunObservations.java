package buddy.observability;

import java.util.function.Function;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import buddy.run.RunEnding;
import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunStart;
import buddy.run.RunStatus;
import buddy.run.StepInterception;

/**
 * Observes runs.
 */
final class RunObservations implements RunInterceptor {

	private static final DefaultRunObservationConvention DEFAULT = new DefaultRunObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable RunObservationConvention convention;

	private static final DefaultStepObservationConvention OF_STEPS = new DefaultStepObservationConvention();

	private final @Nullable StepObservationConvention steps;

	private final boolean includeContent;

	RunObservations(ObservationRegistry registry, @Nullable RunObservationConvention convention,
			@Nullable StepObservationConvention steps, boolean includeContent) {
		this.steps = steps;
		this.registry = registry;
		this.convention = convention;
		this.includeContent = includeContent;
	}

	/**
	 * Returns the caller's observation, which a subscriber has in its Reactor context.
	 */
	@Override
	public @Nullable Object origin(Function<String, @Nullable Object> context) {
		Object subscribers = context.apply(ObservedWork.KEY);
		return (subscribers != null) ? subscribers : this.registry.getCurrentObservation();
	}

	@Override
	public @Nullable RunInterception starting(RunStart run) {
		if (this.registry.isNoop()) {
			return null;
		}
		RunObservationContext context = new RunObservationContext(run, this.includeContent);
		Observation observation = BuddyObservation.RUN.observation(this.convention, DEFAULT, () -> context,
				this.registry);
		if (run.origin() instanceof Observation caller) {
			observation.parentObservation(caller);
		}
		observation.start();
		return observation.isNoop() ? null : new ObservedRun(observation, context);
	}

	private @Nullable StepInterception step(Observation run, RunStart start, String key, String name) {
		StepObservationContext context = new StepObservationContext(start.workflowId(), start.runId(), key, name);
		Observation observation = BuddyObservation.STEP.observation(this.steps, OF_STEPS, () -> context, this.registry);
		if (this.registry.getCurrentObservation() == null) {
			observation.parentObservation(run);
		}
		observation.start();
		return observation.isNoop() ? null : new ObservedStep(this.registry, observation, context);
	}

	private final class ObservedRun extends ObservedWork implements RunInterception {

		private final Observation observation;

		private final RunObservationContext context;

		ObservedRun(Observation observation, RunObservationContext context) {
			super(RunObservations.this.registry, observation);
			this.observation = observation;
			this.context = context;
		}

		@Override
		public @Nullable StepInterception step(String key, String name) {
			return RunObservations.this.step(this.observation, this.context.getStart(), key, name);
		}

		/** Stops the observation; a cancelled run is not an error. */
		@Override
		public void ended(RunEnding ending) {
			this.context.setEnding(ending);
			stop((ending.status() != RunStatus.CANCELLED) ? ending.thrown() : null);
		}

	}

	private static final class ObservedStep extends ObservedWork implements StepInterception {

		private final StepObservationContext context;

		ObservedStep(ObservationRegistry registry, Observation observation, StepObservationContext context) {
			super(registry, observation);
			this.context = context;
		}

		/** Stops the observation; only a failure is an error. */
		@Override
		public void ended(Outcome outcome, @Nullable Throwable failure) {
			this.context.setOutcome(outcome);
			stop((outcome == Outcome.FAILED) ? failure : null);
		}

	}

}
