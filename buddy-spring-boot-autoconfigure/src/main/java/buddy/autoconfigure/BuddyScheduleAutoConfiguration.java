package buddy.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

import buddy.engine.RunEngine;
import buddy.storage.ScheduleStore;
import buddy.workflow.WorkflowSchedules;
import buddy.workflow.internal.registry.DefaultWorkflowSchedules;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;

/**
 * Auto-configuration of the schedules of workflows.
 */
@AutoConfiguration(after = { BuddyAutoConfiguration.class, BuddyEngineAutoConfiguration.class })
@ConditionalOnBean(RegisteredWorkflows.class)
public final class BuddyScheduleAutoConfiguration {

	@Bean
	@ConditionalOnBean({ ScheduleStore.class, RunEngine.class })
	@ConditionalOnMissingBean(WorkflowSchedules.class)
	DefaultWorkflowSchedules workflowSchedules(WorkflowRunner runner, RegisteredWorkflows workflows) {
		DefaultWorkflowSchedules schedules = runner.schedules(workflows);
		if (schedules == null) {
			throw new IllegalStateException("The runner has no store of schedules; build it with schedules(…)");
		}
		return schedules;
	}

	/** Not lazy: no other bean depends on it. */
	@Bean
	@Lazy(false)
	DeclaredSchedules declaredSchedules(RegisteredWorkflows workflows,
			ObjectProvider<DefaultWorkflowSchedules> schedules, BuddyProperties properties, Environment environment,
			ListableBeanFactory beans) {
		return new DeclaredSchedules(workflows, schedules.getIfUnique(), properties, environment, beans);
	}

}
