package buddy.autoconfigure;

import io.temporal.client.WorkflowClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

import buddy.engine.EngineDatabase;
import buddy.engine.RunEngine;
import buddy.engine.temporal.internal.TemporalEngine;
import buddy.engine.temporal.internal.TemporalSettings;

/**
 * Auto-configuration of the engine that executes queued runs, on Temporal.
 */
@AutoConfiguration(after = BuddyJpaAutoConfiguration.class,
		afterName = "io.temporal.spring.boot.autoconfigure.RootNamespaceAutoConfiguration",
		before = BuddyEngineAutoConfiguration.class)
@ConditionalOnClass(WorkflowClient.class)
@ConditionalOnProperty(name = "buddy.engine.type", havingValue = "temporal")
@ConditionalOnBean(EngineDatabase.class)
public final class BuddyTemporalAutoConfiguration {

	@Bean(destroyMethod = "stop")
	@ConditionalOnMissingBean(RunEngine.class)
	@ConditionalOnSingleCandidate(WorkflowClient.class)
	TemporalEngine runEngine(WorkflowClient client, EngineDatabase database, BuddyProperties properties) {
		BuddyProperties.Engine engine = properties.engine();
		return new TemporalEngine(client, new TemporalSettings(engine.temporal().taskQueue(), engine.threads(),
				properties.node().heartbeatInterval(), properties.node().lease()), database.millis());
	}

}
