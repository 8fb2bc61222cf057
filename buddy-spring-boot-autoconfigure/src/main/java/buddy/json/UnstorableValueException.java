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
	 * Refuses JSON that is too large.
	 * @param name what it is
	 * @param json the text
	 * @param most how many bytes of UTF-8 it may have; 0 is no limit
	 * @param action what to do if it has more
	 * @throws UnstorableValueException if it has more
	 */
	public static void requireSize(String name, String json, long most, String action) {
		if (most > 0 && !StorableJson.fits(json, most)) {
			throw new UnstorableValueException(name, "its JSON has " + StorableJson.size(json) + " bytes, and at most "
					+ most + " are stored; " + action);
		}
	}

	/**
	 * Returns what was refused.
	 * @return its name as it stands in the message
	 */
	public String name() {
		return this.name;
	}

}
