package buddy.actuate;

import java.time.Clock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.WorkflowRuns;

/**
 * The health of the store. Requires a {@link HealthSettings} bean.
 */
@Configuration(proxyBeanMethods = false)
public class HealthConfiguration {

	@Bean
	HealthIndicator buddyHealthIndicator(WorkflowSessionRepository store, ObjectProvider<RunOwners> owners,
			WorkflowRuns runs, ObjectProvider<Clock> clock, HealthSettings settings) {
		return new BuddyHealthIndicator(store, owners.getIfUnique(), runs, clock.getIfUnique(Clock::systemUTC),
				settings.timeout());
	}

}
