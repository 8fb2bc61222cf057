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

	/** More than anybody needs, and so little that a sum of two can be stored. */
	public static final long MOST = 3_000_000_000_000_000_000L;

	/**
	 * Adds other amounts. To an amount of {@link #MOST} or more nothing is added.
	 * @param other the other amounts
	 * @return the sum
	 */
	public BudgetAmounts plus(BudgetAmounts other) {
		return new BudgetAmounts(sum(this.tokens, other.tokens), sum(this.cost, other.cost),
				sum(this.time, other.time));
	}

	private static long sum(long one, long other) {
		return (one < MOST) ? one + Math.min(other, MOST) : one;
	}

	/**
	 * Returns whether there is nothing in it.
	 * @return whether all amounts are zero
	 */
	public boolean isNone() {
		return this.equals(NONE);
	}

}
