package buddy.durable;

/**
 * A step of a run that is continued has failed in an earlier execution, and its failure
 * is an outcome like any other.
 */
public class StepFailedException extends RuntimeException {

	private final String step;

	private final String type;

	/**
	 * Creates the exception.
	 * @param step the step's key
	 * @param type the class name of what the step threw
	 * @param message the message of what the step threw
	 */
	public StepFailedException(String step, String type, String message) {
		super("Step '" + step + "' failed with " + type + ": " + message
				+ ". To catch it as what it was, name its type in StepOptions.rethrows(…)");
		this.step = step;
		this.type = type;
	}

	/**
	 * Returns the step.
	 * @return its key
	 */
	public String step() {
		return this.step;
	}

	/**
	 * Returns what the step threw.
	 * @return the class name
	 */
	public String type() {
		return this.type;
	}

}
