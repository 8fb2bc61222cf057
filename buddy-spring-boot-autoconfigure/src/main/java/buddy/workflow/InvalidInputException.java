package buddy.workflow;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when input does not fit the parameters of a workflow; nothing was written.
 */
public class InvalidInputException extends IllegalArgumentException {

	private final String path;

	private final List<String> knownFields;

	private final List<Fault> faults;

	/**
	 * Creates the exception of one field.
	 * @param message what is wrong, and what to do
	 * @param path the path of the field
	 * @param knownFields the fields that would be known
	 * @param cause the cause, or {@code null}
	 */
	public InvalidInputException(String message, String path, Collection<String> knownFields,
			@Nullable Throwable cause) {
		super(message, cause);
		this.path = path;
		this.knownFields = List.copyOf(knownFields);
		this.faults = List.of(new Fault(path, message));
	}

	public InvalidInputException(String workflowId, List<Fault> faults, Throwable cause) {
		super("The input of workflow '" + workflowId + "' is not valid: "
				+ faults.stream()
					.map((fault) -> fault.path() + " " + fault.message())
					.collect(Collectors.joining("; ")),
				cause);
		this.path = faults.get(0).path();
		this.knownFields = List.of();
		this.faults = List.copyOf(faults);
	}

	/**
	 * Returns where in the input the fault is.
	 * @return the path, such as {@code city.name} or {@code tags[1]}
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns all faults that were found, of which {@link #path()} is the first.
	 * @return the faults; where input does not fit its types, there is only one
	 */
	public List<Fault> faults() {
		return this.faults;
	}

	/**
	 * Returns the fields that there are in the place of one that is unknown.
	 * @return their names, sorted; empty if the fault is another one
	 */
	public List<String> knownFields() {
		return this.knownFields;
	}

	/**
	 * A fault of the input.
	 *
	 * @param path where it is, such as {@code city.name} or {@code tags[1]}
	 * @param message what is wrong there
	 */
	public record Fault(String path, String message) implements Serializable {
	}

}
