package buddy.autoconfigure;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import buddy.event.EventRetention;
import buddy.storage.RunRetention;
import buddy.storage.SessionRetention;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.WorkflowRegistry;

/**
 * Deletes runs and sessions that are kept no longer, where something of that kind is set.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class)
@ConditionalOnBean(WorkflowRegistry.class)
@EnableConfigurationProperties(BuddyRetentionProperties.class)
public final class BuddyRetentionAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SessionRetention sessionRetention(ObjectProvider<RunRetention> retention,
			ObjectProvider<WorkflowSessionRepository> store, WorkflowRegistry registry,
			BuddyRetentionProperties properties, ObjectProvider<Clock> clock) {
		return new SessionRetention(stores(retention, store, registry), properties.options(), registry::retention,
				properties.batchSize(), clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	RetentionSchedule retentionSchedule(SessionRetention sessionRetention, ObjectProvider<RunRetention> retention,
			ObjectProvider<WorkflowSessionRepository> store, WorkflowRegistry registry,
			ObjectProvider<EventRetention> events, BuddyRetentionProperties properties, ObjectProvider<Clock> clock) {
		return new RetentionSchedule(sessionRetention, stores(retention, store, registry), events.getIfAvailable(),
				registry, properties.interval(), new ClockJumps(clock.getIfUnique(Clock::systemUTC), System::nanoTime));
	}

	/** The application's store, and those that workflows have of their own. */
	private static Supplier<List<RunRetention>> stores(ObjectProvider<RunRetention> retention,
			ObjectProvider<WorkflowSessionRepository> store, WorkflowRegistry registry) {
		return () -> {
			List<RunRetention> stores = new ArrayList<>();
			RunRetention beside = retention.getIfUnique();
			stores.add((beside != null) ? beside : itself(store.getObject()));
			registry.stores().forEach((own) -> stores.add(itself(own)));
			return stores.stream().distinct().toList();
		};
	}

	private static RunRetention itself(WorkflowSessionRepository store) {
		if (store instanceof RunRetention retention) {
			return retention;
		}
		throw new IllegalStateException("Retention is set (buddy.retention or buddy.workflows.*.retention), and the"
				+ " session store " + store.getClass().getName() + " cannot delete by age or number; let it implement "
				+ RunRetention.class.getName() + ", declare a bean of that type beside it, or unset retention");
	}

}
