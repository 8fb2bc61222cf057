package buddy.workflow;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when input does not match the parameters of a workflow. Nothing was stored.
 */
public class InvalidInputException extends IllegalArgumentException {

	private final String path;

	private final List<String> knownFields;

	private final List<Fault> faults;

	/**
	 * Creates an exception for a single field.
	 * @param message the description of the fault and of its remedy
	 * @param path the path of the field
	 * @param knownFields the names of the known fields
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
	 * Returns the path of the fault in the input.
	 * @return the path, such as {@code city.name} or {@code tags[1]}
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns all faults that were found. {@link #path()} is the path of the first.
	 * @return the faults; only one if the input does not match the parameter types
	 */
	public List<Fault> faults() {
		return this.faults;
	}

	/**
	 * Returns the names of the known fields, if the fault is an unknown field.
	 * @return the names, sorted; empty for any other fault
	 */
	public List<String> knownFields() {
		return this.knownFields;
	}

	/**
	 * A fault in the input.
	 *
	 * @param path the path of the fault, such as {@code city.name} or {@code tags[1]}
	 * @param message the description of the fault
	 */
	public record Fault(String path, String message) implements Serializable {
	}

}
