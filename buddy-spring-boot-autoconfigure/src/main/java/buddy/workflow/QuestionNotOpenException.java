package buddy.workflow;

import buddy.durable.AnswerOutcome;

/**
 * Thrown when a question cannot be answered: somebody has answered it, it has expired, or
 * there is none.
 */
public class QuestionNotOpenException extends IllegalStateException {

	private final String runId;

	private final String question;

	private final AnswerOutcome why;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param question the question
	 * @param why why it cannot be answered
	 */
	public QuestionNotOpenException(String runId, String question, AnswerOutcome why) {
		super("Question '" + question + "' of run '" + runId + "' cannot be answered: " + switch (why) {
			case ANSWERED -> "somebody has answered it already";
			case EXPIRED -> "it has expired";
			default -> "the run has no such question, or has ended";
		});
		this.runId = runId;
		this.question = question;
		this.why = why;
	}

	/**
	 * Returns the run.
	 * @return its id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns the question.
	 * @return its key
	 */
	public String question() {
		return this.question;
	}

	/**
	 * Returns why it cannot be answered.
	 * @return {@code ANSWERED}, {@code EXPIRED} or {@code NOT_FOUND}
	 */
	public AnswerOutcome why() {
		return this.why;
	}

}
