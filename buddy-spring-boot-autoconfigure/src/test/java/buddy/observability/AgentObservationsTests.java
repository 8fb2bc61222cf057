package buddy.observability;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.ObservationContextAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.agent.ChatModels;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import static buddy.observability.Observed.key;
import static buddy.observability.Observed.name;
import static buddy.observability.Observed.parent;

/**
 * The observation of an agent's call, between that of its run and those of Spring AI.
 */
@Timeout(60)
class AgentObservationsTests {

	private static final String CHAT_CLIENT = "spring.ai.chat.client";

	private static final String CALL = "buddy.agent.call";

	private final Observed observed = new Observed();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final List<Observation> seenByModel = new CopyOnWriteArrayList<>();

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store)
		.interceptors(List.of(new RunObservations(this.observed.registry, null, null, false)))
		.build();

	private final Shapes.Value workflow = Workflows.proxy(new Shapes.Value(), this.runner);

	@AfterEach
	void nothingIsLeftOnThisThread() {
		this.runner.close();
		assertThat(this.observed.current()).isNull();
	}

	@Test
	void callIsTheChildOfItsRunAndTheParentOfTheChatClient() {
		Agent agent = agent(this::answer, false);
		this.workflow.run("s1", "fusion", () -> agent.run("What is fusion?").content());

		Observation.Context call = this.observed.only(CALL);
		assertThat(name(call.getParentObservation())).isEqualTo("buddy.run");
		assertThat(name(this.observed.only(CHAT_CLIENT).getParentObservation())).isEqualTo(CALL);
		assertThat(within(this.seenByModel.get(0))).as("on the model's thread").isTrue();
		ObservationContextAssert.assertThat(call)
			.hasContextualNameEqualTo("invoke_agent researcher")
			.doesNotHaveError()
			.hasLowCardinalityKeyValue("buddy.workflow.id", "value")
			.hasLowCardinalityKeyValue("gen_ai.provider.name", "scripted")
			.hasLowCardinalityKeyValue("gen_ai.request.model", "scripted-1")
			.hasLowCardinalityKeyValue("error.type", "none")
			.hasHighCardinalityKeyValue("gen_ai.operation.name", "invoke_agent")
			.hasHighCardinalityKeyValue("gen_ai.agent.id", "researcher")
			.hasHighCardinalityKeyValue("gen_ai.agent.name", "researcher")
			.hasHighCardinalityKeyValue("gen_ai.conversation.id", "s1")
			.hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", "11")
			.hasHighCardinalityKeyValue("gen_ai.usage.output_tokens", "7")
			.doesNotHaveHighCardinalityKeyValueWithKey("buddy.agent.prompt")
			.doesNotHaveHighCardinalityKeyValueWithKey("buddy.agent.answer");
	}

	@Test
	void asynchronousCallIsTheChildOfWhatIsCurrentWhereItWasAskedFor() {
		Agent agent = agent(this::answer, false);
		List<Observation> own = new ArrayList<>();
		this.workflow.run("s1", "fusion", () -> {
			own.add(Observation.start("own", this.observed.registry));
			try (Observation.Scope scope = own.get(0).openScope()) {
				return agent.arun("What is fusion?").join().content();
			}
			finally {
				own.get(0).stop();
			}
		});

		assertThat(this.observed.only(CALL).getParentObservation()).isSameAs(own.get(0));
		assertThat(name(this.observed.only(CHAT_CLIENT).getParentObservation())).isEqualTo(CALL);
	}

	@Test
	void asynchronousCallOutsideOfARunKeepsItsCallersObservation() {
		Agent agent = agent(this::answer, false);
		Observation request = Observation.start("request", this.observed.registry);
		try (Observation.Scope scope = request.openScope()) {
			agent.arun("What is fusion?").join();
		}
		request.stop();

		assertThat(this.observed.only(CALL).getParentObservation()).isSameAs(request);
		assertThat(key(this.observed.only(CALL), "buddy.workflow.id")).isEqualTo("none");
	}

	@Test
	void streamedCallIsTheParentOfTheChatClientAndEndsWithTheStream() {
		Agent agent = agent(this::answer, true);
		Observation request = Observation.start("request", this.observed.registry);
		agent.stream("What is fusion?")
			.contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, request))
			.blockLast();
		request.stop();

		Observation.Context call = this.observed.only(CALL);
		assertThat(call.getParentObservation()).isSameAs(request);
		assertThat(name(this.observed.only(CHAT_CLIENT).getParentObservation())).isEqualTo(CALL);
		assertThat(key(call, "buddy.agent.prompt")).isEqualTo("What is fusion?");
		assertThat(key(call, "buddy.agent.answer")).isEqualTo("an answer");
	}

	@Test
	void streamThatIsCancelledEndsTheObservation() {
		Agent agent = agent((prompt) -> Flux.<ChatResponse>never().startWith(response("a")), false);
		Disposable stream = agent.stream("What is fusion?").subscribe();
		stream.dispose();

		ObservationContextAssert.assertThat(this.observed.only(CALL))
			.hasLowCardinalityKeyValue("error.type", CancellationException.class.getName());
	}

	@Test
	void failureOfTheModelIsTheCalls() {
		IllegalStateException failure = new IllegalStateException("no tokens left");
		Agent agent = agent((prompt) -> Flux.error(failure), false);
		assertThat(catchThrowable(() -> this.workflow.run("s1", "fusion", () -> agent.run("What is fusion?"))))
			.isSameAs(failure);
		catchThrowable(() -> agent.stream("What is fusion?").blockLast());

		Awaitility.await().untilAsserted(() -> assertThat(this.observed.ended(CALL)).hasSize(2));
		assertThat(this.observed.ended(CALL))
			.allSatisfy((call) -> assertThat(key(call, "error.type")).isEqualTo(IllegalStateException.class.getName()));
	}

	@Test
	void tokensAreCountedByWorkflowAndModel() {
		Agent agent = agent(this::answer, false);
		this.workflow.run("s1", "fusion", () -> agent.run("What is fusion?").content());
		this.workflow.run("s2", "fusion", () -> agent.run("What is fusion?").content());
		agent.run("What is fusion?");

		assertThat(tokens("value", "input")).isEqualTo(22);
		assertThat(tokens("value", "output")).isEqualTo(14);
		assertThat(tokens("none", "input")).isEqualTo(11);
	}

	private double tokens(String workflow, String type) {
		return this.meters.get("buddy.agent.tokens")
			.tags("buddy.workflow.id", workflow, "gen_ai.request.model", "scripted-1", "gen_ai.token.type", type)
			.counter()
			.count();
	}

	private static boolean within(Observation observation) {
		var one = parent(observation);
		while (one != null && !name(one).equals(CALL)) {
			one = parent(one);
		}
		return one != null;
	}

	private Flux<ChatResponse> answer(Prompt prompt) {
		Observation current = this.observed.current();
		if (current != null) {
			this.seenByModel.add(current);
		}
		return Flux.just(response("an answer"));
	}

	private static ChatResponse response(String text) {
		return new ChatResponse(List.of(new Generation(new AssistantMessage(text))),
				ChatResponseMetadata.builder().model("scripted-1").usage(new DefaultUsage(11, 7)).build());
	}

	private Agent agent(Function<Prompt, Flux<ChatResponse>> answers, boolean includeContent) {
		ScriptedChatModel model = new ScriptedChatModel(answers);
		Supplier<List<buddy.agent.AgentInterceptor>> interceptors = () -> List
			.of(new AgentObservations(this.observed.registry, null, includeContent), new AgentMetrics(this.meters));
		return new Agents(new ChatModels(() -> Map.of("model", model), () -> model),
				(chat) -> ChatClient.builder(chat, this.observed.registry, null, null), Clock.systemUTC(),
				new SimpleAsyncTaskExecutor("agent-"), interceptors)
			.named("researcher")
			.build();
	}

	private record ScriptedChatModel(Function<Prompt, Flux<ChatResponse>> answers) implements ChatModel {

		@Override
		public ChatOptions getOptions() {
			return ChatOptions.builder().model("scripted-1").build();
		}

		@Override
		public ChatResponse call(Prompt prompt) {
			return this.answers.apply(prompt).blockLast();
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			return Flux.defer(() -> this.answers.apply(prompt));
		}

	}

}
