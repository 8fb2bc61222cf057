package buddy.durable;

/**
 * Where a question to a person stands.
 */
public enum QuestionStatus {

	/** It waits for an answer. */
	OPEN,

	/** Somebody has answered it. */
	ANSWERED,

	/** Nobody has answered it in time. */
	EXPIRED,

	/**
	 * Nobody has answered it, and its run has ended, for example since it was cancelled.
	 * It is open again if the run is continued. This is seen by those who list questions,
	 * and is not stored.
	 */
	CLOSED

}
