package buddy.agent;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;

/**
 * The configuration of an agent.
 *
 * @param id identifies the agent in the history of a session
 * @param name the display name
 * @param chatModel the bean name of its chat model, or {@code null} for the default one
 * @param model the id of the model, or {@code null} for the chat model's own
 * @param instructions the system message, or {@code null} for none
 * @param options the options that differ from the chat model's, or {@code null}
 * @param tools tool callbacks and providers of them
 * @param answerFormat the format of answers, or {@code null} for text
 * @param answerRetries the maximum number of retries for an answer that can be read
 * @param history the number of earlier runs that are sent to the model
 */
record AgentDefinition(String id, String name, @Nullable String chatModel, @Nullable String model,
		@Nullable String instructions, @Nullable ChatOptions options, List<Object> tools,
		@Nullable AnswerFormat answerFormat, int answerRetries, int history) {

	AgentDefinition {
		tools = List.copyOf(tools);
	}

	@Nullable String systemText() {
		if (this.answerFormat == null) {
			return this.instructions;
		}
		String format = this.answerFormat.instructions();
		return (this.instructions != null) ? this.instructions + "\n\n" + format : format;
	}

}
