package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * Intercepts one step of a run.
 */
public interface StepInterception extends Interception {

	/**
	 * Called once, after the step has ended.
	 * @param outcome how it ended
	 * @param failure what it threw, or {@code null}
	 */
	void ended(Outcome outcome, @Nullable Throwable failure);

	/**
	 * How a step ended.
	 */
	enum Outcome {

		/** Its body was called and returned. */
		EXECUTED,

		/** What an earlier execution of the run has recorded was handed back. */
		REPLAYED,

		/** Its body was called and threw an exception, at its last attempt. */
		FAILED,

		/** The run was stopped within it. */
		INTERRUPTED

	}

}
