package buddy.durable;

/**
 * What became of an answer.
 */
public enum AnswerOutcome {

	/** It is stored, and the run goes on with it. */
	STORED,

	/** Another answer came first. */
	ANSWERED,

	/** It came too late. */
	EXPIRED,

	/** There is no such question, or its run is over. */
	NOT_FOUND

}
