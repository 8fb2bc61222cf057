package buddy.json;

/**
 * Thrown when a value cannot be stored as JSON in every supported database.
 */
public class UnstorableValueException extends IllegalArgumentException {

	private final String name;

	/**
	 * Creates the exception.
	 * @param name the name of the refused value, such as {@code input 'topic'}
	 * @param reason why it cannot be stored, and what to do
	 */
	public UnstorableValueException(String name, String reason) {
		super(name + " cannot be stored: " + reason);
		this.name = name;
	}

	/**
	 * Creates the exception with a cause.
	 * @param name the name of the refused value
	 * @param reason why it cannot be stored, and what to do
	 * @param cause the exception of Jackson
	 */
	public UnstorableValueException(String name, String reason, Throwable cause) {
		super(name + " cannot be stored: " + reason, cause);
		this.name = name;
	}

	/**
	 * Returns the name of the refused value.
	 * @return the name as in the message
	 */
	public String name() {
		return this.name;
	}

}
