package buddy.budget;

/**
 * What happens to a call of a model when a budget is used up.
 */
public enum BudgetAction {

	/** It is refused, and the run ends. */
	REFUSE,

	/** It is made. That is told once in each period. */
	WARN,

	/** A person is asked whether the budget is raised, and the run waits. */
	ASK

}
