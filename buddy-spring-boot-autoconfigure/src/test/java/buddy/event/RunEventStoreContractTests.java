package buddy.event;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.durable.RunJournal;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.SessionAccess;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every store of events does.
 */
public abstract class RunEventStoreContractTests {

	/** All runs begin at 500. */
	private final RunIds ids = new RunIds(Clock.fixed(Instant.ofEpochMilli(500), ZoneOffset.UTC));

	private WorkflowSessionRepository runs;

	private RunEventStore store;

	/** An empty store of runs; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	/** The store of events beside it. */
	protected abstract RunEventStore events();

	/** The journal beside it, by which a run gets another epoch. */
	protected abstract RunJournal journal();

	@BeforeEach
	void open() {
		this.runs = emptyRepository();
		this.store = events();
	}

	@Test
	void eventsAreReadInTheirOrderAfterAPosition() {
		String run = begin("s1").runId();
		this.store.append(events(run, 1, 25));
		this.store.append(events(run, 26, 30));

		assertThat(numbers(this.store.read(run, EventPosition.START, 100))).containsExactlyElementsOf(numbers(1, 30));
		assertThat(numbers(this.store.read(run, EventPosition.START, 7))).containsExactlyElementsOf(numbers(1, 7));
		assertThat(numbers(this.store.read(run, new EventPosition(0, 9), 4)))
			.containsExactlyElementsOf(numbers(10, 13));
		assertThat(this.store.read(run, new EventPosition(0, 30), 10)).isEmpty();
		assertThat(this.store.read("nobody", EventPosition.START, 10)).isEmpty();
	}

	@Test
	void laterEpochsComeAfterEarlierOnes() {
		NewRun begun = begin("s1");
		String run = begun.runId();
		this.store.append(events(run, 1, 3));
		nextEpochs(begun, 0, 2);
		this.store.append(List.of(event(run, 2, 1), event(run, 2, 2)));
		nextEpochs(begun, 2, 10);
		this.store.append(List.of(event(run, 10, 1)));

		assertThat(this.store.read(run, EventPosition.START, 10)).extracting((event) -> event.position().toString())
			.containsExactly("0-1", "0-2", "0-3", "2-1", "2-2", "10-1");
		assertThat(this.store.read(run, new EventPosition(0, 2), 2)).extracting((event) -> event.position().toString())
			.containsExactly("0-3", "2-1");
		assertThat(head(run).last()).isEqualTo(new EventPosition(10, 1));
	}

	@Test
	void eventsOfAnotherEpochThanTheRunsAreLeftOut() {
		NewRun begun = begin("s1");
		String run = begun.runId();
		String other = begin("s1").runId();
		nextEpochs(begun, 0, 1);
		List<StoredEvent> batch = new ArrayList<>(events(run, 1, 3));
		batch.add(event(run, 1, 1));
		batch.add(event(run, 2, 1));
		batch.addAll(events(other, 1, 2));

		this.store.append(batch);
		this.store.append(List.of(event(run, 0, 4)));

		assertThat(this.store.read(run, EventPosition.START, 10)).extracting((event) -> event.position().toString())
			.containsExactly("1-1");
		assertThat(this.store.read(other, EventPosition.START, 10)).hasSize(2);
	}

	@Test
	void textOfAnEventComesBackAsItWasWritten() {
		String run = begin("s1").runId();
		String json = "{\"event\":\"CustomEvent\",\"zeta\":1,\"alpha\":\"ä \\\"quoted\\\" \\n 😀 {}[]?:'\",\"list\":[1.50,2],\"x\":{}}";
		this.store.append(List.of(new StoredEvent(run, new EventPosition(0, 1), json)));

		assertThat(this.store.read(run, EventPosition.START, 1)).singleElement().satisfies((event) -> {
			assertThat(event.event()).isEqualTo(json);
			assertThat(event.name()).isEqualTo("CustomEvent");
			assertThat(event.runId()).isEqualTo(run);
		});
	}

