package buddy.agent;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.util.function.SingletonSupplier;

/**
 * Builds agents over whichever chat models the application has.
 */
public final class Agents {

	private final ChatModels chatModels;

	private final Function<ChatModel, ChatClient.Builder> clients;

	private final Clock clock;

	private final Executor executor;

	private final Supplier<List<AgentInterceptor>> interceptors;

	/**
	 * Creates the source of an application's agents.
	 * @param chatModels the chat models to choose from
	 * @param clients gives a fresh client builder for a chat model, with all that the
	 * application wants of each of its clients
	 * @param clock tells the time of responses and events
	 * @param executor runs {@link Agent#arun(String)}; one that queues can block agents
	 * that wait for each other
	 */
	public Agents(ChatModels chatModels, Function<ChatModel, ChatClient.Builder> clients, Clock clock,
			Executor executor) {
		this(chatModels, clients, clock, executor, List::of);
	}

	/**
	 * Creates the source of an application's agents, whose calls are intercepted.
	 * @param chatModels the chat models to choose from
	 * @param clients gives a fresh client builder for a chat model
	 * @param clock tells the time of responses and events
	 * @param executor runs {@link Agent#arun(String)}
	 * @param interceptors who stands around calls; asked for at the first one
	 */
	public Agents(ChatModels chatModels, Function<ChatModel, ChatClient.Builder> clients, Clock clock,
			Executor executor, Supplier<List<AgentInterceptor>> interceptors) {
		this.chatModels = chatModels;
		this.clients = clients;
		this.clock = clock;
		this.executor = executor;
		this.interceptors = SingletonSupplier.of(interceptors);
	}

	/**
	 * Creates agents over one chat model, for tests and applications without a container.
	 * @param chatModel the chat model, in a test a scripted one
	 * @return the source of agents
	 */
	public static Agents over(ChatModel chatModel) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-agent-");
		executor.setDaemon(true);
		return new Agents(new ChatModels(() -> Map.of("chatModel", chatModel), () -> chatModel), ChatClient::builder,
				Clock.systemUTC(), executor);
	}

	/**
	 * Starts an agent.
	 * @param name its name, 1 to 128 characters
	 * @return the builder
	 * @throws IllegalArgumentException if the name is empty or too long
	 */
	public AgentBuilder named(String name) {
		return new AgentBuilder(name,
				(definition) -> new ChatAgent(definition,
						() -> BoundModel.of(definition, this.chatModels, this.clients), this.clock, this.executor,
						this.interceptors));
	}

}
