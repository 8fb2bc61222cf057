package buddy.autoconfigure;

import com.github.kagkarlsson.scheduler.Scheduler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import buddy.engine.EngineDatabase;
import buddy.engine.RunEngine;
import buddy.engine.dbscheduler.DbSchedulerEngine;
import buddy.engine.dbscheduler.EngineSettings;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;

/**
 * Auto-configuration of the engine that executes queued runs.
 */
@AutoConfiguration(after = BuddyJpaAutoConfiguration.class, before = BuddyAutoConfiguration.class)
@ConditionalOnBean(EngineDatabase.class)
public final class BuddyEngineAutoConfiguration {

	/** Not lazy: no other bean depends on it. */
	@Bean
	@Lazy(false)
	@ConditionalOnBean(RunEngine.class)
	QueueLifecycle queueLifecycle(WorkflowRunner runner, RunEngine engine, RegisteredWorkflows workflows,
			BuddyProperties properties) {
		PeriodicCheck check = new PeriodicCheck("queued-runs", () -> runner.lookForQueued(workflows),
				properties.engine().enabled(), properties.engine().pollInterval());
		return new QueueLifecycle(engine, check);
	}

	/** The application's own database gives out the runs. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Scheduler.class)
	static class DbSchedulerConfiguration {

		@Bean(destroyMethod = "stop")
		@ConditionalOnMissingBean(RunEngine.class)
		DbSchedulerEngine runEngine(EngineDatabase database, BuddyProperties properties,
				ObjectProvider<WorkflowRunner> runner) {
			BuddyProperties.Engine engine = properties.engine();
			if (engine.type() == BuddyProperties.EngineType.TEMPORAL) {
				throw new MissingTemporalException();
			}
			return new DbSchedulerEngine(
					database, new EngineSettings(engine.threads(), engine.pollInterval(),
							properties.node().heartbeatInterval(), properties.node().lease()),
					() -> runner.getObject().nodeId());
		}

	}

}
