package buddy.budget;

/**
 * Thrown when a budget cannot be used as it is configured.
 */
public class InvalidBudgetException extends IllegalArgumentException {

	private final String budget;

	private final String field;

	/**
	 * Creates the exception.
	 * @param budget the name of the budget
	 * @param field the property that is wrong, empty for the name itself
	 * @param problem the problem, as the rest of a sentence
	 */
	public InvalidBudgetException(String budget, String field, String problem) {
		super("Budget '" + budget + "' cannot be used" + (field.isEmpty() ? ": " : ", '" + field + "' is wrong: ")
				+ problem);
		this.budget = budget;
		this.field = field;
	}

	/**
	 * Returns the budget.
	 * @return its name
	 */
	public String budget() {
		return this.budget;
	}

	/**
	 * Returns what is wrong.
	 * @return the name of the property, empty for the name of the budget
	 */
	public String field() {
		return this.field;
	}

}
