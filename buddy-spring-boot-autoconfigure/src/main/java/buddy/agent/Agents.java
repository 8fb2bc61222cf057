package buddy.agent;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;

/**
 * Creates agents that use the chat models of the application.
 */
public final class Agents {

	private final ChatModels chatModels;

	private final Function<ChatModel, ChatClient.Builder> clients;

	private final Clock clock;

	private final Executor executor;

	private final Supplier<List<AgentInterceptor>> interceptors;

	private final CallGuards guards;

	/**
	 * Creates an instance without interceptors.
	 * @param chatModels the chat models to choose from
	 * @param clients creates a client builder for a chat model, with the application's
	 * customizations
	 * @param clock the clock for responses and events
	 * @param executor runs {@link Agent#arun(String)}; with a bounded pool, agents that
	 * wait for each other can block
	 */
	public Agents(ChatModels chatModels, Function<ChatModel, ChatClient.Builder> clients, Clock clock,
			Executor executor) {
		this(chatModels, clients, clock, executor, List::of);
	}

	/**
	 * Creates an instance with interceptors.
	 * @param chatModels the chat models to choose from
	 * @param clients creates a client builder for a chat model
	 * @param clock the clock for responses and events
	 * @param executor runs {@link Agent#arun(String)}
	 * @param interceptors supplies the interceptors at the first call
	 */
	public Agents(ChatModels chatModels, Function<ChatModel, ChatClient.Builder> clients, Clock clock,
			Executor executor, Supplier<List<AgentInterceptor>> interceptors) {
		this(chatModels, clients, clock, executor, interceptors, () -> null, List::of);
	}

	/**
	 * Creates an instance whose calls of models and of tools are guarded.
	 * @param chatModels the chat models to choose from
	 * @param clients creates a client builder for a chat model
	 * @param clock the clock for responses and events
	 * @param executor runs {@link Agent#arun(String)}
	 * @param interceptors supplies the interceptors at the first call
	 * @param guard supplies what decides whether a model is called, at the first call;
	 * {@code null} for nothing
	 * @param toolGuards supplies what decides whether a tool is called, at the first call
	 */
	public Agents(ChatModels chatModels, Function<ChatModel, ChatClient.Builder> clients, Clock clock,
			Executor executor, Supplier<List<AgentInterceptor>> interceptors, Supplier<@Nullable ModelCallGuard> guard,
			Supplier<List<ToolCallGuard>> toolGuards) {
		this.chatModels = chatModels;
		this.clients = clients;
		this.clock = clock;
		this.executor = executor;
		this.interceptors = SingletonSupplier.of(interceptors);
		this.guards = new CallGuards(guard, toolGuards);
	}

	/**
	 * Creates an instance for one chat model, for tests and applications without a
	 * container.
	 * @param chatModel the chat model
	 * @return the instance
	 */
	public static Agents over(ChatModel chatModel) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-agent-");
		executor.setDaemon(true);
		return new Agents(new ChatModels(() -> Map.of("chatModel", chatModel), () -> chatModel), ChatClient::builder,
				Clock.systemUTC(), executor);
	}

	/**
	 * Starts building an agent.
	 * @param name its name, 1 to 128 characters
	 * @return the builder
	 * @throws IllegalArgumentException if the name is empty or too long
	 */
	public AgentBuilder named(String name) {
		return new AgentBuilder(name,
				(definition) -> new ChatAgent(definition,
						() -> BoundModel.of(definition, this.chatModels, this.clients), this.clock, this.executor,
						this.interceptors, this.guards));
	}

	/**
	 * Returns an agent whose calls are steps of the run that makes them: where the run is
	 * continued, the recorded response is handed back. Agents built with
	 * {@link #named(String)} are like that by themselves; an {@link Agent} of your own
	 * code, such as a lambda, is not.
	 * @param agent the agent
	 * @param name the name of its steps, 1 to 128 characters
	 * @return the agent; a stream of it has the whole answer in one piece
	 */
	public Agent journaled(Agent agent, String name) {
		return journaled(agent, name, null);
	}

	/**
	 * Returns an agent whose calls are steps of the run that makes them, and whose
	 * responses have a content of a certain type.
	 * @param agent the agent
	 * @param name the name of its steps, 1 to 128 characters
	 * @param answerType what a recorded content is read as, or {@code null} for text and
	 * plain values
	 * @return the agent; a stream of it has the whole answer in one piece
	 */
	public Agent journaled(Agent agent, String name, @Nullable Class<?> answerType) {
		Assert.notNull(agent, "'agent' must not be null");
		return new JournaledAgent(agent, AgentBuilder.checked("name", name), answerType, this.executor);
	}

}
