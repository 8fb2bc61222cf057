package buddy.storage;

/**
 * What became of the end of a run.
 */
public enum EndOutcome {

	/** The end is stored. */
	STORED,

	/**
	 * The session's state was changed by another run meanwhile; nothing was stored: read
	 * the session, merge, try again.
	 */
	VERSION_MISSED,

	/**
	 * The session or the run is gone, or the run has ended already, or the session has
	 * become another user's since the run began; nothing was stored.
	 */
	GONE

}
