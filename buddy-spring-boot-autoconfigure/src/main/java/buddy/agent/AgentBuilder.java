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
 * Builder for an {@link Agent}.
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
	 * Sets the id of the agent in a session's history. The default is its name.
	 * @param id 1 to 128 characters, stable over restarts
	 * @return this builder
	 */
	public AgentBuilder id(String id) {
		this.id = checked("id", id);
		return this;
	}

	/**
	 * Selects the chat model by its bean name, if the application has several.
	 * @param beanName the bean name, such as {@code openAiChatModel}
	 * @return this builder
	 */
	public AgentBuilder chatModel(String beanName) {
		Assert.hasText(beanName, "'beanName' must not be empty");
		this.chatModel = beanName;
		return this;
	}

	/**
	 * Sets the model. The default is the one that the chat model is configured with.
	 * @param id the provider's id of the model, such as {@code gpt-4o-mini}
	 * @return this builder
	 */
	public AgentBuilder model(String id) {
		Assert.hasText(id, "'id' of the model must not be empty");
		this.model = id;
		return this;
	}

	/**
	 * Sets the system message. It is sent as is: braces are not placeholders.
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
	 * Sets options of the model call, such as the temperature. Options that are not set
	 * default to those of the chat model.
	 * @param options the options
	 * @return this builder
	 */
	public AgentBuilder options(ChatOptions options) {
		Assert.notNull(options, "'options' must not be null");
		this.options = options;
		return this;
	}

	/**
	 * Sets the type of the answers. Its JSON schema is added to the instructions, and the
	 * content of a response is an instance of it.
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
	 * Sets how often the model is called again if its answer does not fit the answer
	 * type. The default is 1. The new request contains the answer and the error. There is
	 * no retry if the answer was truncated or refused.
	 * @param retries the maximum number of retries; 0 for none
	 * @return this builder
	 */
	public AgentBuilder answerRetries(int retries) {
		Assert.isTrue(retries >= 0, "'retries' must not be negative");
		this.answerRetries = retries;
		return this;
	}

	/**
	 * Sets how many earlier runs of the session are sent to the model as history. The
	 * default is none. Outside of a run there is no history.
	 * @param lastRuns the number of runs
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

	static String checked(String what, @Nullable String value) {
		if (value == null || value.isBlank() || value.length() > MAX_NAME) {
			throw new IllegalArgumentException("'" + what + "' of an agent must have 1 to " + MAX_NAME
					+ " characters, not all of them blank, but was '" + value + "'");
		}
		return value;
	}

}
