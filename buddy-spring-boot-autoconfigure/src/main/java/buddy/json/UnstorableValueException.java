package buddy.json;

/**
 * Thrown when a value cannot be stored as JSON in every supported database.
 */
public class UnstorableValueException extends IllegalArgumentException {

	private final String name;

	/**
	 * Names the value that was refused.
	 * @param name what was refused, such as {@code input 'topic'}
	 * @param reason why, and what to do
	 */
	public UnstorableValueException(String name, String reason) {
		super(name + " cannot be stored: " + reason);
		this.name = name;
	}

	/**
	 * Names the value that was refused and the fault that Jackson found.
	 * @param name what was refused
	 * @param reason why, and what to do
	 * @param cause the fault
	 */
	public UnstorableValueException(String name, String reason, Throwable cause) {
		super(name + " cannot be stored: " + reason, cause);
		this.name = name;
	}

	/**
	 * Returns what was refused.
	 * @return its name as it stands in the message
	 */
	public String name() {
		return this.name;
	}

}
