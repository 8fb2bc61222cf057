package buddy.event;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import buddy.event.Streamed.Telling;
import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.internal.CancellationSource;
import buddy.session.SessionAccess;
import buddy.session.SessionConcurrency;
import buddy.storage.NewRun;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RunEventStreamsTests {

	private final AtomicBoolean away = new AtomicBoolean();

	private final AtomicInteger looks = new AtomicInteger();

	private final Streamed streamed = new Streamed(new FailingStore() {

		@Override
		public List<StoredEvent> read(String runId, EventPosition after, int limit) {
			failIfAway();
			return super.read(runId, after, limit);
		}

		@Override
		public List<RunHead> heads(java.util.Collection<String> runIds) {
			RunEventStreamsTests.this.looks.incrementAndGet();
			failIfAway();
			return super.heads(runIds);
		}

		private void failIfAway() {
			if (RunEventStreamsTests.this.away.get()) {
				throw new IllegalStateException("away");
			}
		}

	}, Duration.ofMillis(20), new RecordingOptions(Duration.ofMillis(5), 50, 2048, Duration.ofSeconds(20)));

	private volatile RunContext live;

	private final CountDownLatch go = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.go.countDown();
		this.streamed.close();
	}

	@Test
	void finishedRunIsReplayedWhole() {
		String run = finished(25);
		List<StoredEvent> all = read(run, null);
		assertThat(Streamed.names(all)).startsWith("WorkflowStarted").endsWith("WorkflowCompleted").hasSize(27);
		assertThat(Streamed.contents(all)).containsExactlyElementsOf(numbers(1, 25));
		assertThat(all).extracting((event) -> event.position().toString()).startsWith("0-0", "0-1").endsWith("0-26");
		assertThat(Json.readMap(all.get(0).event())).containsEntry("run_id", run)
			.containsEntry("session_id", "s")
			.containsEntry("workflow_id", "telling")
			.containsKey("created_at");
		assertThat(Json.readMap(all.get(26).event())).containsEntry("content", "done")
			.containsEntry("content_type", "str")
			.containsEntry("run_id", run);
	}

	@Test
	void everyPositionIsAPlaceToGoOnFrom() {
		String run = finished(25);
		List<StoredEvent> all = read(run, null);
		for (int i = 0; i < all.size(); i++) {
			assertThat(read(run, all.get(i).position())).isEqualTo(all.subList(i + 1, all.size()));
		}
		assertThat(this.streamed.streams.open(run, all.get(26).position()).ended()).isTrue();
		assertThat(this.streamed.streams.open(run, new EventPosition(0, 99)).ended()).isTrue();
		assertThat(this.streamed.streams.open(run, all.get(25).position()).ended()).isFalse();
	}

	@Test
	void runWithoutEventsHasItsFirstAndLast() {
		String run = finished(0);
		assertThat(Streamed.names(read(run, null))).containsExactly("WorkflowStarted", "WorkflowCompleted");
		assertThat(Streamed.names(read(run, EventPosition.START))).containsExactly("WorkflowCompleted");
		assertThat(this.streamed.streams.open(run, new EventPosition(0, 1)).ended()).isTrue();
	}

	@Test
	void failedAndCancelledRunsEndWithTheirOwnEvents() {
		String[] run = new String[1];
		assertThatIllegalStateException().isThrownBy(() -> this.streamed.telling.run("s", (context) -> {
			run[0] = context.runId();
			Telling.tell(context, 1, 1);
			throw new IllegalStateException("broken");
		}));
		List<StoredEvent> failed = read(run[0], null);
		assertThat(Streamed.names(failed)).containsExactly("WorkflowStarted", "CustomEvent", "WorkflowError");
		assertThat(Json.readMap(failed.get(2).event())).containsEntry("error", "broken")
			.containsEntry("error_type", IllegalStateException.class.getName());

		assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> this.streamed.telling.run("s", (context) -> {
			run[0] = context.runId();
			CancellationSource.of(context.cancellation()).cancel("enough");
			context.cancellation().check(context.runId());
		}))).isNotNull();
		List<StoredEvent> cancelled = read(run[0], null);
		assertThat(Streamed.names(cancelled)).endsWith("WorkflowCancelled");
		assertThat(Json.readMap(cancelled.get(cancelled.size() - 1).event())).containsEntry("reason", "enough");
	}

	@Test
	void liveTailFollowsTheReplayForSeveralReaders() throws Exception {
		CompletableFuture<?> running = start(() -> Telling.tell(this.live, 101, 400));
		Telling.tell(this.live, 1, 100);
		List<CompletableFuture<List<StoredEvent>>> readers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			int max = 1 + i * 10;
			readers.add(CompletableFuture.supplyAsync(
					() -> Streamed.readAll(this.streamed.streams.open(this.live.runId(), null), max),
					RunEventStreamsTests::onThread));
		}
		this.go.countDown();
		running.get(20, TimeUnit.SECONDS);
		List<StoredEvent> all = read(this.live.runId(), null);
		assertThat(Streamed.contents(all)).containsExactlyElementsOf(numbers(1, 400));
		for (CompletableFuture<List<StoredEvent>> reader : readers) {
			assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo(all);
		}
	}

	@Test
	void readerThatComesAndGoesTwentyTimesGetsEachEventOnce() throws Exception {
		Semaphore ahead = new Semaphore(30); // told, and not read
		CompletableFuture<?> running = start(() -> {
			for (int i = 1; i <= 500; i++) {
				ahead.acquireUninterruptibly();
				Telling.tell(this.live, i, i);
			}
		});
		this.go.countDown();
		List<StoredEvent> all = new ArrayList<>();
		for (int visit = 0; visit < 20; visit++) {
			EventPosition last = all.isEmpty() ? null : all.get(all.size() - 1).position();
			try (RunEventStream stream = this.streamed.streams.open(this.live.runId(), last)) {
				List<StoredEvent> read = Awaitility.await().until(() -> stream.next(20), (next) -> !next.isEmpty());
				all.addAll(read);
				ahead.release(read.size());
			}
		}
		ahead.release(500);
		running.get(20, TimeUnit.SECONDS);
		all.addAll(read(this.live.runId(), all.get(all.size() - 1).position()));
		assertThat(Streamed.contents(all)).containsExactlyElementsOf(numbers(1, 500));
		assertThat(Streamed.names(all)).startsWith("WorkflowStarted").endsWith("WorkflowCompleted").hasSize(502);
		assertThat(this.streamed.streams.openStreams()).isZero();
	}

	@Test
	void otherProcessesRunIsFollowedByLooking() {
		NewRun run = begin(SessionConcurrency.MERGE);
		RunEventStream stream = this.streamed.streams.open(run.runId(), null);
		CompletableFuture<List<StoredEvent>> reader = CompletableFuture.supplyAsync(() -> Streamed.readAll(stream, 10),
				RunEventStreamsTests::onThread);
		for (int i = 1; i <= 5; i++) {
			this.streamed.store.append(List.of(new StoredEvent(run.runId(), new EventPosition(0, i),
					"{\"event\":\"CustomEvent\",\"content\":" + i + "}")));
		}
		end(run, 5L);
		assertThat(reader).succeedsWithin(Duration.ofSeconds(20))
			.satisfies((events) -> assertThat(Streamed.contents(events)).containsExactly(1, 2, 3, 4, 5));
	}

	@Test
	void nothingIsLookedForWhileNobodyWaits() throws Exception {
		String run = finished(5);
		read(run, null);
		RunEventStream stream = this.streamed.streams.open(begin(SessionConcurrency.MERGE).runId(), null);
		stream.next(10);
		int before = this.looks.get();
		assertThat(stream.next(10)).isEmpty(); // now it waits
		Awaitility.await().until(() -> this.looks.get() > before + 1);
		stream.close();
		AtomicInteger some = new AtomicInteger(-1);
		Awaitility.await()
			.pollInterval(Duration.ofMillis(100))
			.until(() -> some.getAndSet(this.looks.get()) == this.looks.get());
	}

	@Test
	void allStreamsTogetherCostOneLook() {
		int streams = 50;
		for (int i = 0; i < streams; i++) {
			RunEventStream stream = this.streamed.streams.open(begin(SessionConcurrency.MERGE).runId(), null);
			assertThat(stream.next(10)).hasSize(1);
			assertThat(stream.next(10)).isEmpty();
		}
		// the time around the looks that are counted, wherever this thread has to wait
		long from = System.nanoTime();
		int before = this.looks.get();
		Awaitility.await().until(() -> this.looks.get() >= before + 10);
		int counted = this.looks.get() - before;
		long ticks = (System.nanoTime() - from) / Duration.ofMillis(20).toNanos();
		assertThat(counted).isLessThanOrEqualTo((int) ticks + 2);
		assertThat(this.streamed.streams.openStreams()).isEqualTo(streams);
	}

	@Test
	void waitingRunBeginsLater() {
		NewRun holder = begin(SessionConcurrency.REJECT);
		NewRun queued = begin(SessionConcurrency.WAIT);
		RunEventStream stream = this.streamed.streams.open(queued.runId(), null);
		assertThat(stream.next(10)).isEmpty();
		CompletableFuture<List<StoredEvent>> reader = CompletableFuture.supplyAsync(() -> Streamed.readAll(stream, 10),
				RunEventStreamsTests::onThread);
		end(holder, null);
		this.streamed.runs.enter(queued);
		end(queued, null);
		assertThat(reader).succeedsWithin(Duration.ofSeconds(20))
			.satisfies((events) -> assertThat(Streamed.names(events)).containsExactly("WorkflowStarted",
					"WorkflowCompleted"));
	}

	@Test
	void streamOfARunThatIsDeletedEnds() {
		NewRun run = begin(SessionConcurrency.MERGE);
		RunEventStream stream = this.streamed.streams.open(run.runId(), null);
		CompletableFuture<List<StoredEvent>> reader = CompletableFuture.supplyAsync(() -> Streamed.readAll(stream, 10),
				RunEventStreamsTests::onThread);
		this.streamed.runs.delete("s", SessionAccess.ofUser(null));
		assertThat(reader).succeedsWithin(Duration.ofSeconds(20))
			.satisfies((events) -> assertThat(Streamed.names(events)).isSubsetOf("WorkflowStarted"));
		assertThat(this.streamed.streams.open(UUID.randomUUID().toString(), null).ended()).isTrue();
	}

	@Test
	void storeThatIsAwayForAWhileIsAskedAgain() throws Exception {
		CompletableFuture<?> running = start(() -> Telling.tell(this.live, 2, 100));
		Telling.tell(this.live, 1, 1);
		RunEventStream stream = this.streamed.streams.open(this.live.runId(), null);
		this.away.set(true);
		CompletableFuture<List<StoredEvent>> reader = CompletableFuture.supplyAsync(() -> Streamed.readAll(stream, 10),
				RunEventStreamsTests::onThread);
		this.go.countDown();
		running.get(20, TimeUnit.SECONDS);
		int looks = this.looks.get();
		Awaitility.await().until(() -> this.looks.get() > looks + 2);
		assertThat(reader).isNotDone();
		this.away.set(false);
		assertThat(reader).succeedsWithin(Duration.ofSeconds(20))
			.satisfies((events) -> assertThat(Streamed.contents(events)).containsExactlyElementsOf(numbers(1, 100)));
	}

	@Test
	void readerIsWokenUpWhenItIsIdle() throws Exception {
		RunEventStream stream = this.streamed.streams.open(begin(SessionConcurrency.MERGE).runId(), null);
		CountDownLatch woken = new CountDownLatch(3);
		stream.follow(Duration.ofMillis(50), () -> {
			woken.countDown();
			stream.next(10);
		});
		while (!stream.next(10).isEmpty()) {
			assertThat(stream.ended()).isFalse();
		}
		assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void eventsThatAreKeptNoLongerAreToldAsMissing() {
		String run = finished(25);
		EventRetention retention = new EventRetention(this.streamed.store, Duration.ofMillis(1), 10, () -> true,
				Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
		assertThat(retention.sweep()).isEqualTo(25);
		assertThat(retention.sweep()).isZero();

		List<StoredEvent> all = read(run, null);
		assertThat(Streamed.names(all)).containsExactly("WorkflowStarted", "EventsMissing", "WorkflowCompleted");
		assertThat(all.get(1).event()).contains("\"first\":\"0-1\"", "\"last\":\"0-25\"", "\"count\":25");
		assertThat(Streamed.names(read(run, new EventPosition(0, 10)))).containsExactly("EventsMissing",
				"WorkflowCompleted");
		// who has the last one has all
		assertThat(this.streamed.streams.open(run, new EventPosition(0, 26)).ended()).isTrue();
	}

	@Test
	void retentionOfAnApplicationThatStreamsNothingWaits() {
		finished(5);
		Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
		EventRetention unused = new EventRetention(this.streamed.store, Duration.ofMillis(1), 10, () -> false, later);
		assertThat(unused.deletes()).isTrue();
		assertThat(unused.sweep()).isZero();
		assertThat(unused.sweep()).isEqualTo(5);
		assertThat(new EventRetention(this.streamed.store, Duration.ZERO, 10, () -> true, later).deletes()).isFalse();
	}

	@Test
	void streamsEndWhenTheApplicationStops() {
		RunEventStream stream = this.streamed.streams.open(begin(SessionConcurrency.MERGE).runId(), null);
		CompletableFuture<List<StoredEvent>> reader = CompletableFuture.supplyAsync(() -> Streamed.readAll(stream, 10),
				RunEventStreamsTests::onThread);
		Awaitility.await().until(() -> this.looks.get() > 1);
		this.streamed.streams.endAll();
		assertThat(reader).succeedsWithin(Duration.ofSeconds(20))
			.satisfies((events) -> assertThat(Streamed.names(events)).containsExactly("WorkflowStarted"));
		this.streamed.streams.close();
		assertThat(this.streamed.streams.open(begin(SessionConcurrency.MERGE).runId(), null).ended()).isTrue();
	}

	private List<StoredEvent> read(String run, EventPosition after) {
		return Streamed.readAll(this.streamed.streams.open(run, after), 7);
	}

	private String finished(int events) {
		String[] run = new String[1];
		this.streamed.telling.run("s", (context) -> {
			run[0] = context.runId();
			Telling.tell(context, 1, events);
		});
		return run[0];
	}

	/** Starts a run that tells its events when it may. */
	private CompletableFuture<?> start(Runnable body) throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<?> running = CompletableFuture.runAsync(() -> this.streamed.telling.run("s", (context) -> {
			this.live = context;
			begun.countDown();
			RunEventRecorderTests.await(this.go);
			body.run();
		}), RunEventStreamsTests::onThread);
		begun.await();
		return running;
	}

	private NewRun begin(SessionConcurrency concurrency) {
		NewRun run = TestRun.of(UUID.randomUUID().toString())
			.session("s")
			.workflow("telling")
			.newRun()
			.with(concurrency, null);
		this.streamed.runs.begin(run);
		return run;
	}

	private void end(NewRun run, Long lastEvent) {
		this.streamed.runs
			.end(new buddy.storage.RunEnd(run, true, buddy.run.RunStatus.COMPLETED, "{}", null, 2000, null)
				.withLastEvent(lastEvent));
	}

	/** Not on the common pool, which has one thread here. */
	private static void onThread(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
	}

	private static List<Integer> numbers(int first, int last) {
		return IntStream.rangeClosed(first, last).boxed().toList();
	}

}
