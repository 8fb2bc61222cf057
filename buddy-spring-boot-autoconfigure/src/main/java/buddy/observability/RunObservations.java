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

/**
 * Observes runs.
 */
final class RunObservations implements RunInterceptor {

	private static final DefaultRunObservationConvention DEFAULT = new DefaultRunObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable RunObservationConvention convention;

	private final boolean includeContent;

	RunObservations(ObservationRegistry registry, @Nullable RunObservationConvention convention,
			boolean includeContent) {
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
		return observation.isNoop() ? null : new ObservedRun(this.registry, observation, context);
	}

	private static final class ObservedRun extends ObservedWork implements RunInterception {

		private final RunObservationContext context;

		ObservedRun(ObservationRegistry registry, Observation observation, RunObservationContext context) {
			super(registry, observation);
			this.context = context;
		}

		/** Stops the observation; a cancelled run is not an error. */
		@Override
		public void ended(RunEnding ending) {
			this.context.setEnding(ending);
			stop((ending.status() != RunStatus.CANCELLED) ? ending.thrown() : null);
		}

	}

}
