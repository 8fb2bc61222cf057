package buddy.actuate;

import java.time.Clock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.storage.RunOwners;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;

/**
 * The endpoint of workflows. Requires an {@link EndpointSettings} bean.
 */
@Configuration(proxyBeanMethods = false)
public class EndpointConfiguration {

	@Bean
	BuddyWorkflowsEndpoint buddyWorkflowsEndpoint(WorkflowRegistry workflows, WorkflowRuns runs,
			ObjectProvider<RunOwners> owners, ObjectProvider<Clock> clock,
			ObjectProvider<SanitizingFunction> sanitizing, EndpointSettings settings) {
		return new BuddyWorkflowsEndpoint(workflows, runs, owners.getIfUnique(), clock.getIfUnique(Clock::systemUTC),
				new Sanitizer(sanitizing.orderedStream().toList()), settings.showValues());
	}

	@Bean
	BuddyWorkflowsEndpointWebExtension buddyWorkflowsEndpointWebExtension(BuddyWorkflowsEndpoint endpoint,
			EndpointSettings settings) {
		return new BuddyWorkflowsEndpointWebExtension(endpoint, settings.showValues(), settings.roles());
	}

}
