package buddy.storage.jpa;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at start-up when sessions and runs cannot be stored in the application's
 * database, with what to do about it.
 */
public class StorageSetupException extends RuntimeException {

	private final String description;

	private final String action;

	StorageSetupException(String description, String action) {
		this(description, action, null);
	}

	StorageSetupException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Returns what is wrong.
	 * @return sentences that name the bean or the database
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Returns what to do about it.
	 * @return sentences that name the property, artifact or file
	 */
	public String action() {
		return this.action;
	}

}
