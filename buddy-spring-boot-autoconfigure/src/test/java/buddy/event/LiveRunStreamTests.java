package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import buddy.event.Streamed.Telling;
import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams of a run that goes on in this process, which knows of its events without asking
 * the store.
 */
class LiveRunStreamTests {

	private final AtomicInteger reads = new AtomicInteger();

	private final Streamed streamed = new Streamed(new FailingStore() {

		@Override
		public List<StoredEvent> read(String runId, EventPosition after, int limit) {
			LiveRunStreamTests.this.reads.incrementAndGet();
			return super.read(runId, after, limit);
		}

	}, Duration.ofMillis(20), new RecordingOptions(Duration.ofMillis(5), 50, 2048, Duration.ofSeconds(20)));

	private final CountDownLatch go = new CountDownLatch(1);

	private RunContext live;

	private CompletableFuture<?> running;

	@BeforeEach
	void begin() throws Exception {
		CompletableFuture<RunContext> begun = new CompletableFuture<>();
		this.running = CompletableFuture.runAsync(() -> this.streamed.telling.run("s", (context) -> {
			begun.complete(context);
			RunEventRecorderTests.await(this.go);
		}), (task) -> new Thread(task, "run").start());
		this.live = begun.get(20, TimeUnit.SECONDS);
	}

	@AfterEach
	void close() {
		this.go.countDown();
		this.streamed.close();
	}

	@Test
	void firstEventOfALiveRunIsSentWithoutALookAtItsRow() throws Exception {
		Telling.tell(this.live, 1, 3);
		RunEventStream stream = this.streamed.streams.open(this.live.runId(), null);
		List<StoredEvent> all = new ArrayList<>(stream.next(10));
		assertThat(Streamed.names(all)).containsExactly("WorkflowStarted");
		assertThat(this.streamed.looksAtRuns).hasValue(0);
		finish();
		all.addAll(Streamed.readAll(stream, 10));
		// the row gives the very same
		assertThat(this.streamed.streams.findLive(this.live.runId())).isNull();
		assertThat(Streamed.readAll(this.streamed.streams.open(this.live.runId(), null), 7)).isEqualTo(all).hasSize(5);
	}

	@Test
	void streamOfALiveRunReadsOnlyWhatIsNew() throws Exception {
		RunEventStream stream = this.streamed.streams.open(this.live.runId(), null);
		Semaphore woken = new Semaphore(0);
		stream.follow(Duration.ofMillis(10), woken::release);
		assertThat(Streamed.names(stream.next(10))).containsExactly("WorkflowStarted");
		for (int idle = 0; idle < 3; idle++) {
			assertThat(stream.next(10)).isEmpty();
			woken.acquire();
		}
		assertThat(this.reads).hasValue(0);
		Telling.tell(this.live, 1, 1);
		assertThat(Streamed.contents(Awaitility.await().until(() -> stream.next(10), (next) -> !next.isEmpty())))
			.containsExactly(1);
		for (int idle = 0; idle < 5; idle++) {
			woken.drainPermits();
			assertThat(stream.next(10)).isEmpty();
			woken.acquire();
		}
		assertThat(this.reads).hasValueBetween(1, 3); // looks may come in between
		finish();
		assertThat(Streamed.names(Streamed.readAll(stream, 10))).containsExactly("WorkflowCompleted");
	}

	@ParameterizedTest
	@CsvSource({ "0, 9223372036854775807", "0, 5000", "2147483647, 0", "2147483647, 9223372036854775807" })
	void readerThatClaimsToBeFurtherThanTheRunGetsItsEnd(int epoch, long sequence) throws Exception {
		Telling.tell(this.live, 1, 3);
		RunEventStream stream = this.streamed.streams.open(this.live.runId(), new EventPosition(epoch, sequence));
		assertThat(stream.next(10)).isEmpty();
		finish();
		List<StoredEvent> all = Streamed.readAll(stream, 10);
		assertThat(Streamed.names(all)).containsExactly("WorkflowCompleted");
		assertThat(all.get(0).position()).isEqualTo(new EventPosition(0, 4));
		assertThat(this.streamed.streams.open(this.live.runId(), new EventPosition(epoch, sequence)).ended()).isTrue();
	}

