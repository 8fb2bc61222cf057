package buddy.test.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ByteArrayResource;

import buddy.agent.Agent;
import buddy.test.RecordedRun;
import buddy.test.Replays;
import buddy.test.ScriptedAgents;
import buddy.test.TestWorkflows;
import buddy.web.StepDocuments;
import buddy.workflow.RunStep;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Replays of runs from the answer of the route, without the store in which they ran.
 */
class ReplaysTests {

	private final TestWorkflows workflows = new TestWorkflows();

	private final List<String> effects = new CopyOnWriteArrayList<>();

	private String effect(String name) {
		this.effects.add(name);
		return name + " done";
	}

	/** The code that runs have recorded. */
	private Object old(Order steps) {
		return steps.call("reserve", () -> effect("reserve")) + ", " + steps.call("charge", () -> effect("charge"));
	}

	private RecordedRun recorded(Function<Order, Object> code) {
		this.workflows.proxy(new Order("order", code)).run();
		this.effects.clear();
		return last("order");
	}

	private RecordedRun last(String workflowId) {
		return this.workflows.runs()
			.all()
			.stream()
			.filter((run) -> run.run().workflowId().equals(workflowId))
			.reduce((first, second) -> second)
			.orElseThrow();
	}

	private static String document(RecordedRun run) {
		return StepDocuments.of(run.run(), run.steps());
	}

	private Replays order(Function<Order, Object> code) {
		return Replays.of(new Order("order", code));
	}

	@Test
	void sameCodePassesAndCallsNothing() {
		String json = document(recorded(this::old));
		assertThat(order(this::old).from(json).verify().next()).isNull();
		assertThat(this.effects).isEmpty();
	}

	@Test
	void replayEndsWhereTheStepsEnd() {
		Order order = this.workflows.proxy(new Order("order", this::old));
		String runId = this.workflows.crashes().crashAfter("reserve").in(order::run);
		String json = document(this.workflows.runs().find(runId));
		this.effects.clear();
		assertThat(order((steps) -> {
			String all = steps.call("reserve", () -> effect("reserve")) + steps.call("pay", () -> effect("pay"));
			effect("after the end");
			return all;
		}).from(json).verify().next()).isEqualTo("pay");
		assertThat(this.effects).isEmpty();
	}

	@Test
	void firstDifferenceIsToldWithBothNames() {
		String json = document(recorded(this::old));
		assertFails(
				() -> order((steps) -> steps.call("reserve", () -> effect("reserve"))
						+ steps.call("collect", () -> effect("collect")))
					.from(json)
					.verify(),
				"'charge'", "'collect'", "place 2");
		assertFails(() -> order((steps) -> steps.call("check", () -> effect("check")) + old(steps)).from(json).verify(),
				"'reserve'", "'check'", "place 1");
		assertFails(() -> order((steps) -> steps.call("reserve", () -> effect("reserve"))).from(json).verify(),
				"'charge'", "not reached");
		assertThat(this.effects).isEmpty();
	}

	@Test
	void codeThatFailsBeforeTheEndOfTheStepsIsADifference() {
		String json = document(recorded(this::old));
		assertFails(() -> order((steps) -> {
			steps.call("reserve", () -> effect("reserve"));
			throw new IllegalStateException("broken");
		}).from(json).verify(), "'charge'", "not reached", "broken");
	}

	@Test
	void resultThatCannotBeReadAnyMoreIsADifference() {
		String json = document(recorded((steps) -> steps.call("charge", Bill.class, () -> new Bill("A-1", 5))));
		assertThat(order((steps) -> steps.call("charge", Bill.class, () -> new Bill("A-1", 5))).from(json)
			.verify()
			.matches()).isTrue();
		assertFails(() -> order((steps) -> steps.call("charge", Integer.class, () -> 5)).from(json).verify(), "charge",
				"Integer");
	}

