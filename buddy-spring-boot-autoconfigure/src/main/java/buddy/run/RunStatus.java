package buddy.run;

/**
 * The status of a run.
 */
public enum RunStatus {

	/** Queued, not begun. */
	PENDING(false),

	/** Begun, not ended. */
	RUNNING(false),

	/** Waits for a person or a time. */
	PAUSED(false),

	/** Ended normally. */
	COMPLETED(true),

	/** Ended with an exception. */
	ERROR(true),

	/** Ended because it was cancelled or its stream was closed. */
	CANCELLED(true);

	private final boolean terminal;

	RunStatus(boolean terminal) {
		this.terminal = terminal;
	}

	/**
	 * Returns whether this status is final.
	 * @return whether the run has ended
	 */
	public boolean isTerminal() {
		return this.terminal;
	}

}
