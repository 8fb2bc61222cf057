package buddy.memory;

/**
 * Options for how much of a session's history a run can read.
 *
 * @param runs the number of earlier runs that {@link WorkflowMemory#runs()} returns, 1 to
 * 1000
 * @param messages the maximum number of messages that {@link WorkflowMemory#messages}
 * returns
 */
public record MemoryOptions(int runs, int messages) {

	/** 20 runs and 200 messages. */
	public static final MemoryOptions DEFAULT = new MemoryOptions(20, 200);

	/**
	 * Validates the values.
	 */
	public MemoryOptions {
		if (runs < 1 || runs > 1000) {
			throw new IllegalArgumentException("'runs' must be 1 to 1000, not " + runs);
		}
		if (messages < 1) {
			throw new IllegalArgumentException("'messages' must be at least 1, not " + messages);
		}
	}

}