	@Test
	void resultsKeepTheirValues() {
		record Row(String name, Object value) {
		}
		List<Row> rows = List.of(new Row("int", 7), new Row("double", 1.0E10), new Row("text", "é\u0001\""),
				new Row("list", List.of(1, 2.5, Map.of("x", "y"))), new Row("flag", true));
		Function<Order, Object> code = (steps) -> {
			rows.forEach((row) -> {
				Object found = steps.call(row.name(), row::value);
				if (!row.value().equals(found)) {
					throw new IllegalStateException(row + " is " + found);
				}
				steps.call("null after " + row.name(), () -> null);
			});
			return steps.call("end", () -> "end");
		};
		String json = document(recorded(code));
		assertThat(order(code).from(json).verify().matches()).isTrue();
	}

	@Test
	void newCodeThatIsGuardedPasses() {
		String json = document(recorded(this::old));
		assertThat(order((steps) -> {
			if (steps.isChanged("fraud-check")) {
				steps.call("check", () -> effect("check"));
			}
			return old(steps);
		}).from(json).verify().matches()).isTrue();
	}

	@Test
	void branchesAreReplayed() {
		Function<Order, Object> code = (steps) -> String.valueOf(steps.branches("book", List.of("Rome", "Oslo"),
				(city) -> steps.call("hotel", () -> effect(city)) + steps.call("spa", () -> effect(city))));
		String json = document(recorded(code));
		assertThat(order(code).from(json).verify().matches()).isTrue();
		assertFails(() -> order((steps) -> String.valueOf(steps.branches("book", List.of("Rome", "Oslo"),
				(city) -> steps.call("hotel", () -> effect(city)) + steps.call("sauna", () -> effect(city)))))
			.from(json)
			.verify(), "spa", "sauna");
		assertThat(this.effects).isEmpty();
	}

	@Test
	void stateIsThatOfTheRun() {
		Function<Order, Object> code = (steps) -> {
			long orders = steps.state().increment("orders", 1);
			String name = (orders == 2) ? "second" : "other";
			return steps.call(name, () -> effect(name)) + steps.call("end", () -> effect("end"));
		};
		Order order = this.workflows.proxy(new Order("order", code));
		WorkflowScope.session("s1").call(order::run);
		WorkflowScope.session("s1").call(order::run);
		RecordedRun second = this.workflows.runs().last();
		WorkflowScope.session("s1").call(order::run);
		assertThat(second.steps().get(0).key()).isEqualTo("second");
		assertThat(order(code).from(document(second)).verify().matches()).isTrue();
	}

	@Test
	void nestedRunHandsBackItsResponse() {
		Order child = this.workflows.proxy(new Order("child", (steps) -> steps.call("pay", () -> effect("pay"))));
		Function<Order, Object> code = (steps) -> steps.call(String.valueOf(child.run()), () -> effect("close"));
		Order parent = this.workflows.proxy(new Order("order", code));
		parent.run();
		this.effects.clear();
		String json = document(last("order"));
		TestWorkflows elsewhere = new TestWorkflows();
		Order other = elsewhere.proxy(new Order("child", (steps) -> effect("called")));
		assertThat(order((steps) -> steps.call(String.valueOf(other.run()), () -> effect("close"))).from(json)
			.verify()
			.matches()).isTrue();
		assertFails(() -> order((steps) -> steps.call("pay done", () -> effect("close"))).from(json).verify(),
				"pay done");
		assertThat(this.effects).isEmpty();
	}

	@Test
	void nestedRunThatHasNotEndedIsWhereTheReplayEnds() {
		Order child = this.workflows
			.proxy(new Order("child", (steps) -> steps.call("pay", () -> effect("pay")) + steps.call("b", () -> "b")));
		Order parent = this.workflows.proxy(new Order("order", (steps) -> child.run()));
		String runId = this.workflows.crashes().crashAfter("pay").in(parent::run);
		this.effects.clear();
		String json = document(this.workflows.runs().find(runId));
		assertThat(order((steps) -> child.run()).from(json).verify().next()).isEqualTo("run:child");
		assertThat(this.workflows.workflowRuns().verify(runId).next()).isEqualTo("run:child");
		assertThat(this.effects).isEmpty();
		assertThat(this.workflows.workflowRuns().isResumable(runId)).isTrue();
	}

