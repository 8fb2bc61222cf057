package buddy.agent;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.core.ParameterizedTypeReference;
import reactor.core.publisher.Flux;

import buddy.run.Message;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.ToolExecution;
import buddy.run.internal.CancellationSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(120)
class AgentTests {

	private final ScriptedChatModel model = new ScriptedChatModel();

	private final FakeRunContext run = new FakeRunContext();

	private final Agents agents = Agents.over(this.model);

	@Test
	void answerCarriesContentModelMessagesAndMetrics() {
		this.model.thenText("Fusion joins nuclei.");
		Agents agents = new Agents(new ChatModels(Map::of, () -> this.model), ChatClient::builder,
				Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC), Runnable::run);

		RunResponse response = agents.named("researcher")
			.id("r-1")
			.instructions("Answer {briefly}.")
			.build()
			.run("What is fusion?");

		assertThat(response.content()).isEqualTo("Fusion joins nuclei.");
		assertThat(response.contentType()).isEqualTo("str");
		assertThat(response.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(response.createdAt()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
		assertThat(response.model()).isEqualTo("scripted-1");
		assertThat(response.modelProvider()).isEqualTo("Scripted");
		assertThat(response.agentId()).isEqualTo("r-1");
		assertThat(response.agentName()).isEqualTo("researcher");
		assertThat(response.runId()).isNull();
		assertThat(response.metrics()).containsEntry("input_tokens", List.of(11))
			.containsEntry("output_tokens", List.of(7))
			.containsEntry("total_tokens", List.of(18));
		assertThat((List<?>) response.metrics().get("time")).singleElement().isInstanceOf(Double.class);
		Map<String, Object> agent = Map.of("agent_id", "r-1", "agent_name", "researcher");
		assertThat(response.messages()).containsExactly(new Message("system", "Answer {briefly}.", agent),
				new Message("user", "What is fusion?", agent), new Message("assistant", "Fusion joins nuclei.", agent));
		assertThat(RunResponse.fromJson(response.toJson())).isEqualTo(response);
	}

	@Test
	void modelAndOptionsGoOverThoseOfTheClient() {
		this.model.thenText("ok");
		Agents agents = new Agents(new ChatModels(Map::of, () -> this.model),
				(chatModel) -> ChatClient.builder(chatModel)
					.defaultOptions(ToolCallingChatOptions.builder().temperature(0.1).maxTokens(50)),
				Clock.systemUTC(), Runnable::run);

		RunResponse response = agents.named("a")
			.model("big-1")
			.options(ChatOptions.builder().temperature(0.9).build())
			.build()
			.run("hi");

		assertThat(response.model()).isEqualTo("big-1");
		ChatOptions sent = this.model.prompts.get(0).getOptions();
		assertThat(sent.getModel()).isEqualTo("big-1");
		assertThat(sent.getTemperature()).isEqualTo(0.9);
		assertThat(sent.getMaxTokens()).isEqualTo(50);
	}

	@Test
	void answerTypeGivesAnInstance() {
		this.model.thenText("```json\n{\"name\":\"Tokyo\",\"population\":37000000}\n```")
			.thenText("[{\"name\":\"Tokyo\",\"population\":1}]");

		RunResponse one = this.agents.named("a").instructions("Be exact.").answerType(City.class).build().run("Tokyo?");
		RunResponse list = this.agents.named("a").answerType(new ParameterizedTypeReference<List<City>>() {
		}).build().run("Cities?");

		assertThat(one.content()).isEqualTo(new City("Tokyo", 37_000_000));
		assertThat(one.contentType()).isEqualTo("City");
		assertThat(list.content()).isEqualTo(List.of(new City("Tokyo", 1)));
		assertThat(this.model.prompts.get(0).getSystemMessage().getText()).startsWith("Be exact.\n\n")
			.contains("\"population\"");
		assertThat(this.model.prompts.get(0).getUserMessage().getText()).isEqualTo("Tokyo?");
	}

	@Test
	void answerThatDoesNotFitNamesAgentTypeAndAnswer() {
		this.model.thenText("I would rather not say.").thenText("");
		Agent agent = this.agents.named("geographer").answerType(City.class).answerRetries(0).build();

		assertThatExceptionOfType(AgentAnswerException.class).isThrownBy(() -> agent.run("Tokyo?"))
			.withMessageContaining("'geographer'")
			.withMessageContaining("City")
			.withMessageContaining("'I would rather not say.'")
			.satisfies((ex) -> assertThat(ex.answer()).isEqualTo("I would rather not say."));
		assertThatExceptionOfType(AgentAnswerException.class).isThrownBy(() -> agent.run("Tokyo?"))
			.withMessageContaining("answered nothing");
	}

	@Test
	void toolsAreCalledAndTakenDown() {
		this.model.thenToolCall("c1", "weather", "{\"city\":\"Tokyo\"}").thenText("It is sunny.");

		RunResponse response = within(this.run,
				() -> this.agents.named("a").tools(new Weather()).build().run("Weather?"));

		assertThat(response.content()).isEqualTo("It is sunny.");
		assertThat(response.tools()).containsExactly(new ToolExecution("c1", "weather", Map.of("city", "Tokyo"),
				"\"sunny in Tokyo, run run-1\"", false, Map.of()));
		assertThat(response.messages()).extracting(Message::role)
			.containsExactly("user", "assistant", "tool", "assistant");
		assertThat(response.messages().get(1).additional().get("tool_calls")).isEqualTo(List.of(Map.of("id", "c1",
				"type", "function", "function", Map.of("name", "weather", "arguments", "{\"city\":\"Tokyo\"}"))));
		assertThat(response.messages().get(2).additional()).containsEntry("tool_call_id", "c1")
			.containsEntry("tool_name", "weather");
		assertThat(response.metrics()).containsEntry("input_tokens", List.of(11, 11));
	}

	@Test
	void failedToolIsTakenDownAndToldToTheModel() {
		this.model.thenToolCall("c1", "broken", "{}").thenText("Sorry.");

		RunResponse response = this.agents.named("a").tools(new Weather()).build().run("Weather?");

		assertThat(response.content()).isEqualTo("Sorry.");
		assertThat(response.tools())
			.containsExactly(new ToolExecution("c1", "broken", Map.of(), "no satellite", true, Map.of()));
		assertThat(response.messages().get(2).content()).isEqualTo("no satellite");
	}

	@Test
	void toolThatAnswersDirectlyEndsTheCall() {
		this.model.thenToolCall("c1", "direct", "{}");

		RunResponse response = this.agents.named("a").tools(new Weather()).build().run("Weather?");

		assertThat(response.content()).isEqualTo("\"fine\"");
		assertThat(response.messages()).extracting(Message::role).containsExactly("user", "assistant", "tool");
	}

	@Test
	void toolsOnAModelThatCannotCallAnyAreRefused() {
		ChatModel plain = (prompt) -> new ChatResponse(List.of(new Generation(new AssistantMessage("hi"))));

		assertThat(Agents.over(plain).named("a").build().run("hi").content()).isEqualTo("hi");
		assertThatIllegalStateException()
			.isThrownBy(() -> Agents.over(plain).named("a").tools(new Weather()).build().run("hi"))
			.withMessageContaining("Agent 'a' has tools");
	}

	@Test
	void objectWithoutToolMethodsIsRefusedWhenAdded() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.agents.named("a").tools("no tool"))
			.withMessageContaining("No @Tool annotated methods found in no tool");
	}

	@Test
	void runInProgressGetsTheAnswerAndItsIds() {
		this.model.thenText("hi");

		RunResponse response = within(this.run, () -> this.agents.named("a").build().run("hello"));

		assertThat(response.runId()).isEqualTo("run-1");
		assertThat(response.sessionId()).isEqualTo("session-1");
		assertThat(response.workflowId()).isEqualTo("research");
		assertThat(this.run.recorded).containsExactly(response);
	}

	@Test
	void historyIsSentOldestFirstAndNotTakenDownAgain() {
		this.model.thenToolCall("c1", "weather", "{\"city\":\"Tokyo\"}")
			.thenText("It is sunny.")
			.thenText("You asked of Tokyo.");
		Agent agent = this.agents.named("a").instructions("Be brief.").tools(new Weather()).history(3).build();

		RunResponse second = within(this.run, () -> {
			agent.run("Weather in Tokyo?");
			return agent.run("What did I ask?");
		});

		assertThat(this.run.historyAskedFor).containsExactly("a/3", "a/3");
		assertThat(this.model.prompts.get(2).getInstructions())
			.extracting((message) -> message.getMessageType() + ": " + message.getText())
			.containsExactly("SYSTEM: Be brief.", "USER: Weather in Tokyo?", "ASSISTANT: It is sunny.",
					"USER: What did I ask?");
		assertThat(second.messages()).extracting(Message::content)
			.containsExactly("Be brief.", "What did I ask?", "You asked of Tokyo.");
	}

	@Test
	void historyIsNotAskedForUnlessWanted() {
		this.model.thenText("hi");

		within(this.run, () -> this.agents.named("a").build().run("hello"));

		assertThat(this.run.historyAskedFor).isEmpty();
	}

	@Test
	void cancelledRunAsksNoModel() {
		CancellationSource.of(this.run.cancellation()).cancel("the user left");

		assertThatExceptionOfType(RunCancelledException.class)
			.isThrownBy(() -> within(this.run, () -> this.agents.named("a").build().run("hello")))
			.withMessageContaining("the user left");
		assertThat(this.model.prompts).isEmpty();
	}

	@Test
	void runCancelledInAToolAsksTheModelNoMore() {
		this.model.thenToolCall("c1", "cancel", "{}").thenText("never");

		assertThatExceptionOfType(RunCancelledException.class)
			.isThrownBy(() -> within(this.run, () -> this.agents.named("a").tools(new Weather()).build().run("hello")));
		assertThat(this.model.prompts).hasSize(1);
		assertThat(this.run.recorded).singleElement().satisfies((response) -> {
			assertThat(response.status()).isEqualTo(RunStatus.CANCELLED);
			assertThat(response.tools()).extracting(ToolExecution::result).containsExactly("\"cancelled\"");
			assertThat(response.messages()).extracting(Message::role)
				.containsExactly("user", "assistant", "tool", "assistant");
		});
	}

	@Test
	void cancellationThatAToolThrowsIsNotToldToTheModel() {
		this.model.thenToolCall("c1", "cancelledInside", "{}").thenText("never");

		assertThatExceptionOfType(RunCancelledException.class)
			.isThrownBy(() -> this.agents.named("a").tools(new Weather()).build().run("hello"));
	}

	@Test
	void failureOfTheModelComesOutAsItIs() {
		IllegalStateException failure = new IllegalStateException("model is down");
		this.model.thenFail(failure).thenFail(failure);
		Agent agent = this.agents.named("a").build();

		assertThatIllegalStateException().isThrownBy(() -> within(this.run, () -> agent.run("hello")))
			.satisfies((ex) -> assertThat(ex).isSameAs(failure));
		assertThat(agent.arun("hello")).failsWithin(30, TimeUnit.SECONDS)
			.withThrowableThat()
			.havingCause()
			.satisfies((ex) -> assertThat(ex).isSameAs(failure));
		assertThat(this.run.recorded).singleElement().satisfies((response) -> {
			assertThat(response.status()).isEqualTo(RunStatus.ERROR);
			assertThat(response.messages()).extracting(Message::content).containsExactly("hello");
		});
	}

	@Test
	void asynchronousCallSeesTheRun() throws Exception {
		this.model.thenToolCall("c1", "weather", "{\"city\":\"Tokyo\"}").thenText("It is sunny.");
		Agent agent = this.agents.named("a").tools(new Weather()).build();

		RunResponse response = within(this.run, () -> agent.arun("hello")).get(30, TimeUnit.SECONDS);

		assertThat(response.tools().get(0).result()).contains("run run-1");
		assertThat(this.run.recorded).containsExactly(response);
	}

	@Test
	void asynchronousCallEndsWhenTheRunIsCancelled() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		this.model.then((prompt) -> {
			asked.countDown();
			await(answer);
			return Flux.just(ScriptedChatModel.text("late"));
		});

		CompletableFuture<RunResponse> future = within(this.run, () -> this.agents.named("a").build().arun("hello"));
		await(asked);
		CancellationSource.of(this.run.cancellation()).cancel("stop");

		assertThatExceptionOfType(CompletionException.class).isThrownBy(future::join)
			.withCauseInstanceOf(RunCancelledException.class);
		answer.countDown();
		assertThat(this.run.recorded)
			.allSatisfy((response) -> assertThat(response.status()).isEqualTo(RunStatus.CANCELLED));
	}

	@Test
	void interruptedCallerGivesUpTheModelCallAndStaysInterrupted() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch givenUp = new CountDownLatch(1);
		this.model.then((prompt) -> Flux.defer(() -> {
			asked.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				givenUp.countDown();
			}
			return Flux.empty();
		}));
		Agent agent = this.agents.named("a").build();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread caller = new Thread(() -> {
			try {
				within(this.run, () -> agent.run("hi"));
			}
			catch (Throwable ex) {
				failure.set(ex);
				interrupted.set(Thread.currentThread().isInterrupted());
			}
		});
		caller.start();
		asked.await();
		caller.interrupt();
		caller.join();
		assertThat(failure.get()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("interrupted while it waited for a model")
			.hasMessageContaining("run-1")
			.hasMessageContaining("research");
		assertThat(interrupted).isTrue();
		givenUp.await();
	}

	@Test
	void cancelledFutureLetsNoFurtherModelCallBegin() {
		List<Runnable> tasks = new ArrayList<>();
		Agents agents = new Agents(new ChatModels(Map::of, () -> this.model), ChatClient::builder, Clock.systemUTC(),
				tasks::add);
		this.model.thenText("never");

		CompletableFuture<RunResponse> future = agents.named("a").build().arun("hello");
		assertThat(future.cancel(true)).isTrue();
		tasks.forEach(Runnable::run);

		assertThat(future).isCancelled();
		assertThat(this.model.prompts).isEmpty();
	}

	@Test
	void namesAreChecked() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.agents.named(" ")).withMessageContaining("'name'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.agents.named("x".repeat(129)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.agents.named("a").id(""))
			.withMessageContaining("'id'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.agents.named("a").history(-1));
		assertThat(this.agents.named("x".repeat(128)).build()).isNotNull();
	}

	static <T> T within(@Nullable RunContext context, Callable<T> body) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
			return body.call();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	record City(String name, int population) {
	}

	static class Weather {

		@Tool(description = "Tells the weather of a city.")
		String weather(String city) {
			RunContext context = RunContext.current();
			return "sunny in " + city + ((context != null) ? ", run " + context.runId() : "");
		}

		@Tool(description = "Fails.")
		String broken() {
			throw new IllegalStateException("no satellite");
		}

		@Tool(description = "Answers directly.", returnDirect = true)
		String direct() {
			return "fine";
		}

		@Tool(description = "Cancels the run.")
		String cancel() {
			CancellationSource.of(RunContext.current().cancellation()).cancel("from a tool");
			return "cancelled";
		}

		@Tool(description = "Is inside of a cancelled run.")
		String cancelledInside() {
			throw new RunCancelledException("other", "stop");
		}

	}

}
