package buddy.testkit;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.event.EventPosition;
import buddy.event.RunEventStore;
import buddy.event.RunEventStreams;
import buddy.event.RunHead;
import buddy.event.StoredEvent;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * The checker accepts a whole history, and tells what is wrong with one of each kind that
 * is broken.
 */
class RunHistoryCheckerTests {

	@Test
	void wholeHistoryIsAccepted() {
		History history = new History();
		RunHistoryChecker checker = history.checker();
		checker.observe("r");

		assertThat(checker.check("r", RunHistoryCheckerTests::response).done()).containsExactly("a", "b", "b#2",
				"p[0]/x", "p[1]/x");
	}

	@Test
	void placesOfNestedRunsAndBranchesMayHaveNoStep() {
		History history = new History();
		history.steps.remove(2);
		history.nested = Map.of("child", "r2");

		assertThat(history.checker().check("r").steps()).hasSize(4);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void brokenHistoryIsToldApart(String message, Broken broken) {
		History history = new History();
		RunHistoryChecker checker = history.checker();
		checker.observe("r");
		broken.breaks(history);

		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> checker.check("r", RunHistoryCheckerTests::response))
			.withMessageContaining(message);
	}

	static Stream<Arguments> brokenHistoryIsToldApart() {
		return Stream.of(broken("There is no run", (history) -> history.run = null),
				broken("has ended, and is not RUNNING", (history) -> history.run = run(RunStatus.RUNNING, 1)),
				broken("epoch of run r", (history) -> history.run = run(RunStatus.COMPLETED, 0)),
				broken("steps of run r", (history) -> history.steps.add(history.steps.get(0))),
				broken("attempts=7", (history) -> history.heads = List.of(head("a", 0, StepStatus.DONE, 7, 0))),
				broken("recorded once", (history) -> history.steps.remove(1)),
				broken("recorded once",
						(history) -> history.steps.set(0,
								step("a", 0, 0).done(head("a", 0, StepStatus.DONE, 1, 0), "1"))),
				broken("epoch of ", (history) -> history.steps.add(step("q/x", 0, 2))),
				broken("epoch of ", (history) -> history.steps.add(step("q/x", 0, -1))),
				broken("of a completed run has an outcome",
						(history) -> history.steps
							.add(new StoredStep("r", head("c", 4, StepStatus.STARTED, 1, 1, null)))),
				broken("end of ",
						(history) -> history.steps.add(new StoredStep("r", head("c", 4, StepStatus.DONE, 1, 1, null)))),
				broken("error of ",
						(history) -> history.steps.add(new StoredStep("r", head("c", 4, StepStatus.FAILED, 1, 1)))),
				broken("places in scope ''", (history) -> history.steps.add(step("c", 2, 1))),
				broken("epochs in scope ''", (history) -> history.steps.add(step("c", 4, 0))),
				broken("places without a step in scope ''", (history) -> history.steps.add(step("c", 9, 1))),
				broken("places without a step in scope 'p[0]/'", (history) -> history.steps.add(step("p[0]/y", 2, 1))),
				broken("response of run r", (history) -> history.run = run("other")),
				broken("ids of events", (history) -> history.events = List.of(event(2, "E"), event(1, "E"))),
				broken("ids of events", (history) -> history.events = List.of(event(1, "E"), event(1, "E"))),
				broken("last event", (history) -> history.events = List.of(event(1, "WorkflowError"), event(2, "E"))));
	}

	private static Arguments broken(String message, Broken broken) {
		return arguments(message, broken);
	}

	private static Object response(List<@Nullable String> results) {
		return results.stream().map((result) -> result.replace("\"", "")).collect(Collectors.joining());
	}

	private static StoredRun run(String content) {
		return TestRun.of("r")
			.stored(RunStatus.COMPLETED)
			.response("{\"content\":\"" + content + "\"}")
			.endedAt(2000L)
			.lastEvent(2L)
			.epoch(1)
			.build();
	}

	private static StoredRun run(RunStatus status, int epoch) {
		return TestRun.of("r").stored(status).endedAt(2000L).lastEvent(2L).epoch(epoch).build();
	}

	private static StoredStep step(String key, int position, int epoch) {
		return new StoredStep("r", head(key, position, StepStatus.DONE, 1, epoch), null, null, "\"" + key + "\"", null,
				StepState.NONE, null);
	}

	private static StepHead head(String key, int position, StepStatus status, int attempts, int epoch) {
		return head(key, position, status, attempts, epoch, 1500L);
	}

	private static StepHead head(String key, int position, StepStatus status, int attempts, int epoch,
			@Nullable Long endedAt) {
		return new StepHead(key, position, StepKind.STEP, status, attempts, epoch, 1000, endedAt, null);
	}

	private static StoredEvent event(long sequence, String name) {
		return new StoredEvent("r", new EventPosition(1, sequence), "{\"event\":\"" + name + "\"}");
	}

	/** A change to a history that nothing may make. */
	@FunctionalInterface
	interface Broken {

		void breaks(History history);

	}

	/** What the stores tell of a run, whether it fits together or not. */
	static final class History {

		private @Nullable StoredRun run = run("abb#2p[0]/xp[1]/x");

		private final List<StoredStep> steps = new ArrayList<>(List.of(step("a", 0, 0), step("b", 1, 0),
				step("b#2", 2, 1), step("p[0]/x", 0, 1), step("p[1]/x", 0, 1)));

		private @Nullable List<StepHead> heads;

		private Map<String, String> nested = Map.of();

		private List<StoredEvent> events = List.of(event(1, "E"), event(2, "E"));

		RunHistoryChecker checker() {
			WorkflowSessionRepository runs = stub(WorkflowSessionRepository.class,
					Map.of("findRun", (arguments) -> Optional.ofNullable(this.run)));
			RunJournal journal = stub(RunJournal.class,
					Map.of("list", (arguments) -> List.copyOf(this.steps), "nested", (arguments) -> this.nested,
							"heads", (arguments) -> (this.heads != null) ? this.heads
									: this.steps.stream().map(StoredStep::head).toList()));
			RunEventStore events = stub(RunEventStore.class,
					Map.of("read", (arguments) -> arguments[1].equals(EventPosition.START) ? this.events : List.of(),
							"heads",
							(arguments) -> List.of(new RunHead("r", RunStatus.COMPLETED, new EventPosition(1, 2)))));
			return new RunHistoryChecker(runs, journal, new RunEventStreams(events, () -> runs, Duration.ofHours(1)));
		}

		private static <T> T stub(Class<T> type, Map<String, Function<Object[], Object>> answers) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> answers.get(method.getName()).apply(arguments)));
		}

	}

}
