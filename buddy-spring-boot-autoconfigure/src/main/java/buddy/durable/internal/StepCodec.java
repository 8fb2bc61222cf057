package buddy.durable.internal;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

import buddy.durable.RecordedFailure;

/**
 * Writes the result of a step as JSON, and reads it back.
 */
public interface StepCodec {

	/**
	 * Writes a result.
	 * @param key the key of the step, for messages
	 * @param result the result
	 * @return the result as it is recorded
	 * @throws buddy.json.UnstorableValueException if it could not be read back
	 */
	Written write(String key, @Nullable Object result);

	/**
	 * Reads a result.
	 * @param json the JSON, or {@code null} for no result
	 * @return the result
	 */
	@Nullable Object read(@Nullable String json);

	/**
	 * Returns what results are read as.
	 * @return the type's name, for messages
	 */
	String type();

	/**
	 * Returns what the result is that others give in place of the step's body.
	 * @return its type
	 */
	default Type resultType() {
		return Object.class;
	}

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
	 * @return a new exception, or {@code null} for the usual one
	 */
	default @Nullable RuntimeException rebuild(RecordedFailure failure) {
		return null;
	}

	/**
	 * Returns whether a failure is an outcome of the step.
	 * @param failure what the body threw
	 * @return whether it is recorded
	 */
	default boolean isOutcome(Throwable failure) {
		return true;
	}

	/**
	 * A result as it is recorded.
	 *
	 * @param json the JSON, or {@code null} for no result
	 * @param value what the step returns, now and whenever the run is continued
	 */
	record Written(@Nullable String json, @Nullable Object value) {

		/** No result. */
		static final Written NOTHING = new Written(null, null);

	}

}
