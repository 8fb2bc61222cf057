package buddy.workflow;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when input does not fit the parameters of a workflow; nothing was written.
 */
public class InvalidInputException extends IllegalArgumentException {

	private final String path;

	private final List<String> knownFields;

	InvalidInputException(String message, String path, Collection<String> knownFields, @Nullable Throwable cause) {
		super(message, cause);
		this.path = path;
		this.knownFields = List.copyOf(knownFields);
	}

	/**
	 * Returns where in the input the fault is.
	 * @return the path, such as {@code city.name} or {@code tags[1]}
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
