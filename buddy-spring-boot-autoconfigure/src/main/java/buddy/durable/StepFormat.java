package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * Writes the outcome of a step as JSON, and makes it from that again.
 *
 * @param <T> the type of the result
 */
public interface StepFormat<T> {

	/**
	 * Writes a result.
	 * @param result the result
	 * @return the JSON
	 * @throws buddy.json.UnstorableValueException if it could not be read back
	 */
	String write(T result);

	/**
	 * Reads a result.
	 * @param json the JSON
	 * @return the result
	 */
	T read(String json);

	/**
	 * Takes down a failure.
	 * @param failure what the body threw
	 * @return the record of it
	 */
	default RecordedFailure failure(Throwable failure) {
		return RecordedFailure.of(failure);
	}

	/**
	 * Makes the exception that a run gets which is continued.
	 * @param failure the record of the failure
	 * @return a new exception, or {@code null} for a {@link StepFailedException}
	 */
	default @Nullable RuntimeException rebuild(RecordedFailure failure) {
		return null;
	}

	/**
	 * Returns whether a failure is an outcome of the step, which is recorded. If not, the
	 * body is called again where the run is continued.
	 * @param failure what the body threw
	 * @return whether it is recorded
	 */
	default boolean isOutcome(Throwable failure) {
		return true;
	}

}
