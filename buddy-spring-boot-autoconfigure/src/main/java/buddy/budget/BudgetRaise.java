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

	/** So that sums of them can be stored. */
	private static final long MOST_TOKENS = 1_000_000_000_000_000L;

	private static final BigDecimal MOST_COST = BigDecimal.valueOf(1_000_000_000);

	private static final Duration MOST_TIME = Duration.ofDays(36_500);

	/**
	 * Checks the values: at most 10<sup>15</sup> tokens, 10<sup>9</sup> units of the
	 * currency and 36,500 days.
	 */
	public BudgetRaise {
		if (tokens != null && tokens < 0 || cost != null && cost.signum() < 0 || time != null && time.isNegative()) {
			throw new IllegalArgumentException("A budget is not raised by less than nothing");
		}
		if (tokens != null && tokens > MOST_TOKENS || cost != null && cost.compareTo(MOST_COST) > 0
				|| time != null && time.compareTo(MOST_TIME) > 0) {
			throw new IllegalArgumentException("A budget is raised by at most " + MOST_TOKENS + " tokens, " + MOST_COST
					+ " units of the currency and " + MOST_TIME.toDays() + " days at once");
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
	 * Returns whether it says by how much.
	 * @return whether there is an amount; if not, the limits are raised by themselves
	 */
	public boolean namesAmounts() {
		return this.tokens != null || this.cost != null || this.time != null;
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
		if (!namesAmounts()) {
			return budget.limits();
		}
		return new BudgetAmounts((this.tokens != null) ? this.tokens : 0,
				(this.cost != null) ? BudgetResource.COST.stored(this.cost) : 0,
				(this.time != null) ? this.time.toMillis() : 0);
	}

}
