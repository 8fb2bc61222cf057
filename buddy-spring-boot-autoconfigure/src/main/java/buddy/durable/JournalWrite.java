package buddy.durable;

/**
 * What became of a step that was to be written.
 */
public enum JournalWrite {

	/** It is stored. */
	STORED,

	/**
	 * Nothing is stored: the run was taken by another execution, has ended, or is gone.
	 */
	FENCED,

	/**
	 * Nothing is stored, since the caller has a transaction open that the store would
	 * join: a rollback would take the step with it, and not what it did.
	 */
	IN_TRANSACTION

}
