package buddy.autoconfigure;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import buddy.budget.BudgetRetention;
import buddy.budget.BudgetStore;
import buddy.budget.Budgets;
import buddy.durable.RunJournal;
import buddy.durable.StepRetention;
import buddy.event.EventRetention;
import buddy.storage.AuditLog;
import buddy.storage.AuditRetention;
import buddy.storage.RunRetention;
import buddy.storage.SessionRetention;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;

/**
 * Auto-configuration that deletes old runs and sessions, if retention is configured.
 */
@AutoConfiguration(after = { BuddyAutoConfiguration.class, BuddyBudgetAutoConfiguration.class })
@ConditionalOnBean(WorkflowRegistry.class)
@EnableConfigurationProperties(BuddyRetentionProperties.class)
public final class BuddyRetentionAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SessionRetention sessionRetention(ObjectProvider<RunRetention> retention,
			ObjectProvider<WorkflowSessionRepository> store, RegisteredWorkflows workflows,
			ObjectProvider<WorkflowRunner> runner, BuddyRetentionProperties properties, ObjectProvider<Clock> clock) {
		return new SessionRetention(stores(retention, store, workflows), properties.options(), workflows::retention,
				properties.batchSize(), clock.getIfUnique(Clock::systemUTC),
				(selected, age, limit) -> runner.getObject().expirePaused(workflows, selected, age, limit));
	}

	@Bean
	@ConditionalOnMissingBean
	AuditRetention auditRetention(ObjectProvider<AuditLog> log, BuddyRetentionProperties properties,
			ObjectProvider<Clock> clock) {
		return new AuditRetention(log::getIfUnique, properties.auditAgeOrZero(), properties.batchSize(),
				clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	@ConditionalOnMissingBean
	StepRetention stepRetention(ObjectProvider<RunJournal> journal, BuddyRetentionProperties properties) {
		return new StepRetention(journal::getIfUnique, properties.stepAgeOrZero(), properties.batchSize());
	}

	@Bean
	@ConditionalOnBean(Budgets.class)
	@ConditionalOnMissingBean
	BudgetRetention budgetRetention(ObjectProvider<BudgetStore> store, BuddyRetentionProperties properties) {
		return new BudgetRetention(store::getObject, properties.budgetAge(), properties.batchSize());
	}

	@Bean
	RetentionSchedule retentionSchedule(SessionRetention sessionRetention, ListableBeanFactory beans,
			RegisteredWorkflows workflows, BuddyRetentionProperties properties, ObjectProvider<Clock> clock) {
		Supplier<List<RunRetention>> stores = stores(beans.getBeanProvider(RunRetention.class),
				beans.getBeanProvider(WorkflowSessionRepository.class), workflows);
		return new RetentionSchedule(sessionRetention, others(beans), stores, workflows, properties.interval(),
				new ClockJumps(clock.getIfUnique(Clock::systemUTC), System::nanoTime));
	}

	/** Returns what else is to be deleted. */
	private static List<RetentionSchedule.Sweep> others(ListableBeanFactory beans) {
		List<RetentionSchedule.Sweep> others = new ArrayList<>();
		beans.getBeanProvider(EventRetention.class)
			.stream()
			.filter(EventRetention::deletes)
			.forEach((one) -> others
				.add(new RetentionSchedule.Sweep("events of workflow runs", one::sweep, one::stop, one::resume)));
		beans.getBeanProvider(StepRetention.class)
			.stream()
			.filter(StepRetention::deletes)
			.forEach((one) -> others
				.add(new RetentionSchedule.Sweep("steps of workflow runs", one::sweep, one::stop, one::resume)));
		beans.getBeanProvider(AuditRetention.class)
			.stream()
			.filter(AuditRetention::deletes)
			.forEach((one) -> others.add(new RetentionSchedule.Sweep("entries of the audit of workflow runs",
					one::sweep, one::stop, one::resume)));
		beans.getBeanProvider(BudgetRetention.class)
			.stream()
			.filter(BudgetRetention::deletes)
			.forEach((one) -> others.add(new RetentionSchedule.Sweep("periods of budgets that were over", one::sweep,
					one::stop, one::resume)));
		return others;
	}

	/** Returns the application's store and the separate stores of workflows. */
	private static Supplier<List<RunRetention>> stores(ObjectProvider<RunRetention> retention,
			ObjectProvider<WorkflowSessionRepository> store, RegisteredWorkflows workflows) {
		return () -> {
			List<RunRetention> stores = new ArrayList<>();
			RunRetention beside = retention.getIfUnique();
			stores.add((beside != null) ? beside : itself(store.getObject()));
			workflows.stores().forEach((own) -> stores.add(itself(own)));
			return stores.stream().distinct().toList();
		};
	}

	private static RunRetention itself(WorkflowSessionRepository store) {
		if (store instanceof RunRetention retention) {
			return retention;
		}
		throw new IllegalStateException("Retention is set (buddy.retention or buddy.workflows.*.retention), and the"
				+ " session store " + store.getClass().getName() + " cannot delete by age or number; implement "
				+ RunRetention.class.getName() + ", declare a bean of that type beside it, or unset retention");
	}

}
