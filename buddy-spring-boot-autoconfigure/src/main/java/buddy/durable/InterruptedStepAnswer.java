package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * What a person answers who is asked whether a step has happened in the midst of which
 * its process died.
 *
 * @param happened whether it has happened
 * @param result what the step returns if it has happened, or {@code null} for nothing
 * @param <T> the type of the step's result
 * @see StepOptions#askIfInterrupted
 */
public record InterruptedStepAnswer<T extends @Nullable Object>(boolean happened, @Nullable T result) {

	/**
	 * It has happened.
	 * @param result what the step returns, as if its body had returned it
	 * @param <T> the type of the step's result
	 * @return the answer
	 */
	public static <T extends @Nullable Object> InterruptedStepAnswer<T> happened(@Nullable T result) {
		return new InterruptedStepAnswer<>(true, result);
	}

	/**
	 * It has not happened: the step is called again.
	 * @param <T> the type of the step's result
	 * @return the answer
	 */
	public static <T extends @Nullable Object> InterruptedStepAnswer<T> notHappened() {
		return new InterruptedStepAnswer<>(false, null);
	}

}
