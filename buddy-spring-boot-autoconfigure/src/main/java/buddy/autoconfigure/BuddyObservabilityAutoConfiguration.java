package buddy.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import buddy.observability.LogConfiguration;
import buddy.observability.MetricsConfiguration;
import buddy.observability.ObservabilitySettings;
import buddy.observability.ObservationConfiguration;
import buddy.workflow.WorkflowRuns;

/**
 * Auto-configuration of traces, metrics and log entries for runs and agent calls.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class, afterName = {
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration" })
@EnableConfigurationProperties(BuddyObservabilityProperties.class)
public final class BuddyObservabilityAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "buddy.observability.mdc", matchIfMissing = true)
	@Import(LogConfiguration.class)
	static class LogEntries {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	@ConditionalOnBean(ObservationRegistry.class)
	@Import(ObservationConfiguration.class)
	static class Observations {

		@Bean
		ObservabilitySettings buddyObservabilitySettings(BuddyObservabilityProperties properties) {
			return new ObservabilitySettings(properties.includeContent());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnBean({ MeterRegistry.class, WorkflowRuns.class })
	@Import(MetricsConfiguration.class)
	static class Metrics {

	}

}
