package buddy.workflow;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when an answer does not match its question. Nothing was stored, and the run
 * still waits.
 */
public class InvalidAnswerException extends IllegalArgumentException {

	private final String path;

	private final List<String> knownFields;

	/**
	 * Creates the exception.
	 * @param message what is wrong
	 * @param path the path of the fault in the answer, empty for the answer itself
	 * @param knownFields the names of the known fields
	 * @param cause the cause, or {@code null}
	 */
	public InvalidAnswerException(String message, String path, Collection<String> knownFields,
			@Nullable Throwable cause) {
		super(message, cause);
		this.path = path;
		this.knownFields = List.copyOf(knownFields);
	}

	/**
	 * Returns the path of the fault in the answer.
	 * @return the path, such as {@code note}; empty for the answer itself
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns the names of the known fields, if the fault is an unknown field.
	 * @return the names, sorted; empty for any other fault
	 */
	public List<String> knownFields() {
		return this.knownFields;
	}

}
