package buddy.budget.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.budget.Budget;
import buddy.budget.BudgetPer;
import buddy.run.RunKey;

/**
 * A budget that something counts for.
 *
 * @param budget the budget
 * @param scope whose it is
 * @param run the outermost run that counts for it, whose time is counted, or {@code null}
 * outside of runs
 */
record CountedBudget(Budget budget, String scope, @Nullable RunKey run) {

	/**
	 * Finds the budgets that a run counts for: its own and those of the runs that have
	 * called it, each once. A budget per run is that of the outermost one.
	 * @param budgets all budgets
	 * @param callers the run, the one that called it, and so on; empty outside of runs
	 */
	static List<CountedBudget> of(List<Budget> budgets, List<RunKey> callers) {
		List<CountedBudget> all = new ArrayList<>();
		for (Budget budget : budgets) {
			if (callers.isEmpty()) {
				if (budget.per() == BudgetPer.APPLICATION && budget.workflows().isEmpty()) {
					all.add(new CountedBudget(budget, "", null));
				}
				continue;
			}
			Map<String, CountedBudget> outermost = new LinkedHashMap<>();
			for (RunKey run : callers) {
				if (budget.isOf(run.workflowId())) {
					String scope = budget.per().scopeOf(run);
					outermost.put((budget.per() != BudgetPer.RUN) ? scope : "", new CountedBudget(budget, scope, run));
				}
			}
			all.addAll(outermost.values());
		}
		return all;
	}

}
