package buddy.workflow.internal.live;

/**
 * A write that the store did not take, and that is tried again until it is done.
 */
@FunctionalInterface
public interface UnrecordedWrite {

	/** Tries once more. */
	Result attempt();

	/** What became of a try. */
	enum Result {

		/** It need not be tried again. */
		DONE,

		/** The store answered; it is to be asked again later. */
		LATER,

		/** The store did not answer, and will not for the others either. */
		FAILED

	}

}
