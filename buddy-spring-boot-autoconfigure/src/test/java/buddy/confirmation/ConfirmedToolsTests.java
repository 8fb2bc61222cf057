package buddy.confirmation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.agent.ToolCallGuard;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Question;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tools that have to be confirmed, in an application with a model that calls what it is
 * told to.
 */
class ConfirmedToolsTests {

	private static final String REFUSED = "The tool was not called, since a person has not confirmed it.";

	/** What the tools were called with. */
	private static final List<String> calls = Collections.synchronizedList(new ArrayList<>());

	private static final List<Prompt> prompts = Collections.synchronizedList(new ArrayList<>());

	private static TestApplication application;

	private static TestApplication without;

	@BeforeAll
	static void start() {
		String[] database = TestDatabase.H2.create();
		application = TestApplication.start(
				with(database, "buddy.agents.confirmation.tools=Pay,delete*,cashier/look",
						"buddy.agents.confirmation.role=BOSS", "buddy.agents.confirmation.expires-in=1h"),
				Workflows.class);
		without = TestApplication.start(database, Workflows.class);
	}

	private static String[] with(String[] database, String... more) {
		return Stream.of(database, more).flatMap(Stream::of).toArray(String[]::new);
	}

	@AfterAll
	static void stop() {
		application.close();
		without.close();
	}

	@BeforeEach
	void empty() {
		application.emptyRepository();
		calls.clear();
		prompts.clear();
	}

	@Test
	void toolIsCalledOnceAPersonHasConfirmedIt() {
		RunResponse asked = run("clerk", "pay");

		assertThat(asked.isPaused()).isTrue();
		assertThat(calls).isEmpty();
		Question question = questions().get(0);
		assertThat(question.question()).isEqualTo("agent:clerk/tool:pay/confirm:pay");
		assertThat(question.shown())
			.isEqualTo(Map.of("agent", "clerk", "tool", "pay", "arguments", Map.of("amount", 500)));
		assertThat(question.role()).isEqualTo("BOSS");
		assertThat(question.expiresAt()).isEqualTo(question.askedAt().plus(Duration.ofHours(1)));
		assertThat(question.schema()).extractingByKey("properties").asString().contains("approved", "note");

		StoredRun run = answered(question, new ToolConfirmation(true, null));

		assertThat(run.toResponse().content()).isEqualTo("pay: paid 500");
		assertThat(calls).containsExactly("pay 500");
		assertThat(prompts).hasSize(2);
		assertThat(run.toResponse().tools()).singleElement()
			.satisfies((tool) -> assertThat(tool.result()).isEqualTo("\"paid 500\""));
	}

	@Test
	void modelIsToldThatItsCallWasRefusedAndWhy() {
		run("clerk", "pay");

		StoredRun run = answered(questions().get(0), Map.of("approved", false, "note", "Too much."));

		assertThat(run.toResponse().content()).isEqualTo("pay: " + REFUSED + " Note: Too much.");
		assertThat(calls).isEmpty();
		assertThat(run.toResponse().tools()).singleElement()
			.satisfies((tool) -> assertThat(tool.result()).startsWith(REFUSED));
	}

	@Test
	void nobodyIsAskedAboutOtherTools() {
		assertThat(run("clerk", "look").contentAsString()).isEqualTo("look: seen");
		assertThat(run("cashier", "look").isPaused()).isTrue();
		assertThat(run("clerk", "deleteAll").isPaused()).isTrue();
		assertThat(calls).containsExactly("look");
	}

	@Test
	void eachCallIsConfirmedByItself() {
		run("clerk", "pay look pay");
		answer(questions().get(0), new ToolConfirmation(true, null));
		await().untilAsserted(() -> assertThat(questions()).hasSize(1)
			.extracting(Question::question)
			.containsExactly("agent:clerk/tool:pay#2/confirm:pay"));
		assertThat(calls).containsExactly("pay 500", "look");

		StoredRun run = answered(questions().get(0), new ToolConfirmation(false, ""));

		assertThat(run.toResponse().content()).isEqualTo("pay: paid 500, look: seen, pay: " + REFUSED);
		assertThat(calls).containsExactly("pay 500", "look");
	}

	@Test
	void callThatWasAskedAboutIsNotMadeWithoutAnAnswerWhereTheToolNeedsNoneAnyMore() {
		run("clerk", "pay");
		Question question = questions().get(0);
		StoredRun run = without.bean(WorkflowSessionRepository.class).findRun(question.runId()).orElseThrow();
		assertThat(run.status()).isEqualTo(RunStatus.PAUSED);

		without.bean(WorkflowRuns.class)
			.ofEverybody()
			.answer(question.runId(), question.question(), new ToolConfirmation(false, null));

		assertThat(awaited(question.runId()).toResponse().content()).isEqualTo("pay: " + REFUSED);
		assertThat(calls).isEmpty();
	}

	@Test
	void confirmedCallThatWasInterruptedIsMadeWithoutAskingAgain() throws Exception {
		run("clerk", "pay break");
		StoredRun failed = answered(questions().get(0), new ToolConfirmation(true, null));
		assertThat(failed.status()).isEqualTo(RunStatus.ERROR);

		String retried = application.bean(WorkflowRuns.class)
			.ofEverybody()
			.retry(failed.runId())
			.begun()
			.toCompletableFuture()
			.get();

		assertThat(awaited(retried).status()).isEqualTo(RunStatus.ERROR);
		assertThat(calls).containsExactly("pay 500", "break", "break");
		assertThat(questions()).isEmpty();
	}