	@Test
	void readerOfALiveRunThatComesBackReadsAtOnce() throws Exception {
		Telling.tell(this.live, 1, 30);
		Awaitility.await()
			.until(() -> this.streamed.store.read(this.live.runId(), EventPosition.START, 50).size() == 30);
		RunEventStream stream = this.streamed.streams.open(this.live.runId(), new EventPosition(0, 10));
		assertThat(Streamed.contents(stream.next(15))).containsExactlyElementsOf(numbers(11, 25));
		assertThat(Streamed.contents(stream.next(15))).containsExactlyElementsOf(numbers(26, 30));
		RunEventStream other = this.streamed.streams.open(this.live.runId(), null);
		assertThat(other.next(50)).hasSize(1);
		assertThat(Streamed.contents(Awaitility.await().until(() -> other.next(50), (next) -> !next.isEmpty())))
			.containsExactlyElementsOf(numbers(1, 30));
		finish();
	}

	@Test
	void eventsOfALiveRunThatAnotherProcessStoresAreFoundByLooking() throws Exception {
		RunEventStream stream = this.streamed.streams.open(this.live.runId(), null);
		List<StoredEvent> told = new CopyOnWriteArrayList<>();
		stream.follow(Duration.ofSeconds(30), () -> told.addAll(stream.next(10)));
		assertThat(stream.next(10)).hasSize(1);
		assertThat(stream.next(10)).isEmpty();
		NewRun taken = TestRun.of(this.live.runId()).session("s").workflow("telling").newRun();
		synchronized (this.streamed.runs) { // so that nobody sees the end in between
			this.streamed.runs.end(new RunEnd(taken, true, RunStatus.ERROR, null, "{}", 2000, null));
			assertThat(this.streamed.runs.take(new RunTake(this.live.runId(), 0, RunStatus.ERROR, null, true, false)))
				.isTrue();
		}
		for (int i = 1; i <= 3; i++) {
			this.streamed.store.append(List.of(new StoredEvent(this.live.runId(), new EventPosition(1, i),
					"{\"event\":\"CustomEvent\",\"content\":" + i + "}")));
			int known = i;
			Awaitility.await().until(() -> told.size() >= known);
			assertThat(stream.next(10)).isEmpty();
		}
		assertThat(Streamed.contents(told)).containsExactly(1, 2, 3);
		stream.close();
		this.go.countDown();
		assertThat(this.running).failsWithin(Duration.ofSeconds(20));
	}

	@Test
	void streamOfALiveRunThatSomebodyElseEndedEnds() throws Exception {
		NewRun taken = TestRun.of(this.live.runId()).session("s").workflow("telling").newRun();
		RunEventStream before = this.streamed.streams.open(this.live.runId(), null);
		this.streamed.runs.end(new RunEnd(taken, true, RunStatus.COMPLETED, "{}", null, 2000, null));
		for (RunEventStream stream : List.of(before, this.streamed.streams.open(this.live.runId(), null))) {
			assertThat(Streamed.names(Streamed.readAll(stream, 10))).containsExactly("WorkflowStarted",
					"WorkflowCompleted");
		}
		// and a client that has all of it does not get its end again
		assertThat(this.streamed.streams.open(this.live.runId(), new EventPosition(0, 1)).ended()).isTrue();
		this.go.countDown();
		assertThat(this.running).failsWithin(Duration.ofSeconds(20));
		assertThat(this.streamed.streams.findLive(this.live.runId())).isNull();
	}

	private void finish() throws Exception {
		this.go.countDown();
		this.running.get(20, TimeUnit.SECONDS);
	}

	private static List<Integer> numbers(int first, int last) {
		return IntStream.rangeClosed(first, last).boxed().toList();
	}

}
