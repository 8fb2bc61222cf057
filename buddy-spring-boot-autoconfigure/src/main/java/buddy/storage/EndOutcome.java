package buddy.storage;

/**
 * The outcome of storing the end of a run.
 */
public enum EndOutcome {

	/** The end is stored. */
	STORED,

	/**
	 * The session's state was changed by another run in the meantime. Nothing was stored:
	 * read the session, merge the state, and try again.
	 */
	VERSION_MISSED,

	/**
	 * The session or the run no longer exists, the run has already ended, or the session
	 * has become another user's since the run began. Nothing was stored.
	 */
	GONE,

	/**
	 * Another execution of the run has begun, which is the one that writes now; nothing
	 * was stored.
	 */
	FENCED

}
