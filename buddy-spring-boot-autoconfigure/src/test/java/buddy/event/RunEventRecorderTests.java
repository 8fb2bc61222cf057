package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.event.Streamed.Telling;
import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.storage.StoredRun;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RunEventRecorderTests {

	private static final RecordingOptions QUICK = new RecordingOptions(Duration.ofMillis(5), 50, 2048,
			Duration.ofSeconds(20));

	private Streamed streamed = new Streamed();

	private String run = "";

	@AfterEach
	void close() {
		this.streamed.close();
	}

	@Test
	void eventsAreStoredInOrderBeforeTheEnd() {
		run((context) -> Telling.tell(context, 1, 1000));

		assertThat(Streamed.contents(stored())).containsExactlyElementsOf(numbers(1, 1000));
		assertThat(stored()).extracting((event) -> event.position().sequence()).first().isEqualTo(1L);
		assertThat(only().lastEvent()).isEqualTo(1000);
	}

	@Test
	void runThatStreamsNothingWritesNothing() {
		FailingStore store = new FailingStore();
		use(store, QUICK);
		run((context) -> {
		});
		assertThat(store.batches).isEmpty();
		assertThat(only().lastEvent()).isNull();
		assertThat(this.streamed.recorder.used()).isFalse();
	}

	@Test
	void eventsOfALongRunAreStoredInBatches() {
		FailingStore store = new FailingStore();
		use(store, new RecordingOptions(Duration.ofSeconds(20), 250, 2048, Duration.ofSeconds(20)));
		run((context) -> Telling.tell(context, 1, 1000));
		assertThat(store.batches).hasSizeBetween(4, 8).allMatch((size) -> size <= 250);
		assertThat(Streamed.contents(stored())).containsExactlyElementsOf(numbers(1, 1000));
	}

	@Test
	void fewEventsAreStoredAfterTheInterval() {
		CountDownLatch arrived = new CountDownLatch(1);
		use(new FailingStore() {
			@Override
			void after(List<StoredEvent> events) {
				arrived.countDown();
			}
		}, QUICK);
		run((context) -> {
			Telling.tell(context, 1, 1);
			await(arrived); // while the run goes on
		});
		assertThat(stored()).hasSize(1);
	}

	@Test
	void piecesOfTextOfAStreamAreEvents() {
		Speaking speaking = Workflows.proxy(new Speaking(), this.streamed.runner);
		assertThat(speaking.run("s").toList()).containsExactly("a", "b");
		this.run = only().runId();
		assertThat(Streamed.names(stored())).containsExactly("RunResponseContent", "RunResponseContent");
		assertThat(stored()).extracting((event) -> Json.readMap(event.event()).get("content"))
			.containsExactly("a", "b");
	}

	@Test
	void eventIsStoredAsItWasWhenItHappened() {
		run((context) -> {
			Map<String, Object> content = new HashMap<>(Map.of("n", 1));
			context.emit(RunResponseEvent.custom("map", content));
			content.put("n", 2);
			context.emit(RunResponseEvent.custom("map", content));
		});
		assertThat(stored()).extracting((event) -> Json.readMap(event.event()).get("content"))
			.containsExactly(Map.of("n", 1), Map.of("n", 2));
	}

	@Test
	void whatCannotBeStoredOfAnEventIsMendedOrLeftOut() {
		use(new FailingStore(), QUICK);
		run((context) -> {
			context.emit(RunResponseEvent.content("nul\u0000"));
			context.emit(RunResponseEvent.content("x".repeat(5000)));
			context.emit(RunResponseEvent.custom("big", "y".repeat(5000)));
			context.emit(RunResponseEvent.custom("stream", new Object() {
				@SuppressWarnings("unused")
				public String getBroken() {
					throw new IllegalStateException("lazy");
				}
			}));
			context.emit(RunResponseEvent.content("fine"));
		});
		List<StoredEvent> stored = stored();
		assertThat(Streamed.names(stored)).containsExactly("RunResponseContent", "RunResponseContent", "CustomEvent",
				"CustomEvent", "RunResponseContent");
		assertThat(stored.subList(0, 4))
			.allSatisfy((event) -> assertThat(event.event()).contains("content_note").hasSizeLessThan(2048));
		assertThat(stored.get(1).event()).contains("buddy.events.max-event-size").contains("\"run_id\":");
		assertThat(stored.get(4).event()).contains("fine").doesNotContain("content_note");
	}

	@Test
	void silentWorkflowsEventsAreNotStored() {
		Silent silent = Workflows.proxy(new Silent(), this.streamed.runner);
		silent.run("s");
		this.run = only().runId();
		assertThat(stored()).isEmpty();
		assertThat(only().lastEvent()).isNull();
	}

	@Test
	void eventsOfARunThatIsStoredAtItsEndAreNotStored() {
		try (WorkflowRunner late = WorkflowRunner.over(() -> this.streamed.runs)
			.listeners(List.of(this.streamed.recorder))
			.recordStart(false)
			.build()) {
			Workflows.proxy(new Telling(), late).run("s", (context) -> Telling.tell(context, 1, 3));
		}
		this.run = only().runId();
		assertThat(stored()).isEmpty();
		assertThat(only().lastEvent()).isNull();
	}

	@Test
	void tenThousandEventsWaitForASlowStoreInBoundedMemory() {
		AtomicLong told = new AtomicLong();
		AtomicLong taken = new AtomicLong();
		AtomicLong mostAhead = new AtomicLong();
		Thread teller = Thread.currentThread();
		use(new FailingStore() {
			@Override
			void before(List<StoredEvent> events) {
				untilItWaits(teller, () -> told.get() == 10_000);
				mostAhead.accumulateAndGet(told.get() - taken.get(), Math::max);
				taken.addAndGet(events.size());
			}
		}, QUICK);
		run((context) -> {
			for (int i = 1; i <= 10_000; i++) {
				Telling.tell(context, i, i);
				told.incrementAndGet();
			}
		});
		assertThat(Streamed.contents(stored())).containsExactlyElementsOf(numbers(1, 10_000));
		assertThat(mostAhead.get()).isLessThanOrEqualTo(4 * 50 + 1);
		assertThat(only().lastEvent()).isEqualTo(10_000);
	}

	/** Waits until a run's thread stands still, since the store is behind, or is done. */
	private static void untilItWaits(Thread teller, BooleanSupplier done) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(1))
			.until(() -> done.getAsBoolean() || teller.getState() == Thread.State.WAITING
					|| teller.getState() == Thread.State.TIMED_WAITING);
	}

	@Test
	void largeEventsThatWaitAreBoundedBySize() {
		CountDownLatch open = new CountDownLatch(1);
		AtomicInteger told = new AtomicInteger();
		use(new FailingStore() {
			@Override
			void before(List<StoredEvent> events) {
				RunEventRecorderTests.await(open);
			}
		}, new RecordingOptions(Duration.ofMillis(5), 500, 256 * 1024, Duration.ofSeconds(20)));
		String text = "x".repeat(200_000);
		Thread teller = Thread.currentThread();
		new Thread(() -> {
			Awaitility.await().until(() -> told.get() >= 9);
			untilItWaits(teller, () -> told.get() == 50);
			open.countDown();
		}).start();
		AtomicInteger ahead = new AtomicInteger();
		run((context) -> {
			for (int i = 0; i < 50; i++) {
				context.emit(RunResponseEvent.content(text));
				if (open.getCount() > 0) {
					ahead.set(i + 1);
				}
				told.incrementAndGet();
			}
		});
		assertThat(ahead.get()).isBetween(9, 15); // of 200 kB each
		assertThat(stored()).hasSize(50);
	}

	@Test
	void storeThatFailsIsTriedAgainInTheSameOrder() {
		AtomicInteger calls = new AtomicInteger();
		use(new FailingStore() {
			@Override
			void before(List<StoredEvent> events) {
				if (calls.incrementAndGet() % 3 != 0) {
					throw new IllegalStateException("away");
				}
			}
		}, QUICK);
		run((context) -> Telling.tell(context, 1, 400));
		assertThat(Streamed.contents(stored())).containsExactlyElementsOf(numbers(1, 400));
	}

	@Test
	void answerThatIsLostDoublesNothing() {
		AtomicInteger calls = new AtomicInteger();
		use(new FailingStore() {
			@Override
			void after(List<StoredEvent> events) {
				if (calls.incrementAndGet() % 2 == 1) {
					throw new IllegalStateException("the answer is lost");
				}
			}
		}, QUICK);
		run((context) -> Telling.tell(context, 1, 400));
		assertThat(Streamed.contents(stored())).containsExactlyElementsOf(numbers(1, 400));
		assertThat(stored()).extracting(StoredEvent::position).doesNotHaveDuplicates();
	}

	@Test
	void runThatIsLockedInTheStoreDelaysOnlyItsOwnEvents(CapturedOutput output) {
		FailingStore store = new FailingStore();
		use(store, QUICK);
		run((context) -> {
			store.locked.add(context.runId());
			Telling.tell(context, 1, 120);
			Awaitility.await().until(() -> !store.batches.isEmpty());
			List<String> others = List.of(other(300), other(10));

			assertThat(others).extracting(this::contents).containsExactly(numbers(1, 300), numbers(1, 10));
			assertThat(stored()).isEmpty();
			Awaitility.await()
				.untilAsserted(() -> assertThat(output)
					.containsOnlyOnce("Events of run '" + context.runId() + "' wait to be stored"));
			store.locked.clear();
			Telling.tell(context, 121, 130);
		});
		assertThat(contents(this.run)).isEqualTo(numbers(1, 130));
		assertThat(output).doesNotContain("are lost");
	}

	private String other(int events) {
		AtomicReference<String> runId = new AtomicReference<>();
		CompletableFuture.runAsync(() -> this.streamed.telling.run("other", (context) -> {
			runId.set(context.runId());
			Telling.tell(context, 1, events);
		})).join();
		return runId.get();
	}

	private List<Integer> contents(String runId) {
		return Streamed.contents(this.streamed.store.read(runId, EventPosition.START, 100_000));
	}

	@Test
	void whatIsLockedIsTriedOnceMoreWhenTheApplicationStops() {
		FailingStore store = new FailingStore();
		use(store, QUICK);
		run((context) -> {
			store.locked.add(context.runId());
			Telling.tell(context, 1, 3);
			Awaitility.await().until(() -> store.batches.size() > 3);
			store.locked.clear();
			this.streamed.recorder.close();
			assertThat(stored()).hasSize(3);
		});
	}

	@Test
	void storeThatStaysAwayDoesNotFailTheRunAndReadersAreToldWhatIsMissing() {
		AtomicBoolean away = new AtomicBoolean(true);
		use(new FailingStore() {
			@Override
			void before(List<StoredEvent> events) {
				if (away.get()) {
					throw new IllegalStateException("away");
				}
			}
		}, new RecordingOptions(Duration.ofMillis(5), 50, 2048, Duration.ofMillis(100)));

		// 200 fit, then the store is waited for once, and 300 are lost
		run((context) -> {
			Telling.tell(context, 1, 500);
			away.set(false);
			awaitStored(200);
			Telling.tell(context, 501, 510);
			awaitStored(210);
			away.set(true);
			Telling.tell(context, 511, 520);
		});

		assertThat(only().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(only().lastEvent()).isEqualTo(520);
		List<StoredEvent> read = Streamed.readAll(this.streamed.streams.open(this.run, null), 100);
		List<Integer> kept = new ArrayList<>(numbers(1, 200));
		kept.addAll(numbers(501, 510));
		assertThat(Streamed.contents(read)).containsExactlyElementsOf(kept);
		assertThat(read).filteredOn((event) -> event.name().equals("EventsMissing"))
			.extracting(StoredEvent::event)
			.satisfiesExactly(
					(first) -> assertThat(first).contains("\"first\":\"0-201\"", "\"last\":\"0-500\"", "\"count\":300"),
					(last) -> assertThat(last).contains("\"first\":\"0-511\"", "\"last\":\"0-520\"", "\"count\":10"));
		assertThat(Streamed.names(read)).endsWith("EventsMissing", "WorkflowCompleted");
		assertThat(read.get(read.size() - 1).position()).hasToString("0-521");
	}

	@Test
	void eventsAfterTheEndAreNotTaken() {
		RunContext[] kept = new RunContext[1];
		run((context) -> {
			Telling.tell(context, 1, 1);
			kept[0] = context;
		});
		Telling.tell(kept[0], 2, 2);
		this.streamed.recorder.close();
		assertThat(stored()).hasSize(1);
	}

	@Test
	void whatWaitsIsStoredWhenTheApplicationStops() {
		use(new FailingStore(), new RecordingOptions(Duration.ofHours(1), 500, 2048, Duration.ofSeconds(20)));
		run((context) -> {
			Telling.tell(context, 1, 3);
			this.streamed.recorder.close();
			this.run = context.runId();
			assertThat(stored()).hasSize(3);
			Telling.tell(context, 4, 5);
		});
		assertThat(Streamed.contents(stored())).containsExactly(1, 2, 3, 4, 5);
	}

	@Test
	void eventsOfSeveralThreadsOfARunAreAllStored() {
		run((context) -> {
			List<Thread> threads = IntStream.range(0, 4)
				.mapToObj((t) -> new Thread(() -> Telling.tell(context, t * 500 + 1, t * 500 + 500)))
				.toList();
			threads.forEach(Thread::start);
			threads.forEach((thread) -> {
				try {
					thread.join();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
		});
		assertThat(Streamed.contents(stored())).containsExactlyInAnyOrderElementsOf(numbers(1, 2000));
		assertThat(stored()).extracting((event) -> event.position().sequence())
			.containsExactlyElementsOf(IntStream.rangeClosed(1, 2000).mapToObj((i) -> (long) i).toList());
	}

	private void awaitStored(int count) {
		org.awaitility.Awaitility.await().until(() -> stored().size() >= count);
	}

	private void use(FailingStore store, RecordingOptions options) {
		this.streamed.close();
		this.streamed = new Streamed(store, Duration.ofMillis(20), options);
	}

	private void run(java.util.function.Consumer<RunContext> body) {
		this.streamed.telling.run("s", (context) -> {
			this.run = context.runId();
			body.accept(context);
		});
	}

	private List<StoredEvent> stored() {
		return this.streamed.store.read(this.run, EventPosition.START, 100_000);
	}

	private StoredRun only() {
		return this.streamed.runs.runs("s", RunPage.first(2)).get(0);
	}

	static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<Integer> numbers(int first, int last) {
		return IntStream.rangeClosed(first, last).boxed().toList();
	}

	static class Speaking extends Workflow {

		java.util.stream.Stream<String> run(@SessionId String session) {
			return java.util.stream.Stream.of("a", "b");
		}

	}

	static class Silent extends Workflow {

		String run(@SessionId String session) {
			Telling.tell(RunContext.current(), 1, 3);
			return "done";
		}

	}

}
