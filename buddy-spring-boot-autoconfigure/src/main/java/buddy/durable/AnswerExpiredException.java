package buddy.durable;

/**
 * Nobody has answered a question of a run in time, and there is no default. That is
 * recorded: the run gets the same exception whenever it is continued.
 */
public class AnswerExpiredException extends RuntimeException {

	private final String question;

	/**
	 * Creates the exception.
	 * @param question the key of the question
	 */
	public AnswerExpiredException(String question) {
		super("Nobody has answered question '" + question + "' in time");
		this.question = question;
	}

	/**
	 * Returns the key of the question.
	 * @return the key
	 */
	public String question() {
		return this.question;
	}

}
