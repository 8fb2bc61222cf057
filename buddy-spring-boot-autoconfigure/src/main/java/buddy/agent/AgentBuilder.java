package buddy.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;

/**
 * Collects what an {@link Agent} is bound to.
 */
public final class AgentBuilder {

	private static final int MAX_NAME = 128;

	private final Function<AgentDefinition, Agent> factory;

	private final String name;

	private final List<Object> tools = new ArrayList<>();

	private String id;

	private @Nullable String chatModel;

	private @Nullable String model;

	private @Nullable String instructions;

	private @Nullable ChatOptions options;

	private @Nullable AnswerFormat answerFormat;

	private int answerRetries = 1;

	private int history;

	AgentBuilder(String name, Function<AgentDefinition, Agent> factory) {
		this.name = checked("name", name);
		this.id = this.name;
		this.factory = factory;
	}

	/**
	 * Sets what identifies the agent in a session's history; by default its name.
	 * @param id 1 to 128 characters, the same over restarts
	 * @return this builder
	 */
	public AgentBuilder id(String id) {
		this.id = checked("id", id);
		return this;
	}

	/**
	 * Selects the chat model by its bean name, where the application has several.
	 * @param beanName the bean name, such as {@code openAiChatModel}
	 * @return this builder
	 */
	public AgentBuilder chatModel(String beanName) {
		Assert.hasText(beanName, "'beanName' must not be empty");
		this.chatModel = beanName;
		return this;
	}

	/**
	 * Sets the model to ask for; by default the one the chat model is configured with.
	 * @param id the provider's id of the model, such as {@code gpt-4o-mini}
	 * @return this builder
	 */
	public AgentBuilder model(String id) {
		Assert.hasText(id, "'id' of the model must not be empty");
		this.model = id;
		return this;
	}

	/**
	 * Sets the system message. It is sent as it is: braces are no placeholders.
	 * @param instructions the text
	 * @return this builder
	 */
	public AgentBuilder instructions(String instructions) {
		Assert.hasText(instructions, "'instructions' must not be empty");
		this.instructions = instructions;
		return this;
	}

	/**
	 * Adds tools that the model may call.
	 * @param tools objects with Spring AI's {@code @Tool} methods, tool callbacks, or
	 * tool callback providers
	 * @return this builder
	 * @throws IllegalArgumentException if an object has no {@code @Tool} method
	 */
	public AgentBuilder tools(Object... tools) {
		Assert.noNullElements(tools, "'tools' must not contain null");
		for (Object tool : tools) {
			if (tool instanceof ToolCallback || tool instanceof ToolCallbackProvider) {
				this.tools.add(tool);
			}
			else {
				this.tools.addAll(List.of(ToolCallbacks.from(tool)));
			}
		}
		return this;
	}

	/**
	 * Sets options of the model call, such as the temperature; what they leave open is
	 * the chat model's.
	 * @param options the options
	 * @return this builder
	 */
	public AgentBuilder options(ChatOptions options) {
		Assert.notNull(options, "'options' must not be null");
		this.options = options;
		return this;
	}

	/**
	 * Sets the type of the answers. The model is told its JSON schema, and the content of
	 * a response is an instance.
	 * @param type a record or class that Jackson can read
	 * @return this builder
	 */
	public AgentBuilder answerType(Class<?> type) {
		Assert.notNull(type, "'type' must not be null");
		this.answerFormat = type.isAssignableFrom(String.class) ? null : AnswerFormat.of(type);
		return this;
	}

	/**
	 * Sets a generic type of the answers, such as a list of records.
	 * @param type the type
	 * @return this builder
	 * @see #answerType(Class)
	 */
	public AgentBuilder answerType(ParameterizedTypeReference<?> type) {
		Assert.notNull(type, "'type' must not be null");
		this.answerFormat = AnswerFormat.of(type);
		return this;
	}

	/**
	 * Sets how often the model is asked again where its answer does not fit the answer
	 * type; by default once. It is shown its answer and told what is wrong with it. An
	 * answer that the model cut off or refused is not asked for again.
	 * @param retries how often, 0 for never
	 * @return this builder
	 */
	public AgentBuilder answerRetries(int retries) {
		Assert.isTrue(retries >= 0, "'retries' must not be negative");
		this.answerRetries = retries;
		return this;
	}

	/**
	 * Sets how many earlier runs of the session the model is reminded of; by default
	 * none. Outside of a run there is no history.
	 * @param lastRuns how many
	 * @return this builder
	 */
	public AgentBuilder history(int lastRuns) {
		Assert.isTrue(lastRuns >= 0, "'lastRuns' must not be negative");
		this.history = lastRuns;
		return this;
	}

	/**
	 * Builds the agent. Its chat model is looked up when it is first called.
	 * @return the agent
	 */
	public Agent build() {
		return this.factory.apply(new AgentDefinition(this.id, this.name, this.chatModel, this.model, this.instructions,
				this.options, this.tools, this.answerFormat, this.answerRetries, this.history));
	}

	private static String checked(String what, @Nullable String value) {
		if (value == null || value.isBlank() || value.length() > MAX_NAME) {
			throw new IllegalArgumentException("'" + what + "' of an agent must have 1 to " + MAX_NAME
					+ " characters, not all of them blank, but was '" + value + "'");
		}
		return value;
	}

}
