package buddy.agent;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.aop.support.AopUtils;

/**
 * The chat model of an agent, with its client.
 *
 * @param client the client that calls it
 * @param model the id of the requested model, or {@code null} if it is not known
 * @param provider the model's provider, or {@code null} if it cannot be derived from the
 * class
 */
record BoundModel(ChatClient client, @Nullable String model, @Nullable String provider) {

	private static final String SUFFIX = "ChatModel";

	static BoundModel of(AgentDefinition agent, ChatModels chatModels,
			Function<ChatModel, ChatClient.Builder> clients) {
		ChatModel chatModel = chatModels.find(agent.name(), agent.chatModel());
		return new BoundModel(clients.apply(new CompletingChatModel(chatModel)).build(), model(agent, chatModel),
				provider(chatModel));
	}

	private static @Nullable String model(AgentDefinition agent, ChatModel chatModel) {
		if (agent.model() != null) {
			return agent.model();
		}
		String ofOptions = (agent.options() != null) ? agent.options().getModel() : null;
		return (ofOptions != null) ? ofOptions : chatModel.getOptions().getModel();
	}

	/**
	 * Derives the provider from the class name, spelled as in the Python framework:
	 * {@code OpenAI}, {@code Anthropic}, {@code Ollama}.
	 */
	private static @Nullable String provider(ChatModel chatModel) {
		String type = AopUtils.getTargetClass(chatModel).getSimpleName();
		if (!type.endsWith(SUFFIX) || type.length() == SUFFIX.length()) {
			return null;
		}
		return type.substring(0, type.length() - SUFFIX.length()).replaceAll("Ai(?=[A-Z]|$)", "AI");
	}

}
