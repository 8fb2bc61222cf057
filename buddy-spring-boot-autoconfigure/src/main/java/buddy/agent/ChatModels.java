package buddy.agent;

import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;

/**
 * The chat models of an application, looked up when an agent is first called.
 */
public final class ChatModels {

	private final BiFunction<String, @Nullable String, ChatModel> choice;

	/**
	 * Creates an instance from suppliers, so that the chat models may be created later.
	 * @param byName supplies all chat models by bean name
	 * @param preferred supplies the only or primary chat model, or {@code null} if there
	 * is none
	 */
	public ChatModels(Supplier<Map<String, ChatModel>> byName, Supplier<@Nullable ChatModel> preferred) {
		this((agentName, beanName) -> find(byName, preferred, agentName, beanName));
	}

	private ChatModels(BiFunction<String, @Nullable String, ChatModel> choice) {
		this.choice = choice;
	}

	/**
	 * Creates an instance that chooses a chat model for each agent, for tests.
	 * @param choice returns the chat model for an agent's name and the requested bean
	 * name, which is {@code null} for the default one
	 * @return the chat models
	 */
	public static ChatModels choosing(BiFunction<String, @Nullable String, ChatModel> choice) {
		return new ChatModels(choice);
	}

	ChatModel find(String agentName, @Nullable String beanName) {
		return this.choice.apply(agentName, beanName);
	}

	private static ChatModel find(Supplier<Map<String, ChatModel>> byName, Supplier<@Nullable ChatModel> preferred,
			String agentName, @Nullable String beanName) {
		if (beanName == null) {
			ChatModel model = preferred.get();
			return (model != null) ? model : failWithoutDefault(agentName, byName.get());
		}
		Map<String, ChatModel> models = byName.get();
		ChatModel model = models.get(beanName);
		if (model == null) {
			throw new IllegalStateException("Agent '" + agentName + "' asks for the chat model '" + beanName
					+ "', but the application has " + (models.isEmpty() ? "no ChatModel bean: " + howToAdd()
							: "only " + new TreeSet<>(models.keySet()) + ": correct chatModel(\"" + beanName + "\")"));
		}
		return model;
	}

	private static ChatModel failWithoutDefault(String agentName, Map<String, ChatModel> models) {
		if (models.isEmpty()) {
			throw new IllegalStateException("Agent '" + agentName
					+ "' has no chat model, since the application has no ChatModel bean: " + howToAdd());
		}
		throw new IllegalStateException(
				"Agent '" + agentName + "' does not say which of the chat models " + new TreeSet<>(models.keySet())
						+ " to use: name one with chatModel(\"…\") on its builder, or mark one bean @Primary");
	}

	private static String howToAdd() {
		return "add a Spring AI starter, such as org.springframework.ai:spring-ai-starter-model-openai, and its API key, "
				+ "or declare a ChatModel bean";
	}

}