	@Test
	void eventsThatAreStoredAlreadyStayAsTheyAre() {
		String run = begin("s1").runId();
		String other = begin("s1").runId();
		this.store.append(events(run, 1, 10));
		List<StoredEvent> again = new ArrayList<>();
		again.addAll(events(other, 1, 2));
		for (long i = 6; i <= 15; i++) {
			again.add(
					new StoredEvent(run, new EventPosition(0, i), "{\"event\":\"CustomEvent\",\"content\":\"again\"}"));
		}

		this.store.append(again);
		this.store.append(again);

		List<StoredEvent> stored = this.store.read(run, EventPosition.START, 100);
		assertThat(numbers(stored)).containsExactlyElementsOf(numbers(1, 15));
		assertThat(stored).extracting((event) -> event.event().contains("again"))
			.containsExactlyElementsOf(LongStream.rangeClosed(1, 15).mapToObj((i) -> i > 10).toList());
		assertThat(this.store.read(other, EventPosition.START, 100)).hasSize(2);
	}

	@Test
	void eventsOfRunsThatAreGoneAreLeftOut() {
		String run = begin("s1").runId();
		String gone = begin("s2").runId();
		this.store.append(events(gone, 1, 2));
		assertThat(this.runs.delete("s2", SessionAccess.ofUser(null))).isTrue();
		assertThat(this.store.read(gone, EventPosition.START, 10)).isEmpty();
		List<StoredEvent> batch = new ArrayList<>(events(gone, 3, 5));
		batch.addAll(events(run, 1, 3));
		batch.addAll(events(UUID.randomUUID().toString(), 1, 2));

		this.store.append(batch);

		assertThat(numbers(this.store.read(run, EventPosition.START, 10))).containsExactly(1L, 2L, 3L);
		assertThat(this.store.read(gone, EventPosition.START, 10)).isEmpty();
		assertThat(this.store.heads(List.of(run, gone))).extracting(RunHead::runId).containsExactly(run);
	}

	@Test
	void nothingComesAfterTheEndOfARun() {
		NewRun ended = begin("s1");
		String running = begin("s1").runId();
		this.store.append(events(ended.runId(), 1, 2));
		end(ended, 2L, 5000);
		List<StoredEvent> batch = new ArrayList<>(events(ended.runId(), 3, 5));
		batch.addAll(events(running, 1, 3));

		this.store.append(batch);
		this.store.append(events(ended.runId(), 2, 5));

		assertThat(numbers(this.store.read(ended.runId(), EventPosition.START, 10))).containsExactly(1L, 2L);
		assertThat(numbers(this.store.read(running, EventPosition.START, 10))).containsExactly(1L, 2L, 3L);
	}

	@Test
	void headsTellHowFarSeveralRunsHaveCome() {
		NewRun running = begin("s1");
		NewRun ended = begin("s1");
		NewRun silent = begin("s1");
		this.store.append(events(running.runId(), 1, 3));
		this.store.append(events(ended.runId(), 1, 12));
		end(ended, 12L, 5000);

		assertThat(this.store.heads(List.of(running.runId(), ended.runId(), silent.runId(), "none")))
			.containsExactlyInAnyOrder(new RunHead(running.runId(), RunStatus.RUNNING, new EventPosition(0, 3)),
					new RunHead(ended.runId(), RunStatus.COMPLETED, new EventPosition(0, 12)),
					new RunHead(silent.runId(), RunStatus.RUNNING, null));
		assertThat(this.store.heads(List.of())).isEmpty();
	}

	@Test
	void numberOfTheLastEventStaysWithTheRun() {
		NewRun run = begin("s1");
		end(run, 12L, 5000);
		NewRun silent = begin("s1");
		end(silent, null, 5000);

		assertThat(this.runs.findRun(run.runId()).orElseThrow().lastEvent()).isEqualTo(12);
		assertThat(this.runs.findRun(silent.runId()).orElseThrow().lastEvent()).isNull();
	}

