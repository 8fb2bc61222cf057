package buddy.observability;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import buddy.agent.AgentInterceptor;
import buddy.budget.BudgetListener;
import buddy.storage.RunOwners;
import buddy.workflow.WorkflowRuns;

/**
 * Metrics of runs and tokens. Requires a {@link MeterRegistry} and a {@link WorkflowRuns}
 * bean.
 */
@Configuration(proxyBeanMethods = false)
public class MetricsConfiguration {

	@Bean
	RunMetrics buddyRunMetrics(MeterRegistry registry) {
		return new RunMetrics(registry);
	}

	@Bean
	AgentInterceptor buddyAgentMetrics(MeterRegistry registry) {
		return new AgentMetrics(registry);
	}

	/** Created only where there are budgets, which use it. */
	@Bean
	@Lazy
	BudgetListener buddyBudgetMetrics(MeterRegistry registry) {
		return new BudgetMetrics(registry);
	}

	@Bean
	MeterBinder buddyLiveRunMetrics(WorkflowRuns runs) {
		return new LiveRunMetrics(runs);
	}

	@Bean
	MeterBinder buddyStoredRunMetrics(ObjectProvider<RunOwners> owners) {
		RunOwners shared = owners.getIfUnique();
		return (shared != null) ? new StoredRunMetrics(shared, Duration.ofSeconds(30)) : (registry) -> {
		};
	}

}
