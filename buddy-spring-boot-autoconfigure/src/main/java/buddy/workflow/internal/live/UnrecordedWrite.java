package buddy.workflow.internal.live;

/**
 * A failed write to the store that is repeated until it is done.
 */
@FunctionalInterface
public interface UnrecordedWrite {

	/** Attempts the write once more. */
	Result attempt();

	/** The result of an attempt. */
	enum Result {

		/** No further attempt is needed. */
		DONE,

		/** The store answered; another attempt is needed later. */
		LATER,

		/** The store did not answer, and will not answer other writes either. */
		FAILED

	}

}
