package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * Whether the body of a step that was interrupted has happened, as the other system tells
 * it.
 *
 * @param kind whether it has
 * @param result what it would have returned, where it has happened
 */
public record StepOutcome(Kind kind, @Nullable Object result) {

	/**
	 * It has happened.
	 * @param result what the step returns, as if its body had returned it
	 * @return the outcome
	 */
	public static StepOutcome happened(@Nullable Object result) {
		return new StepOutcome(Kind.HAPPENED, result);
	}

	/**
	 * It has not happened, and may be called again.
	 * @return the outcome
	 */
	public static StepOutcome notHappened() {
		return new StepOutcome(Kind.NOT_HAPPENED, null);
	}

	/**
	 * The other system does not know either.
	 * @return the outcome
	 */
	public static StepOutcome unknown() {
		return new StepOutcome(Kind.UNKNOWN, null);
	}

	/**
	 * Whether it has happened.
	 */
	public enum Kind {

		/** It has. */
		HAPPENED,

		/** It has not. */
		NOT_HAPPENED,

		/** Nobody knows. */
		UNKNOWN

	}

}
