package buddy.observability;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import buddy.agent.AgentInterception;
import buddy.agent.AgentInterceptor;
import buddy.agent.AgentStart;
import buddy.run.RunResponse;

/**
 * Observes agent calls.
 */
final class AgentObservations implements AgentInterceptor {

	private static final DefaultAgentObservationConvention DEFAULT = new DefaultAgentObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable AgentObservationConvention convention;

	private final boolean includeContent;

	AgentObservations(ObservationRegistry registry, @Nullable AgentObservationConvention convention,
			boolean includeContent) {
		this.registry = registry;
		this.convention = convention;
		this.includeContent = includeContent;
	}

	@Override
	public @Nullable AgentInterception starting(AgentStart call) {
		if (this.registry.isNoop()) {
			return null;
		}
		AgentObservationContext context = new AgentObservationContext(call, this.includeContent);
		Observation observation = BuddyObservation.AGENT_CALL.observation(this.convention, DEFAULT, () -> context,
				this.registry);
		if (call.context().apply(ObservedWork.KEY) instanceof Observation subscribers) {
			observation.parentObservation(subscribers);
		}
		observation.start();
		return observation.isNoop() ? null : new ObservedCall(this.registry, observation, context);
	}

	private static final class ObservedCall extends ObservedWork implements AgentInterception {

		private final AgentObservationContext context;

		ObservedCall(ObservationRegistry registry, Observation observation, AgentObservationContext context) {
			super(registry, observation);
			this.context = context;
		}

		@Override
		public void ended(@Nullable RunResponse response, @Nullable Throwable failure) {
			this.context.setResponse(response);
			stop(failure);
		}

	}

}
