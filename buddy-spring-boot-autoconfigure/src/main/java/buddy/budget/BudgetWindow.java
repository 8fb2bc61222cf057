package buddy.budget;

import org.jspecify.annotations.Nullable;

/**
 * Whose budget is counted in which period.
 *
 * @param budget the name of the budget
 * @param per what each has a budget of its own
 * @param scope whose it is: the id of a run, a session, a user or a workflow; empty for
 * the application and for runs without a user
 * @param periodStart when the period began, in milliseconds since the epoch; 0 for a
 * budget without a period
 * @param periodEnd when the period ends, or {@code null} for never
 */
public record BudgetWindow(String budget, BudgetPer per, String scope, long periodStart, @Nullable Long periodEnd) {
}
