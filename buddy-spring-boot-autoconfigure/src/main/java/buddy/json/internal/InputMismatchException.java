package buddy.json.internal;

import java.util.Collection;
import java.util.List;

/**
 * Thrown when a plain value does not fit a type. The message tells what is wrong there,
 * without the value and without the names of classes, as the end of a sentence.
 */
public class InputMismatchException extends IllegalArgumentException {

	private final String path;

	private final List<String> knownFields;

	InputMismatchException(String message, String path, Collection<String> knownFields, Throwable cause) {
		super(message, cause);
		this.path = path;
		this.knownFields = knownFields.stream().sorted().toList();
	}

	/**
	 * Returns where in the value the fault is.
	 * @return the path, such as {@code city.name} or {@code [1]}; empty for the value
	 * itself
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns the fields that there are in the place of one that is unknown.
	 * @return their names, sorted; empty if the fault is another one
	 */
	public List<String> knownFields() {
		return this.knownFields;
	}

}
