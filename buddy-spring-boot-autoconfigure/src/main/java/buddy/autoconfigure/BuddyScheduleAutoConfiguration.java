package buddy.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

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
@ConditionalOnBean({ ScheduleStore.class, RunEngine.class })
public final class BuddyScheduleAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(WorkflowSchedules.class)
	DefaultWorkflowSchedules workflowSchedules(WorkflowRunner runner, RegisteredWorkflows workflows) {
		DefaultWorkflowSchedules schedules = runner.schedules(workflows);
		if (schedules == null) {
			throw new IllegalStateException("The runner has no store of schedules; build it with schedules(…)");
		}
		return schedules;
	}

}
