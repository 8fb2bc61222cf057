package buddy.observability;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Convention for the observations of agent calls. A bean of this type replaces
 * {@link DefaultAgentObservationConvention}.
 */
public interface AgentObservationConvention extends ObservationConvention<AgentObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof AgentObservationContext;
	}

}
