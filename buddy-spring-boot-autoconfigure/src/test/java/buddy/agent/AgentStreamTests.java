package buddy.agent;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.tool.annotation.Tool;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import buddy.agent.AgentTests.City;
import buddy.agent.AgentTests.Weather;
import buddy.run.EventHeader;
import buddy.run.Message;
import buddy.run.RunCancelledException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCompleted;
import buddy.run.RunResponseEvent.RunError;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.RunResponseEvent.ToolCallStarted;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(120)
class AgentStreamTests {

	private final ScriptedChatModel model = new ScriptedChatModel();

	private final FakeRunContext run = new FakeRunContext();

	private final Agents agents = Agents.over(this.model);

	@Test
	void eventsComeInOrderAndTheAnswerIsRecorded() {
		this.model.thenText("Fusion ", "joins ", "nuclei.");

		List<RunResponseEvent> events = AgentTests
			.within(this.run, () -> this.agents.named("writer").build().stream("Fusion?"))
			.collectList()
			.block();

		assertThat(events).extracting(RunResponseEvent::event)
			.containsExactly("RunStarted", "RunResponseContent", "RunResponseContent", "RunResponseContent",
					"RunCompleted");
		assertThat(events.get(0)).isInstanceOfSatisfying(RunStarted.class, (started) -> {
			assertThat(started.model()).isEqualTo("scripted-1");
			assertThat(started.modelProvider()).isEqualTo("Scripted");
		});
		assertThat(events.get(4)).isInstanceOfSatisfying(RunCompleted.class,
				(completed) -> assertThat(completed.content()).isEqualTo("Fusion joins nuclei."));
		EventHeader header = events.get(1).header();
		assertThat(
				List.of(header.agentId(), header.agentName(), header.runId(), header.sessionId(), header.workflowId()))
			.containsExactly("writer", "writer", "run-1", "session-1", "research");
		assertThat(header.createdAt()).isNotNull();
		assertThat(this.run.recorded).singleElement().satisfies((response) -> {
			assertThat(response.content()).isEqualTo("Fusion joins nuclei.");
			assertThat(response.metrics()).containsEntry("input_tokens", List.of(11));
			assertThat(response.messages()).hasSize(2);
		});
	}

	@Test
	void answerTypeGivesAnInstanceAtTheEnd() {
		this.model.thenText("{\"name\":\"Tokyo\",", "\"population\":1}");

		RunResponseEvent last = this.agents.named("a").answerType(City.class).build().stream("?").blockLast();

		assertThat(last).isInstanceOfSatisfying(RunCompleted.class, (completed) -> {
			assertThat(completed.content()).isEqualTo(new City("Tokyo", 1));
			assertThat(completed.contentType()).isEqualTo("City");
		});
		assertThat(this.model.prompts.get(0).getSystemMessage().getText()).contains("\"population\"");
	}

	@Test
	void toolCallsComeBetweenTheTextAndSeeTheRun() {
		this.model.then((prompt) -> Flux.just(ScriptedChatModel.text("Let me look."),
				ScriptedChatModel.toolCall("c1", "weather", "{\"city\":\"Tokyo\"}")))
			.thenText("It is ", "sunny.");

		List<RunResponseEvent> events = AgentTests
			.within(this.run, () -> this.agents.named("a").tools(new Weather()).build().stream("?"))
			.subscribeOn(Schedulers.parallel())
			.collectList()
			.block();

		assertThat(events).extracting(RunResponseEvent::event)
			.containsExactly("RunStarted", "RunResponseContent", "ToolCallStarted", "ToolCallCompleted",
					"RunResponseContent", "RunResponseContent", "RunCompleted");
		assertThat(events.get(2)).isInstanceOfSatisfying(ToolCallStarted.class, (started) -> {
			assertThat(started.tool().toolCallId()).isEqualTo("c1");
			assertThat(started.tool().result()).isNull();
		});
		assertThat(events.get(3)).isInstanceOfSatisfying(ToolCallCompleted.class, (completed) -> {
			assertThat(completed.tool().toolCallError()).isFalse();
			assertThat(completed.content()).isEqualTo("\"sunny in Tokyo, run run-1\"");
		});
		assertThat(events.get(6)).isInstanceOfSatisfying(RunCompleted.class,
				(completed) -> assertThat(completed.content()).isEqualTo("It is sunny."));
		assertThat(this.run.recorded).singleElement().satisfies((response) -> assertThat(response.tools()).hasSize(1));
	}

