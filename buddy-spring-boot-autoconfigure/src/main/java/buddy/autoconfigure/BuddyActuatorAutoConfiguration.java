package buddy.autoconfigure;

import java.util.Objects;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;

import buddy.actuate.BuddyWorkflowsEndpoint;
import buddy.actuate.EndpointConfiguration;
import buddy.actuate.EndpointSettings;
import buddy.actuate.HealthConfiguration;
import buddy.actuate.HealthSettings;
import buddy.actuate.InfoConfiguration;
import buddy.web.GuardedPath;
import buddy.web.GuardedPaths;
import buddy.workflow.WorkflowRuns;

/**
 * Auto-configuration of buddy's actuator endpoint, health and info.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class,
		afterName = "org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration")
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(WorkflowRuns.class)
public final class BuddyActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(BuddyWorkflowsEndpoint.class)
	@EnableConfigurationProperties(BuddyWorkflowsEndpointProperties.class)
	@Import(EndpointConfiguration.class)
	static class WorkflowsEndpoint {

		@Bean
		EndpointSettings buddyEndpointSettings(BuddyWorkflowsEndpointProperties properties) {
			return new EndpointSettings(properties.showValues(), properties.roles());
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnWebApplication(type = Type.SERVLET)
		@ConditionalOnClass({ DispatcherServlet.class, RouterFunction.class })
		static class Guard {

			@Bean
			GuardedPaths buddyEndpointPaths(ObjectProvider<PathMappedEndpoints> endpoints) {
				return () -> endpoints.stream()
					.map((mapped) -> mapped.getPath(EndpointId.of("buddyworkflows")))
					.filter(Objects::nonNull)
					.map((path) -> new GuardedPath(path, GuardedPath.Kind.ACTUATOR))
					.toList();
			}

		}

	}

	/** Nested, since a condition whose own class is absent cannot be evaluated. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
	static class Health {

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnEnabledHealthIndicator("buddy")
		@EnableConfigurationProperties(BuddyObservabilityProperties.class)
		@Import(HealthConfiguration.class)
		static class StoreHealth {

			@Bean
			HealthSettings buddyHealthSettings(BuddyObservabilityProperties properties) {
				return new HealthSettings(properties.healthTimeout());
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnEnabledInfoContributor("buddy")
	@Import(InfoConfiguration.class)
	static class WorkflowInfo {

	}

}
