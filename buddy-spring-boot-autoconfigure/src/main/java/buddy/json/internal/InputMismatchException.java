package buddy.json.internal;

import java.util.Collection;
import java.util.List;

/**
 * Thrown when a plain value does not fit a type. The message is the end of a sentence,
 * without the value and without class names.
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
	 * Returns the path to the wrong part of the value.
	 * @return the path, such as {@code city.name} or {@code [1]}; empty for the value
	 * itself
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns the known fields if a field is unknown.
	 * @return their names, sorted; empty for other problems
	 */
	public List<String> knownFields() {
		return this.knownFields;
	}

}
