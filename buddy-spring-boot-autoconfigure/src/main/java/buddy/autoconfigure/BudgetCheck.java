package buddy.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.beans.factory.SmartInitializingSingleton;

import buddy.budget.Budget;
import buddy.budget.Budgets;
import buddy.budget.InvalidBudgetException;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Checks at the start that the workflows exist that budgets name.
 */
class BudgetCheck implements SmartInitializingSingleton {

	private final Budgets budgets;

	private final RegisteredWorkflows workflows;

	BudgetCheck(Budgets budgets, RegisteredWorkflows workflows) {
		this.budgets = budgets;
		this.workflows = workflows;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<Budget> some = this.budgets.all().stream().filter((budget) -> !budget.workflows().isEmpty()).toList();
		if (some.isEmpty()) {
			return; // lazy workflows stay lazy
		}
		Set<String> known = new TreeSet<>(this.workflows.classes().keySet());
		some.forEach((budget) -> budget.workflows()
			.stream()
			.filter((workflow) -> !known.contains(workflow))
			.findFirst()
			.ifPresent((unknown) -> {
				throw new InvalidBudgetException(budget.name(), "workflows",
						"there is no workflow '" + unknown + "'; the workflows are " + known);
			}));
	}

}
