package buddy.budget;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Stores what is used of budgets, for all nodes of the application.
 */
public interface BudgetStore {

	/**
	 * Finds what is stored, with one statement.
	 * @param windows the budgets and periods
	 * @return what is stored of them; of an unused one there is nothing
	 */
	List<StoredBudget> find(Collection<BudgetWindow> windows);

	/**
	 * Adds what was used, all or nothing. It does not join the caller's transaction,
	 * since what was used stays used if that is rolled back.
	 * @param amounts the amounts by budget and period
	 * @param now the time, in milliseconds since the epoch
	 */
	void add(Map<BudgetWindow, BudgetAmounts> amounts, long now);

	/**
	 * Notes that the warning of a budget is given.
	 * @param window the budget and the period
	 * @return whether this is the first one
	 */
	boolean warn(BudgetWindow window);

	/**
	 * Raises the limits of a budget in a period. It joins the caller's transaction if
	 * there is one.
	 * @param window the budget and the period
	 * @param amounts by how much
	 * @param now the time, in milliseconds since the epoch
	 */
	void raise(BudgetWindow window, BudgetAmounts amounts, long now);

	/**
	 * Lists what is used in some periods, by budget and scope.
	 * @param periodStarts the begins of the periods by the names of the budgets
	 * @param scope whose budgets, or {@code null} for all
	 * @param after the last one of the page before, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the budgets that were used
	 */
	List<StoredBudget> list(Map<String, Long> periodStarts, @Nullable String scope, @Nullable BudgetWindow after,
			int limit);

	/**
	 * Deletes what nobody needs any more: periods that ended before a time, and budgets
	 * of runs and sessions that are gone.
	 * @param before the time, in milliseconds since the epoch
	 * @param limit how many at the most
	 * @return how many were deleted; 0 if there are no more for now
	 */
	int deleteOver(long before, int limit);

}
