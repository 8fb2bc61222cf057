package buddy.budget;

/**
 * What the store knows of a budget in a period.
 *
 * @param window whose budget it is, and in which period
 * @param used what is used
 * @param raised by how much the limits were raised
 * @param warned whether the warning was given
 */
public record StoredBudget(BudgetWindow window, BudgetAmounts used, BudgetAmounts raised, boolean warned) {

	/**
	 * Creates a budget of which nothing is used.
	 * @param window whose budget it is, and in which period
	 * @return the budget
	 */
	public static StoredBudget unused(BudgetWindow window) {
		return new StoredBudget(window, BudgetAmounts.NONE, BudgetAmounts.NONE, false);
	}

}
