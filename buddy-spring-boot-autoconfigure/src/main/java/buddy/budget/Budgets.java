package buddy.budget;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The budgets of the application: how much of them is used, over all nodes.
 */
public interface Budgets {

	/**
	 * Returns the budgets.
	 * @return the budgets in the order of their names
	 */
	List<Budget> all();

	/**
	 * Returns how much of a budget is used in its current period.
	 * @param budget the name of the budget
	 * @param scope whose: the id of a run, a session, a user or a workflow; empty for the
	 * application and for runs without a user
	 * @return the usage, or empty if there is no such budget
	 */
	Optional<BudgetUsage> usage(String budget, String scope);

	/**
	 * Lists what is used in the current periods, by budget and scope.
	 * @param budget the name of a budget, or {@code null} for all
	 * @param scope whose, or {@code null} for all
	 * @param after the last one of the page before, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the budgets that were used
	 */
	List<BudgetUsage> list(@Nullable String budget, @Nullable String scope, @Nullable BudgetWindow after, int limit);

	/**
	 * Raises the limits of a budget in its current period.
	 * @param budget the name of the budget
	 * @param scope whose
	 * @param raise by how much
	 * @return the usage, or empty if there is no such budget
	 */
	Optional<BudgetUsage> raise(String budget, String scope, BudgetRaise raise);

}
