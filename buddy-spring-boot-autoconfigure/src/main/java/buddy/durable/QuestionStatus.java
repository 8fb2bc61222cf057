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
	EXPIRED

}
