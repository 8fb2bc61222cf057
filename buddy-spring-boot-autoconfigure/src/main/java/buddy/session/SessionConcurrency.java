package buddy.session;

/**
 * The policy for a run that begins while another run is in progress in the same session.
 */
public enum SessionConcurrency {

	/**
	 * Both run. Their states are merged when the later one ends.
	 */
	MERGE,
	/**
	 * The second run is refused with a {@link SessionBusyException} and leaves no record.
	 */
	REJECT,
	/**
	 * The second run waits for its turn, first come, first served, up to the configured
	 * timeout.
	 */
	WAIT;

	/**
	 * Returns whether a run holds the session for itself while it is in progress.
	 * @return whether other runs that hold the session are kept out
	 */
	public boolean isExclusive() {
		return this != MERGE;
	}

}
