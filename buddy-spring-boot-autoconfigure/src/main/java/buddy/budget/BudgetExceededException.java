package buddy.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a model is not called since a budget is used up. It ends the run with the
 * reason {@code budget_exceeded}; the run can be resumed when the budget has begun anew
 * or was raised.
 */
public class BudgetExceededException extends RuntimeException {

	private final transient BudgetUsage usage;

	private final BudgetResource resource;

	private final @Nullable Duration left;

	/**
	 * Creates the exception.
	 * @param usage how much of the budget is used
	 * @param resource what is used up
	 * @param now the time
	 * @param more what else there is to say, or {@code null}
	 */
	public BudgetExceededException(BudgetUsage usage, BudgetResource resource, Instant now, @Nullable String more) {
		super(message(usage, resource) + ((more != null) ? "; " + more : ""));
		this.usage = usage;
		this.resource = resource;
		Instant end = usage.periodEnd();
		this.left = (end != null) ? Duration.between(now, end) : null;
	}

	private static String message(BudgetUsage usage, BudgetResource resource) {
		Budget budget = usage.budget();
		String owner = switch (budget.per()) {
			case APPLICATION -> "the application";
			case USER -> usage.scope().isEmpty() ? "runs without a user" : "user '" + usage.scope() + "'";
			default -> budget.per().text() + " '" + usage.scope() + "'";
		};
		Instant end = usage.periodEnd();
		return "Budget '" + budget.name() + "' of " + owner + " is used up: " + resource.text() + " "
				+ usage.used(resource).toPlainString() + " of " + limit(usage, resource)
				+ ((end != null) ? "; it begins anew at " + end : "") + " (buddy.budgets." + budget.name() + ")";
	}

	private static String limit(BudgetUsage usage, BudgetResource resource) {
		BigDecimal limit = usage.limit(resource);
		return (limit != null) ? limit.toPlainString() : "any";
	}

	/**
	 * Returns the name of the budget.
	 * @return the name
	 */
	public String budget() {
		return this.usage.budget().name();
	}

	/**
	 * Returns how much of the budget is used.
	 * @return the usage
	 */
	public BudgetUsage usage() {
		return this.usage;
	}

	/**
	 * Returns what is used up.
	 * @return the resource
	 */
	public BudgetResource resource() {
		return this.resource;
	}

	/**
	 * Returns in which time the budget begins anew.
	 * @return the time, or {@code null} for never
	 */
	public @Nullable Duration timeLeft() {
		return this.left;
	}

}
