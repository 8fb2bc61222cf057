package buddy.budget;

/**
 * Amounts of a budget, in the units in which they are stored.
 *
 * @param tokens tokens
 * @param cost billionths of the currency's unit
 * @param time milliseconds
 */
public record BudgetAmounts(long tokens, long cost, long time) {

	/** Nothing. */
	public static final BudgetAmounts NONE = new BudgetAmounts(0, 0, 0);

	/**
	 * Adds other amounts.
	 * @param other the other amounts
	 * @return the sum
	 */
	public BudgetAmounts plus(BudgetAmounts other) {
		return new BudgetAmounts(this.tokens + other.tokens, this.cost + other.cost, this.time + other.time);
	}

	/**
	 * Returns whether there is nothing in it.
	 * @return whether all amounts are zero
	 */
	public boolean isNone() {
		return this.equals(NONE);
	}

}