	@Test
	void whereNobodyCanBeAskedTheToolIsNotCalled() {
		String why = "Tool 'pay' of agent 'clerk' has to be confirmed (buddy.agents.confirmation.tools), but nobody can be asked here";
		assertThatIllegalStateException().isThrownBy(() -> run("clerk", "in step")).withMessageStartingWith(why);
		assertThatIllegalStateException().isThrownBy(() -> run("clerk", "in stream")).withMessageStartingWith(why);
		Agent clerk = application.bean("clerk", Agent.class);
		assertThatIllegalStateException().isThrownBy(() -> clerk.run("pay")).withMessageStartingWith(why);
		assertThat(calls).isEmpty();
	}

	@Test
	void guardOfTheApplicationDecidesToo() {
		assertThat(run("clerk", "forbidden").contentAsString()).isEqualTo("forbidden: No.");
		assertThat(calls).isEmpty();
	}

	@Test
	void asynchronousCallIsConfirmedToo() {
		assertThat(run("clerk", "later").isPaused()).isTrue();

		StoredRun run = answered(questions().get(0), new ToolConfirmation(true, null));

		assertThat(run.toResponse().content()).isEqualTo("pay: paid 500");
	}

	private static RunResponse run(String agent, String what) {
		return application.bean(Desk.class).run(agent, what);
	}

	private static List<Question> questions() {
		return application.bean(WorkflowRuns.class)
			.ofEverybody()
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
	}

	private static void answer(Question question, Object answer) {
		application.bean(WorkflowRuns.class).ofEverybody().answer(question.runId(), question.question(), answer);
	}

	private static StoredRun answered(Question question, Object answer) {
		answer(question, answer);
		return awaited(question.runId());
	}

	private static StoredRun awaited(String runId) {
		WorkflowSessionRepository repository = application.bean(WorkflowSessionRepository.class);
		return await().until(() -> repository.findRun(runId).orElseThrow(), (run) -> run.status().isTerminal());
	}

	/** Calls its agents in several ways. */
	static class Desk extends Workflow {

		private final Map<String, Agent> agents;

		Desk(Map<String, Agent> agents) {
			super(WorkflowSettings.builder().workflowId("desk").build());
			this.agents = agents;
		}

		public RunResponse run(String agent, String what) {
			Agent asked = this.agents.get(agent);
			return switch (what) {
				case "in step" -> RunResponse.of(step("one", () -> asked.run("pay").contentAsString()));
				case "in stream" -> {
					Flux<RunResponseEvent> stream = asked.stream("pay");
					stream.blockLast();
					yield RunResponse.of("streamed");
				}
				case "later" -> asked.arun("pay").join();
				default -> RunResponse.of(asked.run(what).contentAsString());
			};
		}

	}

	static final class Tools {

		@Tool
		String pay(int amount) {
			calls.add("pay " + amount);
			return "paid " + amount;
		}

		@Tool
		String look() {
			calls.add("look");
			return "seen";
		}

		@Tool
		String deleteAll() {
			calls.add("deleteAll");
			return "deleted";
		}

		@Tool
		String forbidden() {
			calls.add("forbidden");
			return "done";
		}

		@Tool(name = "break")
		String breakOff() {
			calls.add("break");
			throw new AssertionError("broken");
		}

	}

	/**
	 * Calls the tools that the user names, one after the other, and tells what they said.
	 */
	static final class ObedientModel implements ChatModel {

		@Override
		public ChatOptions getOptions() {
			return ToolCallingChatOptions.builder().model("obedient").build();
		}

		@Override
		public ChatResponse call(Prompt prompt) {
			prompts.add(prompt);
			List<String> tools = Arrays.asList(prompt.getUserMessage().getText().split(" "));
			List<String> results = new ArrayList<>();
			for (Message message : prompt.getInstructions()) {
				if (message instanceof ToolResponseMessage response) {
					response.getResponses()
						.forEach((one) -> results.add(one.name() + ": " + one.responseData().replace("\"", "")));
				}
			}
			if (results.size() == tools.size()) {
				return said(new AssistantMessage(String.join(", ", results)));
			}
			String tool = tools.get(results.size());
			return said(AssistantMessage.builder()
				.content("")
				.toolCalls(List.of(new AssistantMessage.ToolCall("t" + results.size(), "function", tool,
						tool.equals("pay") ? "{\"amount\":500}" : "{}")))
				.build());
		}

		private static ChatResponse said(AssistantMessage message) {
			return new ChatResponse(List.of(new Generation(message)));
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			return Flux.just(call(prompt));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		ChatModel chatModel() {
			return new ObedientModel();
		}

		@Bean
		Agent clerk(Agents agents) {
			return agents.named("clerk").tools(new Tools()).build();
		}

		@Bean
		Agent cashier(Agents agents) {
			return agents.named("cashier").tools(new Tools()).build();
		}

		@Bean
		Desk desk(Map<String, Agent> agents) {
			return new Desk(agents);
		}

		@Bean
		ToolCallGuard policy() {
			return (agent, call, run) -> "forbidden".equals(call.toolName()) ? "No." : null;
		}

	}

}
