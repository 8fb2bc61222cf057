package buddy.budget;

/**
 * Is told what this node uses of budgets. It is called on the threads of runs, so it must
 * be quick.
 */
public interface BudgetListener {

	/** Does nothing. */
	BudgetListener NONE = new BudgetListener() {
	};

	/**
	 * Called when something was used.
	 * @param budget the budget
	 * @param amounts what was used
	 */
	default void used(Budget budget, BudgetAmounts amounts) {
	}

	/**
	 * Called when a call of a model was refused, or a person was asked.
	 * @param budget the budget
	 * @param resource what is used up
	 */
	default void exceeded(Budget budget, BudgetResource resource) {
	}

}
