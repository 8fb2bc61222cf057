package buddy.durable;

/**
 * Where a step stands.
 */
public enum StepStatus {

	/** Its body was about to be called; whether it was, is not known. */
	STARTED,

	/** Its result is recorded. */
	DONE,

	/** Its failure is recorded: all of its attempts were used up. */
	FAILED,

	/** It waits for a time or for an answer. */
	WAITING;

	/**
	 * Tells whether the step has an outcome that later executions of the run see.
	 * @return whether it is done or has failed
	 */
	public boolean isOutcome() {
		return this == DONE || this == FAILED;
	}

}
