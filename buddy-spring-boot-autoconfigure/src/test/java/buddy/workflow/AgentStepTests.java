package buddy.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.agent.Agent;
import buddy.agent.AgentAnswerException;
import buddy.durable.StepFailedException;
import buddy.json.UnstorableValueException;
import buddy.run.Message;
import buddy.run.RunContext;
import buddy.run.RunFencedException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.ToolExecution;
import buddy.test.ScriptedAgents;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls of agents in runs whose process dies: what was recorded is not asked again.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class AgentStepTests {

	private final Durable durable = new Durable();

	private final ScriptedAgents agents = new ScriptedAgents(this.durable.clock);

	private final Agent plain = this.agents.agents().named("a").build();

	private Named acting;

	private final List<Object> seen = new CopyOnWriteArrayList<>();

	@Test
	void callThatWasRecordedIsNotMadeAgain() throws Exception {
		this.agents.agent("a").replies("1").replies("2");
		Named twice = this.durable.proxy(new Named("twice", (workflow) -> {
			RunResponse one = this.plain.run("one");
			this.seen.add(one);
			return one.contentAsString() + this.plain.run("two").contentAsString();
		}));
		String runId = this.durable.dyingAfter("agent:a").interrupted(twice::run);
		assertThat(this.durable.keys(runId)).containsExactly("agent:a");

		RunResponse response = resumed(runId);

		assertThat(response.content()).isEqualTo("12");
		assertThat(this.agents.agent("a").questions()).containsExactly("one", "two");
		assertThat(this.durable.keys(runId)).containsExactly("agent:a", "agent:a#2");
		RunResponse stored = stored(runId);
		assertThat(stored.messages()).extracting(Message::content).containsExactly("one", "1", "two", "2");
		assertThat((List<?>) stored.metrics().get("input_tokens")).hasSize(2);
	}

	@Test
	void recordedResponseEqualsTheFirst() throws Exception {
		Agent typed = this.agents.agents().named("typed").answerType(City.class).tools(new Tools()).build();
		this.agents.agent("typed")
			.callsTool("look", Map.of("n", 1.5))
			.replies("It is <b>this</b>: {\"name\":\"Ulm\",\"people\":3,\"more\":1}");
		Named named = this.durable.proxy(new Named("same", (workflow) -> {
			RunResponse response = typed.run("Which?");
			this.seen.add(response);
			workflow.callStep("last", () -> "x");
			return response.content();
		}));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);

		resumed(runId);

		assertThat(this.seen).hasSize(2);
		assertThat(this.seen.get(1)).isEqualTo(this.seen.get(0));
		assertThat(((RunResponse) this.seen.get(1)).content()).isEqualTo(new City("Ulm", 3));
		assertThat(stored(runId).tools()).extracting(ToolExecution::toolName).containsExactly("look");
		this.agents.verifyComplete();
	}

	@Test
	void callThatWasNotRecordedIsMadeOnceMore() throws Exception {
		this.agents.agent("a").replies("1").replies("1 again");
		Named one = this.durable.proxy(new Named("once", (workflow) -> this.plain.run("one").contentAsString()));
		String runId = this.durable.dyingBefore("agent:a").interrupted(one::run);

		assertThat(resumed(runId).content()).isEqualTo("1 again");
		assertThat(this.agents.agent("a").questions()).hasSize(2);
		assertThat(stored(runId).messages()).extracting(Message::content).containsExactly("one", "1 again");
	}

	@Test
	void neitherRequestsNorToolsBeforeACrashAreRepeated() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		for (int i = 1; i <= 5; i++) {
			this.agents.agent("w").callsTool("pay", Map.of("n", i));
		}
		this.agents.agent("w").replies("paid");
		Named loop = this.durable.proxy(new Named("loop", (workflow) -> worker.run("Pay all").contentAsString()));
		String runId = this.durable.dyingAfter("agent:w/tool:pay#3").interrupted(loop::run);
		assertThat(this.durable.calls).containsExactly("pay 1", "pay 2", "pay 3");
		assertThat(this.agents.agent("w").prompts()).hasSize(3);

		assertThat(resumed(runId).content()).isEqualTo("paid");

		assertThat(this.durable.calls).containsExactly("pay 1", "pay 2", "pay 3", "pay 4", "pay 5");
		assertThat(this.agents.agent("w").prompts()).hasSize(6);
		assertThat(stored(runId).tools()).extracting(ToolExecution::result)
			.containsExactly("\"paid 1\"", "\"paid 2\"", "\"paid 3\"", "\"paid 4\"", "\"paid 5\"");
		assertThat(stored(runId).messages()).hasSize(12);
		assertThat(this.durable.keys(runId)).hasSize(12)
			.contains("agent:w", "agent:w/model", "agent:w/model#6", "agent:w/tool:pay", "agent:w/tool:pay#5");
	}

	@Test
	void toolWhoseResultWasNotRecordedIsCalledAgainWithTheSameKey() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("key", Map.of()).replies("done");
		Named named = new Named("key", (workflow) -> worker.run("Pay").contentAsString());
		this.acting = named;
		Named bean = this.durable.proxy(named);
		String runId = this.durable.dyingBefore("agent:w/tool:key").interrupted(bean::run);

		assertThat(resumed(runId).content()).isEqualTo("done");
		assertThat(this.durable.calls).hasSize(2).containsOnly(runId + ":agent:w/tool:key");
		assertThat(this.agents.agent("w").prompts()).hasSize(2);
	}

	@Test
	void branchesOfAToolHaveKeysOfTheirOwn() {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("keys", Map.of()).replies("done");
		Named named = new Named("keys", (workflow) -> worker.run("Pay").contentAsString());
		this.acting = named;
		assertThat(this.durable.proxy(named).run()).isEqualTo("done");

		String tool = ":agent:w/tool:keys/pay[";
		assertThat(this.durable.calls).map((key) -> key.substring(key.indexOf(':')))
			.containsExactlyInAnyOrder(tool + "0]", tool + "1]");
	}

	@Test
	void modelIsToldTheSameOfAToolThatFailed() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("fail", Map.of()).callsTool("pay", Map.of("n", 1)).replies("done");
		Named named = this.durable.proxy(new Named("fails", (workflow) -> worker.run("Pay").contentAsString()));
		String runId = this.durable.dyingAfter("agent:w/tool:pay").interrupted(named::run);
		String before = this.agents.agent("w").prompts().get(1).getInstructions().toString();

		assertThat(resumed(runId).content()).isEqualTo("done");

		assertThat(this.durable.calls).containsExactly("fail", "pay 1");
		assertThat(this.agents.agent("w").prompts().get(2).getInstructions().toString()).contains("declined");
		assertThat(before).contains("declined");
		assertThat(stored(runId).tools()).extracting(ToolExecution::toolCallError).containsExactly(true, false);
	}

	@Test
	void changesThatAToolMakesToTheStateCountOnce() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("count", Map.of()).callsTool("count", Map.of()).replies("done");
		Named named = new Named("counts", (workflow) -> {
			worker.run("Count");
			workflow.callStep("last", () -> "x");
			return workflow.sessionState().get("n");
		});
		this.acting = named;
		Named bean = this.durable.proxy(named);
		String runId = this.durable.dyingAfter("agent:w/tool:count").interrupted(bean::run);
		this.durable.dyingAfter("last");
		assertThatExceptionOfType(java.util.concurrent.ExecutionException.class).isThrownBy(() -> resumed(runId))
			.withCauseInstanceOf(RunFencedException.class);
		this.durable.interrupted(() -> {
			throw new RunFencedException(runId, "died again");
		});

		assertThat(resumed(runId).content()).isEqualTo(2);
		assertThat(this.durable.calls).containsExactly("count", "count");
	}

	@Test
	void agentThatIsCalledByAToolIsAStepWithinIt() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("a").replies("asked");
		this.agents.agent("w").callsTool("ask", Map.of()).replies("done");
		Named named = this.durable.proxy(new Named("asks", (workflow) -> worker.run("Ask").contentAsString()));
		String runId = this.durable.dyingAfter("agent:w/tool:ask/agent:a").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo("done");
		assertThat(this.agents.agent("a").questions()).hasSize(1);
		assertThat(this.agents.agent("w").prompts()).hasSize(2);
	}

	@Test
	void runThatIsStoppedWithinAToolIsNotToldToTheModel() {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("swallow", Map.of()).replies("went on");
		this.agents.agent("a").replies("asked");
		Named named = this.durable.proxy(new Named("stops", (workflow) -> worker.run("Ask").contentAsString()));

		this.durable.fencedAfter("agent:w/tool:swallow/agent:a");
		assertThatExceptionOfType(RunFencedException.class).isThrownBy(named::run);

		assertThat(this.agents.agent("w").prompts()).hasSize(1);
	}

	@Test
	void asynchronousCallsTakeTheirPlacesWhereTheyAreMade() throws Exception {
		CountDownLatch second = new CountDownLatch(1);
		this.agents.agent("a").repliesWith((question) -> "to " + question).repliesWith((question) -> "to " + question);
		Agent slow = this.agents.agents().named("slow").build();
		this.agents.agent("slow").repliesWith((question) -> {
			await(second);
			return "slow " + question;
		});
		Named named = this.durable.proxy(new Named("async", (workflow) -> {
			CompletableFuture<RunResponse> one = slow.arun("one");
			CompletableFuture<RunResponse> two = this.plain.arun("two");
			two.join();
			second.countDown();
			String said = one.join().contentAsString() + two.join().contentAsString();
			return said + this.plain.run("three").contentAsString();
		}));
		String runId = this.durable.dyingAfter("agent:a#2").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo("slow oneto twoto three");
		assertThat(this.agents.agent("a").questions()).containsExactly("two", "three");
		assertThat(this.agents.agent("slow").questions()).containsExactly("one");
		assertThat(this.durable.steps(runId)).extracting((step) -> step.key() + "@" + step.head().position())
			.containsExactlyInAnyOrder("agent:slow@0", "agent:a@1", "agent:a#2@2");
	}

	@Test
	void streamIsHandedBackInOnePiece() throws Exception {
		this.agents.agent("a").streams("Fu", "si", "on");
		Named named = this.durable.proxy(new Named("streams", (workflow) -> {
			List<RunResponseEvent> events = this.plain.stream("one").collectList().block();
			this.seen.add(events.stream().map(RunResponseEvent::event).toList());
			this.seen.add(((RunResponseEvent.RunCompleted) events.get(events.size() - 1)).content());
			workflow.callStep("last", () -> "x");
			return "done";
		}));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);
		int before = this.durable.events.size();

		resumed(runId);

		assertThat(this.agents.agent("a").questions()).containsExactly("one");
		assertThat(this.seen).containsExactly(
				List.of("RunStarted", "RunResponseContent", "RunResponseContent", "RunResponseContent", "RunCompleted"),
				"Fusion", List.of("RunStarted", "RunResponseContent", "RunCompleted"), "Fusion");
		assertThat(stored(runId).messages()).extracting(Message::content).containsExactly("one", "Fusion");
		assertThat(this.durable.events.subList(before, this.durable.events.size())).extracting(RunResponseEvent::event)
			.doesNotContain("RunStarted", "RunResponseContent", "RunCompleted");
	}

	@Test
	void streamThatWasNotRecordedIsReadAgain() throws Exception {
		this.agents.agent("a").streams("1").streams("2");
		Named named = this.durable.proxy(new Named("again",
				(workflow) -> this.plain.streamBlocking("one")
					.filter(RunResponseEvent.RunResponseContent.class::isInstance)
					.map((event) -> (String) ((RunResponseEvent.RunResponseContent) event).content())
					.toList()));
		String runId = this.durable.dyingBefore("agent:a").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo(List.of("2"));
		assertThat(stored(runId).messages()).extracting(Message::content).containsExactly("one", "2");
	}

	@Test
	void toolOfAStreamIsNotCalledAgainAndWhatItDidToTheStateIs() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		this.agents.agent("w").callsTool("count", Map.of()).replies("done");
		Named named = new Named("counting-stream", (workflow) -> {
			worker.stream("Count").blockLast();
			workflow.callStep("last", () -> "x");
			return workflow.sessionState().get("n");
		});
		this.acting = named;
		Named bean = this.durable.proxy(named);
		String runId = this.durable.dyingAfter("last").interrupted(bean::run);
		assertThat(this.durable.keys(runId)).containsExactly("agent:w", "last");

		assertThat(resumed(runId).content()).isEqualTo(1);
		assertThat(this.durable.calls).containsExactly("count");
	}

	@Test
	void failureIsAnOutcome() throws Exception {
		this.agents.agent("a").fails(new IllegalArgumentException("down"));
		Agent typed = this.agents.agents().named("typed").answerType(City.class).answerRetries(0).build();
		this.agents.agent("typed").replies("no city");
		Named named = this.durable.proxy(new Named("failing", (workflow) -> {
			String what = "";
			try {
				this.plain.run("one");
			}
			catch (IllegalArgumentException | StepFailedException ex) {
				what += ex.getClass().getSimpleName();
			}
			try {
				typed.run("two");
			}
			catch (AgentAnswerException ex) {
				what += ", " + ex.agentName() + ex.answerType() + ex.answer();
				this.seen.add(ex.getMessage());
			}
			try {
				this.plain.stream("three").blockLast();
			}
			catch (RuntimeException ex) {
				what += ", " + ex.getClass().getSimpleName();
			}
			workflow.callStep("last", () -> "x");
			return what;
		}));
		this.agents.agent("a").fails(new IllegalStateException("down too"));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo("StepFailedException, typedCityno city, StepFailedException");
		this.agents.verifyComplete();
		assertThat(this.seen).hasSize(2);
		assertThat(this.seen.get(1)).isEqualTo(this.seen.get(0));
		assertThat(stored(runId).messages()).extracting(Message::role, Message::content)
			.contains(org.assertj.core.groups.Tuple.tuple("assistant", "no city"))
			.contains(org.assertj.core.groups.Tuple.tuple("user", "one"));
	}

	@Test
	void eachBranchHasItsOwnCalls() throws Exception {
		this.agents.agent("a").alwaysRepliesWith((question) -> "to " + question);
		Named named = this.durable.proxy(new Named("branches", (workflow) -> {
			List<String> said = workflow.branches("ask", List.of("x", "y", "z"),
					(item) -> this.plain.run(item).contentAsString() + this.plain.run(item + item).contentAsString());
			workflow.callStep("last", () -> "x");
			return said;
		}));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo(List.of("to xto xx", "to yto yy", "to zto zz"));
		assertThat(this.agents.agent("a").questions()).hasSize(6);
		assertThat(this.durable.keys(runId)).contains("ask[2]/agent:a#2").hasSize(7);
	}

	@Test
	void agentWithinTheBodyOfAStepIsNoStep() throws Exception {
		this.agents.agent("a").replies("1").replies("1 again");
		Named named = this.durable.proxy(new Named("inside",
				(workflow) -> workflow.callStep("ask", () -> this.plain.run("one").contentAsString())));
		String runId = this.durable.dyingBefore("ask").interrupted(named::run);
		assertThat(this.durable.keys(runId)).isEmpty();

		assertThat(resumed(runId).content()).isEqualTo("1 again");
		assertThat(this.durable.keys(runId)).containsExactly("ask");
	}

	@Test
	void recordOfTheRunHasWhatAgentsWithinStepsAndToolsSaid() throws Exception {
		Agent worker = this.agents.agents().named("w").tools(new Tools()).build();
		Agent own = this.agents.agents().journaled((prompt) -> this.plain.run(prompt), "own");
		this.agents.agent("a").alwaysRepliesWith((question) -> "to " + question);
		this.agents.agent("w").callsTool("ask", Map.of()).replies("w said");
		Named named = new Named("within", (workflow) -> {
			workflow.callStep("step", () -> this.plain.run("in a step").contentAsString());
			worker.run("use a tool");
			own.run("in a lambda");
			return workflow.callStep("last", () -> "x");
		});
		Named whole = this.durable.proxy(named);
		whole.run();
		List<Message> expected = stored(
				this.durable.repository.listRuns(buddy.session.RunQuery.all(), buddy.session.RunPage.first(1))
					.get(0)
					.runId())
			.messages();
		this.agents.agent("w").callsTool("ask", Map.of()).replies("w said");
		String runId = this.durable.dyingAfter("last").interrupted(whole::run);

		resumed(runId);

		assertThat(expected).extracting(Message::content).contains("to in a step", "to ?", "w said", "to in a lambda");
		assertThat(stored(runId).messages()).extracting(Message::content)
			.containsExactlyInAnyOrderElementsOf(expected.stream().map(Message::content).toList());
		this.agents.verifyComplete();
	}

	@Test
	void callsAreNoStepsWhereThatIsTurnedOff() {
		Durable off = new Durable(new DurableOptions(false, 0, java.time.Duration.ZERO, DurableOptions.Recovery.MARK,
				false, 5, DurableOptions.ChangedPrompt.WARN, DurableOptions.InTransaction.WARN));
		this.agents.agent("a").replies("1");
		Named named = off.proxy(
				new Named("off", (workflow) -> RunContext.current().runId() + this.plain.run("one").contentAsString()));
		String runId = ((String) named.run()).substring(0, 36);
		assertThat(off.keys(runId)).isEmpty();
	}

	@Test
	void anotherPromptIsLoggedOnce(CapturedOutput output) throws Exception {
		this.agents.agent("a").replies("1").replies("2");
		List<String> prompts = new ArrayList<>(List.of("one", "two", "three", "four"));
		Named named = this.durable.proxy(new Named("changing", (workflow) -> {
			String said = this.plain.run(prompts.remove(0)).contentAsString();
			said += this.plain.run(prompts.remove(0)).contentAsString();
			workflow.callStep("last", () -> "x");
			return said;
		}));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo("12");
		assertThat(output.toString().split("was given another prompt", -1)).hasSize(2);
		assertThat(output).contains("agent:a").contains("'changing'");
	}

	@Test
	void anotherPromptParksTheRunWhereThatIsAskedFor() {
		Durable strict = new Durable(new DurableOptions(true, 0, java.time.Duration.ZERO, DurableOptions.Recovery.MARK,
				false, 5, DurableOptions.ChangedPrompt.FAIL, DurableOptions.InTransaction.WARN));
		this.agents.agent("a").replies("1");
		List<String> prompts = new ArrayList<>(List.of("one", "two", "one"));
		Named named = strict.proxy(new Named("strict", (workflow) -> {
			String said = this.plain.run(prompts.remove(0)).contentAsString();
			workflow.callStep("last", () -> "x");
			return said;
		}));
		String runId = strict.dyingAfter("last").interrupted(named::run);

		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(strict.runs().resume(runId)))
			.withMessageContaining("another prompt");
		assertThat(strict.run(runId).status()).isEqualTo(RunStatus.ERROR);
		assertThat(strict.run(runId).error()).contains("step_mismatch");
	}

	@Test
	void journaledAgentOfOwnCodeIsAStep() throws Exception {
		Agent own = this.agents.agents().journaled((prompt) -> {
			this.durable.calls.add(prompt);
			return RunResponse.of("to " + prompt);
		}, "my/agent");
		Named named = this.durable.proxy(new Named("own", (workflow) -> {
			String said = own.run("one").contentAsString() + own.arun("two").join().contentAsString()
					+ own.stream("three").collectList().block().size();
			workflow.callStep("last", () -> "x");
			return said;
		}));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);

		assertThat(resumed(runId).content()).isEqualTo("to oneto two3");
		assertThat(this.durable.calls).containsExactly("one", "two", "three");
		assertThat(this.durable.keys(runId)).containsExactly("agent:my_agent", "agent:my_agent#2", "agent:my_agent#3",
				"last");
	}

	@Test
	void journaledAgentOfOwnCodeNamesTheTypeOfItsContent() throws Exception {
		Agent untyped = this.agents.agents().journaled((prompt) -> RunResponse.of(new City("Ulm", 3)), "own");
		Agent typed = this.agents.agents().journaled((prompt) -> RunResponse.of(new City("Ulm", 3)), "own", City.class);
		Named wrong = this.durable.proxy(new Named("wrong", (workflow) -> untyped.run("one").content()));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(wrong::run)
			.withMessageContaining("City.class");
		Named right = this.durable.proxy(new Named("right", (workflow) -> {
			City city = (City) typed.run("one").content();
			workflow.callStep("last", () -> "x");
			return city.name();
		}));
		Durable.ended(this.durable.runs().resume(this.durable.dyingAfter("last").interrupted(right::run)));
	}

	@Test
	void lambdaByItselfIsNoStep() throws Exception {
		Agent own = (prompt) -> {
			this.durable.calls.add(prompt);
			return RunResponse.of("to " + prompt);
		};
		Named named = this.durable.proxy(new Named("lambda", (workflow) -> {
			String said = own.run("one").contentAsString();
			return workflow.callStep("last", () -> said);
		}));
		resumed(this.durable.dyingAfter("last").interrupted(named::run));
		assertThat(this.durable.calls).containsExactly("one", "one");
	}

	@Test
	void textThatNoDatabaseCanStoreIsTheSameBothTimes() throws Exception {
		this.agents.agent("a").replies("nul \u0000 and half \ud83d");
		Named named = this.durable.proxy(new Named("odd", (workflow) -> {
			this.seen.add(this.plain.run("one"));
			workflow.callStep("last", () -> "x");
			return "done";
		}));
		resumed(this.durable.dyingAfter("last").interrupted(named::run));
		assertThat(this.seen).hasSize(2);
		assertThat(this.seen.get(1)).isEqualTo(this.seen.get(0));
	}

	@Test
	void namesOfAgentsMayHaveAnyCharacters() {
		Agent odd = this.agents.agents().named("über / #1 " + "x".repeat(110)).build();
		this.agents.anyAgent().replies("1");
		Named named = this.durable
			.proxy(new Named("names", (workflow) -> RunContext.current().runId() + odd.run("one").contentAsString()));
		String runId = ((String) named.run()).substring(0, 36);
		assertThat(this.durable.keys(runId)).singleElement()
			.asString()
			.startsWith("agent:über _ _1 xxx")
			.hasSizeLessThanOrEqualTo(128);
	}

	@Test
	void memoryIsThatOfTheBeginOfTheRun() throws Exception {
		Agent remembering = this.agents.agents().named("r").history(5).build();
		this.agents.agent("r").replies("0").replies("1").replies("other").replies("2").replies("2");
		Remembering workflow = this.durable.proxy(new Remembering(remembering));
		workflow.run("s", "zero", false);
		this.durable.clock.advance(java.time.Duration.ofSeconds(1));
		String runId = this.durable.dyingAfter("last").interrupted(() -> workflow.run("s", "one", true));
		this.durable.clock.advance(java.time.Duration.ofSeconds(1));
		workflow.run("s", "other", false);

		RunResponse response = resumed(runId);

		assertThat(response.content()).isEqualTo(1);
		assertThat(this.agents.agent("r").prompts().get(3).getInstructions()).extracting((message) -> message.getText())
			.containsExactly("zero", "0", "one", "1", "one more");
	}

	@Test
	void memoryIsClearedOnce() throws Exception {
		Named named = this.durable.proxy(new Named("clears", (workflow) -> {
			int deleted = workflow.memory().clear();
			workflow.callStep("last", () -> "x");
			return deleted;
		}));
		String runId = this.durable.dyingAfter("last").interrupted(named::run);
		assertThat(this.durable.keys(runId)).containsExactly("memory.clear", "last");
		assertThat(resumed(runId).content()).isEqualTo(0);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private RunResponse resumed(String runId) throws Exception {
		return Durable.ended(this.durable.runs().resume(runId));
	}

	private RunResponse stored(String runId) {
		return RunResponse.fromJson(this.durable.run(runId).response());
	}

	record City(String name, int people) {
	}

	static class Remembering extends Workflow {

		private final Agent agent;

		Remembering(Agent agent) {
			this.agent = agent;
		}

		public Object run(@SessionId String sessionId, String question, boolean more) {
			this.agent.run(question);
			if (more) {
				step("last", () -> "x");
				this.agent.run("one more");
			}
			return memory().runs().size();
		}

	}

	class Tools {

		@Tool
		String pay(int n) {
			AgentStepTests.this.durable.calls.add("pay " + n);
			return "paid " + n;
		}

		@Tool
		String look(double n) {
			return "seen " + n;
		}

		@Tool
		String key() {
			AgentStepTests.this.durable.calls.add(AgentStepTests.this.acting.key());
			return "k";
		}

		@Tool
		String keys() {
			AgentStepTests.this.acting.branches("pay", List.of("a", "b"),
					(item) -> AgentStepTests.this.durable.calls.add(AgentStepTests.this.acting.key()));
			return "k";
		}

		@Tool
		String fail() {
			AgentStepTests.this.durable.calls.add("fail");
			throw new IllegalStateException("declined");
		}

		@Tool
		String count() {
			AgentStepTests.this.durable.calls.add("count");
			AgentStepTests.this.acting.sessionState().increment("n", 1);
			return "ok";
		}

		@Tool
		String ask() {
			return AgentStepTests.this.plain.run("?").contentAsString();
		}

		@Tool
		String swallow() {
			try {
				return ask();
			}
			catch (Throwable ex) {
				throw new IllegalStateException("swallowed");
			}
		}

	}

}
