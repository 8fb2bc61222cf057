package buddy.budget;

import java.math.BigDecimal;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a person answers who is asked whether a budget is raised.
 *
 * @param approved whether it is raised
 * @param tokens by how many tokens, or {@code null}
 * @param cost by how much money, or {@code null}
 * @param time by how much time, or {@code null}; if all three are left out, the limits
 * are raised by themselves
 */
public record BudgetRaise(boolean approved, @Nullable Long tokens, @Nullable BigDecimal cost, @Nullable Duration time) {

	/**
	 * Checks the values.
	 */
	public BudgetRaise {
		if (tokens != null && tokens < 0 || cost != null && cost.signum() < 0 || time != null && time.isNegative()) {
			throw new IllegalArgumentException("A budget is not raised by less than nothing");
		}
	}

	/**
	 * Returns the answer that raises each limit by itself: as much again.
	 * @return the answer
	 */
	public static BudgetRaise asMuchAgain() {
		return new BudgetRaise(true, null, null, null);
	}

	/**
	 * Returns the answer that raises nothing.
	 * @return the answer
	 */
	public static BudgetRaise refused() {
		return new BudgetRaise(false, null, null, null);
	}

	/**
	 * Returns by how much a budget is raised.
	 * @param budget the budget
	 * @return the amounts
	 */
	public BudgetAmounts amounts(Budget budget) {
		if (!this.approved) {
			return BudgetAmounts.NONE;
		}
		if (this.tokens == null && this.cost == null && this.time == null) {
			return budget.limits();
		}
		return new BudgetAmounts((this.tokens != null) ? this.tokens : 0,
				(this.cost != null) ? BudgetResource.COST.stored(this.cost) : 0,
				(this.time != null) ? this.time.toMillis() : 0);
	}

}
