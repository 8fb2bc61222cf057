package buddy.autoconfigure;

import java.time.Clock;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import buddy.agent.ModelCallGuard;
import buddy.budget.BudgetListener;
import buddy.budget.BudgetStore;
import buddy.budget.Budgets;
import buddy.budget.MapBudgetStore;
import buddy.budget.internal.BudgetGuard;
import buddy.budget.internal.DefaultBudgets;
import buddy.budget.internal.RunTimes;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Auto-configuration of budgets, if there are any.
 */
@AutoConfiguration(after = BuddyJpaAutoConfiguration.class)
@Conditional(OnBudgets.class)
@EnableConfigurationProperties(BuddyBudgetProperties.class)
public final class BuddyBudgetAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Budgets budgets(BuddyBudgetProperties properties, ObjectProvider<BudgetStore> store, ObjectProvider<Clock> clock) {
		return new DefaultBudgets(properties.toBudgets(), store::getObject, clock.getIfUnique(Clock::systemUTC));
	}

	/** Not lazy: no other bean depends on it. */
	@Bean
	@Lazy(false)
	BudgetCheck budgetCheck(Budgets budgets, RegisteredWorkflows workflows) {
		return new BudgetCheck(budgets, workflows);
	}

	@Bean
	RunTimes budgetRunTimes() {
		return new RunTimes();
	}

	@Bean
	@ConditionalOnMissingBean
	BudgetStore budgetStore() {
		return new MapBudgetStore();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ChatClient.class)
	static class GuardConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ModelCallGuard budgetGuard(Budgets budgets, BuddyBudgetProperties properties, ObjectProvider<BudgetStore> store,
				ObjectProvider<Clock> clock, RunTimes times, ObjectProvider<BudgetListener> listener) {
			return new BudgetGuard(budgets.all(), properties.toPrices(), store::getObject,
					clock.getIfUnique(Clock::systemUTC), times, listener.getIfUnique(() -> BudgetListener.NONE));
		}

	}

}
