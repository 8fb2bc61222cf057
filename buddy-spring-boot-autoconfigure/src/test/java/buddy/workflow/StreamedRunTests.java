package buddy.workflow;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.storage.EndOutcome;
import buddy.storage.RunEnd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

/**
 * Runs whose items the caller pulls.
 */
class StreamedRunTests {

	private final Recorded recorded = new Recorded();

	private final Texts texts = this.recorded.proxy(new Texts());

	private final Events events = this.recorded.proxy(new Events());

	@Test
	void drainedStreamCompletesTheRun() {
		Stream<String> stream = this.texts.run("s", () -> Stream.of("a", "b", "c"));
		assertThat(this.recorded.repository.find("s")).isEmpty();
		assertThat(stream.toList()).containsExactly("a", "b", "c");
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(run.response().content()).isEqualTo("abc");
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCompleted");
	}

	@Test
	void bodyAndPullsAreInTheContextAndTheCallerIsNot() {
		List<RunContext> seen = new ArrayList<>();
		Iterator<String> items = this.texts.run("s", () -> {
			seen.add(RunContext.current());
			return Stream.of("a", "b").peek((item) -> seen.add(RunContext.current()));
		}).iterator();
		while (items.hasNext()) {
			assertThat(RunContext.current()).isNull();
			items.next();
		}
		assertThat(seen).hasSize(3).doesNotContainNull().containsOnly(seen.get(0));
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void stateOfAStreamedRunIsStored() {
		this.texts.run("s", () -> Stream.of("a", "b").peek((item) -> this.texts.count())).toList();
		assertThat(this.recorded.repository.find("s").orElseThrow().state()).isEqualTo("{\"count\":2}");
	}

	@Test
	void streamClosedEarlyCancelsTheRunAndClosesTheSource() {
		List<RunContext> closed = new ArrayList<>();
		try (Stream<String> stream = this.texts.run("s",
				() -> Stream.of("a", "b", "c").onClose(() -> closed.add(RunContext.current())))) {
			Iterator<String> items = stream.iterator();
			items.next();
			items.next();
		}
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.response().content()).isEqualTo("ab");
		assertThat(closed).singleElement().extracting(RunContext::runId).isEqualTo(run.runId());
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCancelled");
	}

