package buddy.session;

/**
 * Thrown when a document is not the JSON of a workflow session. Nothing was stored.
 */
public class InvalidSessionException extends IllegalArgumentException {

	private final String path;

	/**
	 * Creates the exception.
	 * @param path the path of the invalid field, such as {@code memory.runs[0].response}
	 * @param problem what is wrong there, such as {@code must be an object, not a list}
	 */
	public InvalidSessionException(String path, String problem) {
		super("The field '" + path + "' of a workflow session " + problem);
		this.path = path;
	}

	/**
	 * Creates the exception.
	 * @param path the path of the invalid field
	 * @param problem what is wrong there
	 * @param cause the cause
	 */
	public InvalidSessionException(String path, String problem, Throwable cause) {
		this(path, problem);
		initCause(cause);
	}

	/**
	 * Returns the path of the invalid field.
	 * @return the names of the fields, separated by dots, with the indexes of lists
	 */
	public String path() {
		return this.path;
	}

}
