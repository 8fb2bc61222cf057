package buddy.workflow;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when an answer does not match its question. Nothing was stored, and the run
 * still waits.
 */
public class InvalidAnswerException extends IllegalArgumentException {

	private final String path;

	private final List<String> knownFields;

	private final List<InvalidInputException.Fault> faults;

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
		this.faults = List.of(new InvalidInputException.Fault(path, message));
	}

	/**
	 * Creates an exception for an answer that breaks constraints.
	 * @param question the key of the question
	 * @param faults the faults, one at least
	 */
	public InvalidAnswerException(String question, List<InvalidInputException.Fault> faults) {
		super("The answer to question '" + question + "' is refused: "
				+ faults.stream()
					.map((fault) -> (fault.path() + " " + fault.message()).strip())
					.collect(Collectors.joining("; ")));
		this.path = faults.get(0).path();
		this.knownFields = List.of();
		this.faults = List.copyOf(faults);
	}

	/**
	 * Returns the path of the fault in the answer.
	 * @return the path, such as {@code note}; empty for the answer itself
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Returns all faults that were found. {@link #path()} is the path of the first.
	 * @return the faults; only one if the answer does not match the type that is awaited
	 */
	public List<InvalidInputException.Fault> faults() {
		return this.faults;
	}

	/**
	 * Returns the names of the known fields, if the fault is an unknown field.
	 * @return the names, sorted; empty for any other fault
	 */
	public List<String> knownFields() {
		return this.knownFields;
	}

}
