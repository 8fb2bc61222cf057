package buddy.observability;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import buddy.agent.AgentInterceptor;
import buddy.run.RunInterceptor;

/**
 * Observations of runs, their steps and agent calls. Requires an
 * {@link ObservationRegistry} and an {@link ObservabilitySettings} bean.
 */
@Configuration(proxyBeanMethods = false)
public class ObservationConfiguration {

	/** Outermost, so that log entries of other interceptors belong to the span. */
	private static final int FIRST = -100;

	@Bean
	@Order(FIRST)
	RunInterceptor buddyRunObservations(ObservationRegistry registry,
			ObjectProvider<RunObservationConvention> convention, ObjectProvider<StepObservationConvention> steps,
			ObservabilitySettings settings) {
		return new RunObservations(registry, convention.getIfAvailable(), steps.getIfAvailable(),
				settings.includeContent());
	}

	@Bean
	@Order(FIRST)
	AgentInterceptor buddyAgentObservations(ObservationRegistry registry,
			ObjectProvider<AgentObservationConvention> convention, ObservabilitySettings settings) {
		return new AgentObservations(registry, convention.getIfAvailable(), settings.includeContent());
	}

}
