package guide;

import java.math.BigDecimal;
import java.util.Optional;

import buddy.budget.BudgetRaise;
import buddy.budget.BudgetResource;
import buddy.budget.BudgetUsage;
import buddy.budget.Budgets;

/**
 * The code of the page on budgets.
 */
class BudgetSnippets {

	private final Budgets budgets;

	BudgetSnippets(Budgets budgets) {
		this.budgets = budgets;
	}

	BigDecimal usedToday(String userId) {
		Optional<BudgetUsage> today = this.budgets.usage("daily-user", userId);
		BigDecimal used = today.map((usage) -> usage.used(BudgetResource.TOKENS)).orElse(BigDecimal.ZERO);
		this.budgets.raise("daily-user", userId, new BudgetRaise(true, 50_000L, null, null));
		return used;
	}

}