	@Test
	void forkIsReplayedAsItsOriginalWouldBe() throws Exception {
		ScriptedAgents agents = new ScriptedAgents(this.workflows.clock());
		Agent writer = agents.agents().named("writer").build();
		agents.agent("writer").replies("all fine");
		Order child = this.workflows.proxy(new Order("child", (steps) -> steps.call("pay", () -> effect("pay"))));
		Function<Order, Object> code = (steps) -> {
			String all = steps.call("a", () -> effect("a")) + child.run();
			all += steps.branches("book", List.of("Rome", "Oslo"),
					(city) -> steps.call("hotel", () -> effect(city)) + child.run());
			all += writer.run("Sum up " + all).contentAsString();
			return all + steps.call("b", () -> effect("b")) + child.run() + steps.call("c", () -> effect("c"))
					+ steps.call("d", () -> effect("d"));
		};
		RecordedRun original = recorded(code);
		String fork = ended(this.workflows.workflowRuns().fork(original.run().runId(), "b"));
		String forkOfFork = ended(this.workflows.workflowRuns().fork(fork, "d"));
		assertThat(this.effects).containsExactly("b", "pay", "c", "d", "d");
		this.effects.clear();

		for (String runId : List.of(original.run().runId(), fork, forkOfFork)) {
			RecordedRun run = this.workflows.runs().find(runId);
			assertThat(run.steps()).extracting(RunStep::key)
				.containsOnlyOnceElementsOf(original.steps().stream().map(RunStep::key).toList());
			assertThat(order(code).from(document(run)).verify().next()).as(runId).isNull();
			assertFails(() -> order((steps) -> steps.call("a", () -> effect("a")) + child.run() + child.run())
				.from(document(run))
				.verify(), "'agent:writer'", "'run:child#2'");
		}
		assertThat(this.effects).isEmpty();
		agents.verifyComplete();
	}

	private static String ended(StartedRun run) throws Exception {
		run.response().toCompletableFuture().get(30, TimeUnit.SECONDS);
		return run.begun().toCompletableFuture().get();
	}

	@Test
	void runWhoseInputWasFilteredIsNoneThatCanGoOn() {
		RecordedRun run = recorded(this::old);
		String json = document(run).replace("\"session_id\"", "\"recipe\":{\"input_filtered\":true},\"session_id\"");
		assertFails(() -> order(this::old).from(json).verify(), "filter");
	}

	@Test
	void stepsComeFromFilesResourcesAndPages(@TempDir Path folder) throws IOException {
		RecordedRun run = recorded(this::old);
		Path file = Files.writeString(folder.resolve("run.json"), document(run));
		assertThat(order(this::old).from(file).verify().steps()).isEqualTo(2);
		assertThat(order(this::old).from(new ByteArrayResource(document(run).getBytes("UTF-8"))).verify().steps())
			.isEqualTo(2);
		String first = StepDocuments.pageOf(run.run(), run.steps().subList(0, 1), "/runs/1/steps?after=reserve");
		String second = StepDocuments.of(run.run(), run.steps().subList(1, 2));
		assertThat(order(this::old).from(List.of(first, second)).verify().steps()).isEqualTo(2);
		assertThatIllegalArgumentException().isThrownBy(() -> order(this::old).from(first))
			.withMessageContaining("after=reserve");
	}

	@Test
	void whatIsNotAnExportIsToldClearly() {
		RecordedRun run = recorded(this::old);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> order(this::old).from(StepDocuments.shortened(run.steps())))
			.withMessageContaining("full=true");
		assertThatIllegalArgumentException().isThrownBy(() -> order(this::old).from("<html>"))
			.withMessageContaining("full=true");
		assertThatIllegalArgumentException().isThrownBy(() -> order(this::old).from("[]"))
			.withMessageContaining("full=true");
		assertThatIllegalArgumentException().isThrownBy(() -> order(this::old).from(List.of()))
			.withMessageContaining("full=true");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Replays.of(new Order("other", this::old)).from(document(run)))
			.withMessageContaining("'order'")
			.withMessageContaining("'other'");
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> order(this::old).fromClassPath("no/such.json"))
			.withMessageContaining("no/such.json");
	}

	private static void assertFails(ThrowingCallable replay, String... parts) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(replay)
			.satisfies((error) -> assertThat(error.getMessage()).contains(parts));
	}

	record Bill(String number, int amount) {
	}

}
