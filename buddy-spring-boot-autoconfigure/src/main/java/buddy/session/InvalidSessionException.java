package buddy.session;

/**
 * Thrown when a document is not the JSON of a workflow session. Nothing was stored then.
 */
public class InvalidSessionException extends IllegalArgumentException {

	private final String path;

	/**
	 * Names the place and the fault.
	 * @param path where it is in the document, such as {@code memory.runs[0].response}
	 * @param problem what is wrong there, such as {@code must be an object, not a list}
	 */
	public InvalidSessionException(String path, String problem) {
		super("The field '" + path + "' of a workflow session " + problem);
		this.path = path;
	}

	/**
	 * Names the place and the fault.
	 * @param path where it is in the document
	 * @param problem what is wrong there
	 * @param cause the fault that was found
	 */
	public InvalidSessionException(String path, String problem, Throwable cause) {
		this(path, problem);
		initCause(cause);
	}

	/**
	 * Returns where the fault is.
	 * @return the names of the fields, separated by dots, with the indexes of lists
	 */
	public String path() {
		return this.path;
	}

}