	@Test
	void failureIsAnEventAndThenTheVeryError() {
		IllegalStateException failure = new IllegalStateException("model is down");
		this.model.then((prompt) -> Flux.concat(Flux.just(ScriptedChatModel.text("Fus")), Flux.error(failure)));

		StepVerifier.create(AgentTests.within(this.run, () -> this.agents.named("a").build().stream("?")))
			.expectNextMatches(RunStarted.class::isInstance)
			.expectNextMatches(RunResponseContent.class::isInstance)
			.expectNextMatches((event) -> event instanceof RunError error && "model is down".equals(error.content()))
			.verifyErrorSatisfies((ex) -> assertThat(ex).isSameAs(failure));
		assertRecorded(RunStatus.ERROR, "error");
	}

	private void assertRecorded(RunStatus status, String finishReason) {
		assertThat(this.run.recorded).singleElement().satisfies((response) -> {
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.finishReason()).isEqualTo(finishReason);
			assertThat(response.messages()).extracting(Message::content).containsExactly("?", "Fus");
			assertThat(response.messages().get(1).additional()).containsEntry("finish_reason", finishReason);
		});
	}

	@Test
	void missingModelIsAnEventAndAnError() {
		Agents none = new Agents(new ChatModels(java.util.Map::of, () -> null),
				org.springframework.ai.chat.client.ChatClient::builder, java.time.Clock.systemUTC(), Runnable::run);

		StepVerifier.create(none.named("a").build().stream("?"))
			.expectNextMatches(RunError.class::isInstance)
			.verifyErrorMessage(
					"Agent 'a' has no chat model, since the application has no ChatModel bean: add a Spring AI "
							+ "starter, such as org.springframework.ai:spring-ai-starter-model-openai, and its API key, or "
							+ "declare a ChatModel bean");
	}

	@Test
	void cancelledSubscriptionCancelsTheModelAndRecordsWhatCame() {
		Sinks.Many<ChatResponse> chunks = Sinks.many().unicast().onBackpressureBuffer();
		CountDownLatch cancelled = new CountDownLatch(1);
		this.model.then((prompt) -> chunks.asFlux().doOnCancel(cancelled::countDown));
		chunks.tryEmitNext(ScriptedChatModel.text("Fus"));

		StepVerifier.create(AgentTests.within(this.run, () -> this.agents.named("a").build().stream("?")))
			.expectNextCount(2)
			.thenCancel()
			.verify();

		AgentTests.await(cancelled);
		assertRecorded(RunStatus.CANCELLED, "cancelled");
	}

	@Test
	void cancelledRunCancelsTheModel() {
		CountDownLatch cancelled = new CountDownLatch(1);
		this.model.then((prompt) -> Flux.concat(Flux.just(ScriptedChatModel.text("Fus")), Flux.<ChatResponse>never())
			.doOnCancel(cancelled::countDown));

		StepVerifier.create(AgentTests.within(this.run, () -> this.agents.named("a").build().stream("?")))
			.expectNextCount(2)
			.then(() -> CancellationSource.of(this.run.cancellation()).cancel("the user left"))
			.expectNextMatches((event) -> event.toMap().get("event").equals("RunCancelled")
					&& event.toMap().get("reason").equals("the user left"))
			.verifyError(RunCancelledException.class);

		AgentTests.await(cancelled);
	}

	@Test
	void streamOfACancelledRunAsksNoModel() {
		CancellationSource.of(this.run.cancellation()).cancel("stop");

		StepVerifier.create(AgentTests.within(this.run, () -> this.agents.named("a").build().stream("?")))
			.expectNextCount(1)
			.verifyError(RunCancelledException.class);
		assertThat(this.model.prompts).isEmpty();
	}

	@Test
	void toolAtWorkIsNotInterruptedByACancel() {
		SlowTool tool = new SlowTool();
		this.model.thenToolCall("c1", "slow", "{}").thenText("never");

		AtomicReference<reactor.core.Disposable> subscription = new AtomicReference<>();
		subscription.set(this.agents.named("a").tools(tool).build().stream("?").subscribe());
		AgentTests.await(tool.entered);
		subscription.get().dispose();
		tool.goOn.countDown();
		AgentTests.await(tool.left);

		assertThat(tool.interrupted).isFalse();
		assertThat(this.model.prompts).hasSize(1);
	}

	@Test
	void chunksAreAskedForAsEventsAre() {
		AtomicInteger given = new AtomicInteger();
		this.model.then((prompt) -> Flux.range(0, 100_000).map((i) -> {
			given.incrementAndGet();
			return ScriptedChatModel.text("x");
		}));

		StepVerifier.create(this.agents.named("a").build().stream("?"), 3).expectNextCount(3).thenCancel().verify();

		assertThat(given).hasValueLessThanOrEqualTo(1024); // Spring AI prefetches some
	}

	@Test
	void eachSubscriptionIsACall() {
		this.model.thenText("one").thenText("two");
		Flux<RunResponseEvent> events = this.agents.named("a").build().stream("?");
		assertThat(this.model.prompts).isEmpty();

		assertThat(events.blockLast().toMap()).containsEntry("content", "one");
		assertThat(events.blockLast().toMap()).containsEntry("content", "two");
	}

	@Test
	void blockingStreamAsksOnTheFirstPullAndCancelsWhenClosed() {
		CountDownLatch cancelled = new CountDownLatch(1);
		this.model.then((prompt) -> Flux.concat(Flux.just(ScriptedChatModel.text("Fus")), Flux.<ChatResponse>never())
			.doOnCancel(cancelled::countDown));

		try (Stream<RunResponseEvent> events = this.agents.named("a").build().streamBlocking("?")) {
			assertThat(this.model.prompts).isEmpty();
			Iterator<RunResponseEvent> iterator = events.iterator();
			assertThat(iterator.next()).isInstanceOf(RunStarted.class);
			assertThat(iterator.next()).isInstanceOf(RunResponseContent.class);
		}

		AgentTests.await(cancelled);
	}

	@Test
	void blockingStreamThatNobodyReadsAsksNoModel() {
		this.agents.named("a").build().streamBlocking("?").close();

		assertThat(this.model.prompts).isEmpty();
	}

	@Test
	void blockingStreamThrowsTheVeryError() {
		IllegalStateException failure = new IllegalStateException("model is down");
		this.model.thenFail(failure);

		try (Stream<RunResponseEvent> events = this.agents.named("a").build().streamBlocking("?")) {
			assertThatIllegalStateException().isThrownBy(events::toList)
				.satisfies((ex) -> assertThat(ex).isSameAs(failure));
		}
	}

	@Test
	void lambdaStandsInForAnAgent() throws Exception {
		Agent stub = (prompt) -> RunResponse.of("facts about " + prompt);

		assertThat(stub.arun("fusion").get(30, TimeUnit.SECONDS).content()).isEqualTo("facts about fusion");
		try (Stream<String> events = stub.streamBlocking("fusion").map((event) -> event.event())) {
			assertThat(events).containsExactly("RunStarted", "RunResponseContent", "RunCompleted");
		}
	}

	static class SlowTool {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		final CountDownLatch left = new CountDownLatch(1);

		final AtomicBoolean interrupted = new AtomicBoolean();

		@Tool(description = "Takes its time.")
		String slow() {
			this.entered.countDown();
			try {
				this.goOn.await(30, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				this.interrupted.set(true);
			}
			this.left.countDown();
			return "done";
		}

	}

}
