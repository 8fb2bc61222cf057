package buddy.agent;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a model's answer does not fit the agent's answer type.
 */
public class AgentAnswerException extends RuntimeException {

	private static final int SHOWN = 200;

	private final String agentName;

	private final String answerType;

	private final @Nullable String answer;

	private final @Nullable String finishReason;

	/**
	 * Creates the exception.
	 * @param agentName the name of the agent
	 * @param answerType the requested type
	 * @param answer the answer of the model, or {@code null} if there was none
	 * @param cause why it does not fit
	 */
	public AgentAnswerException(String agentName, String answerType, @Nullable String answer,
			@Nullable Throwable cause) {
		this(agentName, answerType, answer, null,
				"check the agent's instructions and the type, or use a model that keeps to a JSON schema", cause);
	}

	AgentAnswerException(String agentName, String answerType, @Nullable String answer, @Nullable String finishReason,
			String problem, @Nullable Throwable cause) {
		super("Agent '" + agentName + "' was asked for a " + answerType + " but the model answered " + start(answer)
				+ "; " + problem, cause);
		this.agentName = agentName;
		this.answerType = answerType;
		this.answer = answer;
		this.finishReason = finishReason;
	}

	/** Creates the exception again from what is recorded of it. */
	AgentAnswerException(String message, String agentName, String answerType, @Nullable String answer,
			@Nullable String finishReason) {
		super(message);
		this.agentName = agentName;
		this.answerType = answerType;
		this.answer = answer;
		this.finishReason = finishReason;
	}

	/**
	 * Returns the name of the agent.
	 * @return the name
	 */
	public String agentName() {
		return this.agentName;
	}

	/**
	 * Returns the name of the requested type.
	 * @return the name
	 */
	public String answerType() {
		return this.answerType;
	}

	/**
	 * Returns the answer of the model.
	 * @return the whole text, or {@code null} if there was none
	 */
	public @Nullable String answer() {
		return this.answer;
	}

	/**
	 * Returns why the model stopped.
	 * @return the finish reason, such as {@code length}, or {@code null} if it is not
	 * known
	 * @see buddy.run.RunResponse#finishReason()
	 */
	public @Nullable String finishReason() {
		return this.finishReason;
	}

	private static String start(@Nullable String answer) {
		if (answer == null || answer.isBlank()) {
			return "nothing";
		}
		return (answer.length() <= SHOWN) ? "'" + answer + "'" : "'" + answer.substring(0, SHOWN) + "…'";
	}

}
