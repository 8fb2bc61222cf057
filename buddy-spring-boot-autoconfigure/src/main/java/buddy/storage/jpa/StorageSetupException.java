package buddy.storage.jpa;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at start-up when sessions and runs cannot be stored in the application's
 * database.
 */
public class StorageSetupException extends RuntimeException {

	private final String description;

	private final String action;

	/**
	 * Creates an exception.
	 * @param description what is wrong, as sentences
	 * @param action what to do, as sentences
	 */
	public StorageSetupException(String description, String action) {
		this(description, action, null);
	}

	StorageSetupException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Returns the description of the problem.
	 * @return sentences that name the bean or the database
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Returns the suggested action.
	 * @return sentences that name the property, artifact or file
	 */
	public String action() {
		return this.action;
	}

}
