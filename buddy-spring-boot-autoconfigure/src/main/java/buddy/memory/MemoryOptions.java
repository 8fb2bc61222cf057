package buddy.memory;

/**
 * How much of a session's history a run has at hand.
 *
 * @param runs how many earlier runs {@link WorkflowMemory#runs()} gives, 1 to 1000
 * @param messages how many messages {@link WorkflowMemory#messages} gives at the most
 */
public record MemoryOptions(int runs, int messages) {

	/** 20 runs and 200 messages. */
	public static final MemoryOptions DEFAULT = new MemoryOptions(20, 200);

	/**
	 * Checks the numbers.
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
