package buddy.budget;

/**
 * Thrown when a budget, or the price of a model, cannot be used as it is configured.
 */
public class InvalidBudgetException extends IllegalArgumentException {

	private final String property;

	private InvalidBudgetException(String message, String property) {
		super(message);
		this.property = property;
	}

	/**
	 * Creates the exception of a budget.
	 * @param budget the name of the budget
	 * @param field the property that is wrong, empty for the name itself
	 * @param problem the problem, as the rest of a sentence
	 */
	public InvalidBudgetException(String budget, String field, String problem) {
		this("Budget '" + budget + "' cannot be used" + (field.isEmpty() ? ": " : ", '" + field + "' is wrong: ")
				+ problem, "buddy.budgets." + budget + (field.isEmpty() ? "" : "." + field));
	}

	/**
	 * Creates the exception of a price.
	 * @param model the name of the model
	 * @param problem the problem, as the rest of a sentence
	 * @return the exception
	 */
	public static InvalidBudgetException ofPrice(String model, String problem) {
		return new InvalidBudgetException("The price of model '" + model + "' cannot be used: " + problem,
				"buddy.prices[" + model + "]");
	}

	/**
	 * Returns what is wrong.
	 * @return the name of the property
	 */
	public String property() {
		return this.property;
	}

}