	@Test
	void eventsOfRunsThatEndedLongAgoGoInBatches() {
		List<String> old = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			NewRun run = begin("s1");
			this.store.append(events(run.runId(), 1, 4));
			end(run, 4L, 1000 + i);
			old.add(run.runId());
		}
		NewRun later = begin("s1");
		this.store.append(events(later.runId(), 1, 4));
		end(later, 4L, 9000);
		NewRun running = begin("s1");
		this.store.append(events(running.runId(), 1, 4));

		assertThat(this.store.deleteOfRunsEndedBefore(1004, 3)).isEqualTo(12);
		assertThat(this.store.deleteOfRunsEndedBefore(1004, 3)).isEqualTo(4);
		assertThat(this.store.deleteOfRunsEndedBefore(1004, 3)).isZero();

		assertThat(old.subList(0, 4))
			.allSatisfy((run) -> assertThat(this.store.read(run, EventPosition.START, 10)).isEmpty());
		assertThat(List.of(old.get(4), later.runId(), running.runId()))
			.allSatisfy((run) -> assertThat(this.store.read(run, EventPosition.START, 10)).hasSize(4));
		assertThat(this.runs.findRun(old.get(0)).orElseThrow().lastEvent()).isEqualTo(4);
	}

	@Test
	void eventsGoWithTheirRuns() {
		NewRun ended = begin("s1");
		this.store.append(events(ended.runId(), 1, 4));
		end(ended, 4L, 1000);
		NewRun running = begin("s1");
		this.store.append(events(running.runId(), 1, 4));

		assertThat(this.runs.deleteRuns("s1", SessionAccess.ofUser(null))).isOne();

		this.store.deleteOfRunsEndedBefore(Long.MIN_VALUE, 10); // of the map, once a
																// sweep comes by
		assertThat(this.store.read(ended.runId(), EventPosition.START, 10)).isEmpty();
		assertThat(this.store.read(running.runId(), EventPosition.START, 10)).hasSize(4);
	}

	/** Lets a run fail and be taken until it has an epoch. */
	private void nextEpochs(NewRun run, int from, int to) {
		for (int epoch = from; epoch < to; epoch++) {
			assertThat(this.runs
				.end(new RunEnd(run.toBuilder().epoch(epoch).build(), true, RunStatus.ERROR, null, "{}", 900, null)))
				.isEqualTo(EndOutcome.STORED);
			assertThat(journal().take(new RunTake(run.runId(), epoch, RunStatus.ERROR, null, false, false))).isTrue();
		}
	}

	private RunHead head(String runId) {
		return this.store.heads(List.of(runId)).get(0);
	}

	private NewRun begin(String session) {
		NewRun run = TestRun.of(this.ids.next()).session(session).at(500).newRun();
		this.runs.begin(run);
		return run;
	}

	private void end(NewRun run, Long lastEvent, long endedAt) {
		assertThat(this.runs
			.end(new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, endedAt, null).withLastEvent(lastEvent)))
			.isEqualTo(EndOutcome.STORED);
	}

	private static List<StoredEvent> events(String runId, int first, int last) {
		return LongStream.rangeClosed(first, last).mapToObj((i) -> event(runId, 0, i)).toList();
	}

	private static StoredEvent event(String runId, int epoch, long sequence) {
		return new StoredEvent(runId, new EventPosition(epoch, sequence),
				"{\"event\":\"CustomEvent\",\"content\":" + sequence + "}");
	}

	private static List<Long> numbers(List<StoredEvent> events) {
		return events.stream().map((event) -> event.position().sequence()).toList();
	}

	private static List<Long> numbers(long first, long last) {
		return LongStream.rangeClosed(first, last).boxed().toList();
	}

}
