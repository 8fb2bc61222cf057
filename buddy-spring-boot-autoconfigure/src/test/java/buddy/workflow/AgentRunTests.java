package buddy.workflow;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.run.Message;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.test.ScriptedAgents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Agents within runs: what stands in the run's record and what its listeners see.
 */
@Timeout(30)
class AgentRunTests {

	private final Recorded recorded = new Recorded();

	private final ScriptedAgents agents = new ScriptedAgents();

	private final Agent agent = this.agents.agents().named("a").history(5).build();

	@Test
	void callThatFailsStandsInTheRunsRecord() {
		this.agents.agent("a").fails(new IllegalStateException("down"));
		Asking asking = this.recorded.proxy(new Asking(this.agent));

		assertThatIllegalStateException().isThrownBy(() -> asking.run("s", "one")).withMessage("down");

		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.response().messages()).extracting(Message::content).containsExactly("one");
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "RunStarted", "RunError",
				"WorkflowError");
	}

	@Test
	void listenersSeeTheEventsOfABlockingCall() {
		this.agents.agent("a").replies("1");

		this.recorded.proxy(new Asking(this.agent)).run("s", "one");

		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "RunStarted", "RunResponseContent",
				"RunCompleted", "WorkflowCompleted");
	}

	@Test
	void callerOfAStreamGetsWhatTheBodyHandsOn() {
		this.agents.agent("a").replies("1");

		List<RunResponseEvent> events = this.recorded.proxy(new Streaming(this.agent, false))
			.run("s", "one")
			.collectList()
			.block();

		assertThat(events).extracting(RunResponseEvent::event)
			.containsExactly("WorkflowStarted", "RunResponseContent", "WorkflowCompleted");
		assertThat(this.recorded.eventNames()).contains("RunStarted", "RunCompleted");
	}

	@Test
	void questionAndPartOfTheAnswerOfACancelledRunAreInTheNextHistory() {
		this.agents.agent("a").answers((prompt) -> Flux.concat(Flux.just(chunk("Fus")), Flux.never())).replies("2");

		Streaming streaming = this.recorded.proxy(new Streaming(this.agent, true));
		streaming.run("s", "one").take(3).blockLast();
		WorkflowRun run = this.recorded.endedRun("s");
		streaming.run("s", "two").blockLast();

		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.response().messages()).extracting(Message::role, Message::content)
			.containsExactly(tuple("user", "one"), tuple("assistant", "Fus"));
		assertThat(this.agents.agent("a").prompts().get(1).getInstructions()).extracting((message) -> message.getText())
			.containsExactly("one", "Fus", "two");
	}

	@Test
	void callThatTheRunDoesNotWaitForIsRecordedAsFarAsItCame() {
		CompletableFuture<String> asked = new CompletableFuture<>();
		this.agents.agent("a").answers((prompt) -> {
			asked.complete("asked");
			return Flux.never();
		});

		this.recorded.proxy(new Leaving(this.agent, asked)).run("s");

		assertThat(this.recorded.onlyRun("s").response().messages())
			.extracting(Message::role, (message) -> message.additional().get("finish_reason"))
			.containsExactly(tuple("user", null), tuple("assistant", "cancelled"));
	}

	@Test
	void reasoningOfAllAgentsIsInTheRecordOfARunThatStreams() {
		this.agents.agent("a")
			.answers((prompt) -> Flux.just(thought("hm")))
			.answers((prompt) -> Flux.just(thought("so")));

		this.recorded.proxy(new Twice(this.agent)).run("s").blockLast();

		assertThat(this.recorded.onlyRun("s").response().reasoningContent()).isEqualTo("hm\n\nso");
	}

	@Test
	void characterThatIsSplitOverTwoPiecesOfTheRunComesWhole() {
		this.recorded.proxy(new Split()).run("s").blockLast();

		assertThat(this.recorded.events).filteredOn(RunResponseContent.class::isInstance)
			.extracting((event) -> ((RunResponseContent) event).content())
			.containsExactly("a", "\ud83d\ude00b");
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("a\ud83d\ude00b");
	}

	private static ChatResponse chunk(String text) {
		return new ChatResponse(List.of(new Generation(new AssistantMessage(text))));
	}

	private static ChatResponse thought(String reasoning) {
		return new ChatResponse(List.of(new Generation(
				AssistantMessage.builder().content("x").properties(java.util.Map.of("thinking", reasoning)).build())));
	}

	static class Asking extends Workflow {

		private final Agent agent;

		Asking(Agent agent) {
			this.agent = agent;
		}

		String run(@SessionId String sessionId, String question) {
			return this.agent.run(question).contentAsString();
		}

	}

	static class Streaming extends Workflow {

		private final Agent agent;

		private final boolean all;

		Streaming(Agent agent, boolean all) {
			this.agent = agent;
			this.all = all;
		}

		Flux<RunResponseEvent> run(@SessionId String sessionId, String question) {
			return this.all ? this.agent.stream(question)
					: Flux.just(RunResponseEvent.content(this.agent.run(question).contentAsString()));
		}

	}

	static class Leaving extends Workflow {

		private final Agent agent;

		private final CompletableFuture<String> asked;

		Leaving(Agent agent, CompletableFuture<String> asked) {
			this.agent = agent;
			this.asked = asked;
		}

		String run(@SessionId String sessionId) {
			this.agent.arun("one");
			return this.asked.join();
		}

	}

	static class Twice extends Workflow {

		private final Agent agent;

		Twice(Agent agent) {
			this.agent = agent;
		}

		Flux<RunResponseEvent> run(@SessionId String sessionId) {
			return this.agent.stream("one").concatWith(this.agent.stream("two"));
		}

	}

	static class Split extends Workflow {

		Flux<RunResponseEvent> run(@SessionId String sessionId) {
			assertThat(RunContext.current()).isNotNull();
			return Flux.just(RunResponseEvent.content("a\ud83d"), RunResponseEvent.content("\ude00b"));
		}

	}

}
