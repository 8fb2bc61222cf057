package buddy.session;

/**
 * What happens when a run begins in a session in which another run is in progress.
 */
public enum SessionConcurrency {

	/**
	 * Both run; the states are merged when the later one ends.
	 */
	MERGE,
	/**
	 * The second one is refused with a {@link SessionBusyException}, and leaves no trace.
	 */
	REJECT,
	/**
	 * The second one waits for its turn, first come, first served, no longer than the
	 * application says.
	 */
	WAIT;

	/**
	 * Tells whether a run holds the session for itself while it is in progress.
	 * @return whether other runs that hold the session are kept out
	 */
	public boolean isExclusive() {
		return this != MERGE;
	}

}