	@Test
	void streamClosedAfterItsEndStaysCompletedAndItsSourceIsClosedOnce() {
		List<String> closed = new ArrayList<>();
		try (Stream<String> stream = this.texts.run("s", () -> Stream.of("a").onClose(() -> closed.add("x")))) {
			assertThat(stream.toList()).containsExactly("a");
		}
		assertThat(closed).containsExactly("x");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void streamThatIsNeverPulledIsNoRun() {
		this.texts.run("s", () -> Stream.of("a")).close();
		assertThat(this.recorded.repository.find("s")).isEmpty();
		assertThat(this.recorded.events).isEmpty();
	}

	@Test
	void failureAtTheFirstItemAndAfterSomeIsTheSameExceptionWithTheContentSoFar() {
		IllegalStateException boom = new IllegalStateException("boom");
		assertThatThrownBy(() -> this.texts.run("body", () -> {
			throw boom;
		}).toList()).isSameAs(boom);
		assertThatThrownBy(() -> this.texts.run("first", () -> Stream.of("a").peek((item) -> {
			throw boom;
		})).toList()).isSameAs(boom);
		List<String> closed = new ArrayList<>();
		List<String> got = new ArrayList<>();
		assertThatThrownBy(() -> this.texts.run("later", () -> Stream.of("a", "b", "c").peek((item) -> {
			if (item.equals("c")) {
				throw boom;
			}
		}).onClose(() -> closed.add("x"))).forEach(got::add)).isSameAs(boom);
		assertThat(got).containsExactly("a", "b");
		assertThat(closed).containsExactly("x");
		for (String session : List.of("body", "first", "later")) {
			assertThat(this.recorded.onlyRun(session).status()).isEqualTo(RunStatus.ERROR);
			assertThat(this.recorded.onlyRun(session).failure().message()).isEqualTo("boom");
		}
		assertThat(this.recorded.onlyRun("later").response().content()).isEqualTo("ab");
		assertThat(this.recorded.onlyRun("first").response().content()).isNull();
	}

	@Test
	void failedIteratorGivesNothingMore() {
		IteratorFlow flow = this.recorded.proxy(new IteratorFlow());
		Iterator<String> items = flow.run("s", () -> Stream.of("a").peek((item) -> {
			throw new IllegalStateException("boom");
		}).iterator());
		assertThatThrownBy(items::next).hasMessage("boom");
		assertThat(items.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(items::next);
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.ERROR);
	}

	@Test
	void parallelStreamIsConsumedOnceAndInOrder() {
		List<String> items = this.texts.run("s", () -> IntStream.range(0, 3000).parallel().mapToObj((i) -> i + " "))
			.toList();
		assertThat(items).hasSize(3000).startsWith("0 ", "1 ").endsWith("2999 ");
		assertThat(this.texts.run("s2", () -> IntStream.range(0, 3000).mapToObj((i) -> i + " ")).parallel().toList())
			.isEqualTo(items);
		assertThat(this.recorded.onlyRun("s2").response().content()).isEqualTo(String.join("", items));
	}

	@Test
	void nullsAndNoStreamAtAllAreTaken() {
		assertThat(this.texts.run("s", () -> Stream.of("a", null, "b")).toList()).containsExactly("a", null, "b");
		assertThat(this.texts.run("s2", () -> null).toList()).isEmpty();
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("ab");
		assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void iteratorIsARun() {
		IteratorFlow flow = this.recorded.proxy(new IteratorFlow());
		Iterator<String> items = flow.run("s", () -> List.of("a", "b").iterator());
		assertThat(items).toIterable().containsExactly("a", "b");
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("ab");
	}

	@Test
	void eventsAreStampedAndFramedByTheLifecycle() {
		List<RunResponseEvent> got = this.events.run("s", () -> Stream.of("a", "b").map((item) -> {
			this.events.tell(RunResponseEvent.custom("before", item));
			return RunResponseEvent.content(item);
		})).toList();
		List<String> names = List.of("WorkflowStarted", "CustomEvent", "RunResponseContent", "CustomEvent",
				"RunResponseContent", "WorkflowCompleted");
		assertThat(got).extracting(RunResponseEvent::event).containsExactlyElementsOf(names);
		assertThat(this.recorded.eventNames()).containsExactlyElementsOf(names);
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(got).extracting((event) -> event.header().runId()).containsOnly(run.runId());
		assertThat(got).extracting((event) -> event.header().sessionId()).containsOnly("s");
		assertThat(got).extracting((event) -> event.header().workflowId()).containsOnly("events");
		assertThat(run.response().content()).isEqualTo("ab");
		assertThat(got.get(5).toMap()).containsEntry("content", "ab").containsEntry("content_type", "str");
	}

	@Test
	void eventsEmittedAfterTheLastItemAreNotLost() {
		List<RunResponseEvent> got = this.events
			.run("s",
					() -> Stream.of(1, 2)
						.peek((item) -> this.events.tell(RunResponseEvent.custom("step", item)))
						.filter((item) -> false)
						.map((item) -> RunResponseEvent.content("never")))
			.toList();
		assertThat(got).extracting(RunResponseEvent::event)
			.containsExactly("WorkflowStarted", "CustomEvent", "CustomEvent", "WorkflowCompleted");
	}

	@Test
	void iterableOfEventsIsARunForEachIteration() {
		IterableFlow flow = this.recorded.proxy(new IterableFlow());
		Iterable<RunResponseEvent> events = flow.run("s");
		assertThat(events).hasSize(3);
		assertThat(events).hasSize(3);
		assertThat(this.recorded.runs("s")).extracting(WorkflowRun::status)
			.containsExactly(RunStatus.COMPLETED, RunStatus.COMPLETED);
	}

	@Test
	void arrayOfEventsIsDrainedAtOnce() {
		ArrayFlow flow = this.recorded.proxy(new ArrayFlow());
		RunResponseContent[] events = flow.run("s");
		assertThat(events).extracting(RunResponseContent::content).containsExactly("a", "b");
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(events).extracting((event) -> event.header().runId()).containsOnly(run.runId());
		assertThat(run.response().content()).isEqualTo("ab");
	}

	@Test
	void listIsAValue() {
		ListFlow flow = this.recorded.proxy(new ListFlow());
		List<String> list = flow.run("s");
		assertThat(list).isSameAs(ListFlow.LIST);
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo(List.of("a", "b"));
	}

	@Test
	void itemsThatAreNoTextAreRecordedUpToALimit() {
		ObjectFlow flow = this.recorded.proxy(new ObjectFlow());
		assertThat(flow.run("s", 1200)).hasSize(1200);
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.response().content()).asInstanceOf(LIST).hasSize(1000);
		assertThat(run.response().extraData()).containsEntry("dropped_items", 200);
	}

	@Test
	void storeThatFailsAtTheEndOfAStreamReachesTheCaller() {
		Texts broken = this.recorded.proxy(new Texts(), new DelegatingRepository(this.recorded.repository) {
			@Override
			public EndOutcome end(RunEnd end) {
				throw new IllegalStateException("disk full");
			}
		});
		List<String> got = new ArrayList<>();
		assertThatExceptionOfType(RunNotRecordedException.class)
			.isThrownBy(() -> broken.run("s", () -> Stream.of("a")).forEach(got::add));
		assertThat(got).containsExactly("a");
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowError");
	}

	static class Texts extends Workflow {

		Stream<String> run(@SessionId String sessionId, Supplier<Stream<String>> body) {
			return body.get();
		}

		void count() {
			sessionState().increment("count", 1);
		}

	}

	static class Events extends Workflow {

		Stream<RunResponseEvent> run(@SessionId String sessionId, Supplier<Stream<RunResponseEvent>> body) {
			return body.get();
		}

		void tell(RunResponseEvent event) {
			emit(event);
		}

	}

	static class IteratorFlow extends Workflow {

		Iterator<String> run(@SessionId String sessionId, Supplier<Iterator<String>> body) {
			return body.get();
		}

	}

	static class IterableFlow extends Workflow {

		Iterable<RunResponseEvent> run(@SessionId String sessionId) {
			return List.of(RunResponseEvent.content("a"));
		}

	}

	static class ArrayFlow extends Workflow {

		RunResponseContent[] run(@SessionId String sessionId) {
			return new RunResponseContent[] { RunResponseEvent.content("a"), RunResponseEvent.content("b") };
		}

	}

	static class ListFlow extends Workflow {

		static final List<String> LIST = List.of("a", "b");

		List<String> run(@SessionId String sessionId) {
			return LIST;
		}

	}

	static class ObjectFlow extends Workflow {

		Stream<Integer> run(@SessionId String sessionId, int count) {
			return IntStream.range(0, count).boxed();
		}

	}

}
