package buddy.run;

/**
 * Where a run stands.
 */
public enum RunStatus {

	/** Queued, not begun. */
	PENDING(false),

	/** Begun, not ended. */
	RUNNING(false),

	/** Waits for a person or a time. */
	PAUSED(false),

	/** Ended well. */
	COMPLETED(true),

	/** Ended with an exception. */
	ERROR(true),

	/** Ended because someone cancelled it or closed its stream. */
	CANCELLED(true);

	private final boolean terminal;

	RunStatus(boolean terminal) {
		this.terminal = terminal;
	}

	/**
	 * Tells whether a run with this status has ended for good.
	 * @return whether the run has ended
	 */
	public boolean isTerminal() {
		return this.terminal;
	}

}
