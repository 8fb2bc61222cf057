package buddy.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

import buddy.durable.RunJournal;
import buddy.session.WorkflowSessions;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.test.RecordedRuns;
import buddy.test.RunCrashes;
import buddy.workflow.WorkflowRuns;

import static org.springframework.beans.factory.config.BeanDefinition.ROLE_INFRASTRUCTURE;

/**
 * Auto-configuration of what tests see of runs, for
 * {@link buddy.test.AutoConfigureRecordedRuns}.
 */
@AutoConfiguration(before = BuddyAutoConfiguration.class, afterName = "buddy.autoconfigure.BuddyJpaAutoConfiguration")
public final class BuddyTestRunsAutoConfiguration {

	@Bean
	@Role(ROLE_INFRASTRUCTURE)
	@ConditionalOnMissingBean
	static RunCrashes runCrashes(ObjectProvider<WorkflowRuns> runs, ObjectProvider<WorkflowSessionRepository> store,
			ObjectProvider<RunOwners> owners) {
		return new RunCrashes(runs::getObject, store::getObject, owners::getIfUnique);
	}

	@Bean
	@Role(ROLE_INFRASTRUCTURE)
	static BeanPostProcessor crashingJournals(ObjectProvider<RunCrashes> crashes) {
		return new BeanPostProcessor() {
			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				return (bean instanceof RunJournal journal) ? crashes.getObject().around(journal) : bean;
			}
		};
	}

	@Bean
	@ConditionalOnMissingBean
	RecordedRuns recordedRuns(ObjectProvider<WorkflowSessionRepository> store,
			ObjectProvider<WorkflowSessions> sessions, ObjectProvider<WorkflowRuns> runs, RunCrashes crashes) {
		return new RecordedRuns(store::getObject, sessions::getObject, runs::getObject, crashes);
	}

}
