package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.durable.RunJournal;
import buddy.durable.internal.RunSignal;
import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What readers of a run's events get if the run is continued, on the node of the reader
 * or on another one: positions that rise, none twice, and one last event.
 */
public abstract class ContinuedEventsContractTests {

	private final List<Node> nodes = new ArrayList<>();

	private final CountDownLatch gate = new CountDownLatch(1);

	private WorkflowSessionRepository runs;

	/** An empty store of runs; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	/** The store of events beside it. */
	protected abstract RunEventStore events();

	/** The journal beside it. */
	protected abstract RunJournal journal();

	@BeforeEach
	void open() {
		this.runs = emptyRepository();
	}

	@AfterEach
	void close() {
		this.gate.countDown();
		this.nodes.forEach(Node::close);
	}

	@Test
	void readersOfAllTimesAndNodesGetTheSame() throws Exception {
		Node first = new Node(events());
		Node second = new Node(events());
		List<Reader> readers = new CopyOnWriteArrayList<>();
		Body body = (workflow) -> {
			tell(1, 3);
			workflow.callStep("a", () -> {
				tell(4, 5);
				if (readers.isEmpty()) {
					readers.addAll(List.of(first.reader(null), second.reader(null)));
				}
				return "a";
			});
			tell(6, 6);
			workflow.callStep("b", () -> "b");
			if (RunContext.current().epoch() == 0) {
				tell(100, 100);
				throw death();
			}
			this.gate.await(30, TimeUnit.SECONDS);
			tell(7, 9);
			return "done";
		};
		String run = first.interrupted(body);
		awaitStored(run, 100);
		readers.forEach(Reader::readSome);
		markInterrupted(run);

		StartedRun continued = second.runs(body).resume(run);
		continued.begun().toCompletableFuture().get(30, TimeUnit.SECONDS);
		readers.addAll(List.of(first.reader(null), second.reader(null)));
		readers.forEach(Reader::readSome);
		this.gate.countDown();
		ended(continued);
		readers.addAll(List.of(first.reader(null), second.reader(null)));

		List<StoredEvent> all = readers.get(5).readAll();
		assertThat(Streamed.contents(all)).containsExactly(1, 2, 3, 4, 5, 6, 100, 7, 8, 9);
		assertOneLife(all, "WorkflowCompleted");
		assertThat(readers).allSatisfy((reader) -> assertThat(reader.readAll()).isEqualTo(all));
		StoredEvent validUntil = all.stream()
			.filter((event) -> event.event().contains("\"content\":6"))
			.findFirst()
			.orElseThrow();
		assertThat(continuations(all)).singleElement().satisfies((event) -> {
			assertThat(event.position()).isEqualTo(new EventPosition(1, 1));
			EventPosition until = EventPosition.parse((String) Json.readMap(event.event()).get("valid_until"));
			EventPosition repeated = all.stream()
				.filter((other) -> other.event().contains("\"content\":100"))
				.findFirst()
				.orElseThrow()
				.position();
			assertThat(until).isGreaterThanOrEqualTo(validUntil.position()).isLessThan(repeated);
		});
		for (StoredEvent seen : all) {
			assertThat(first.reader(seen.position()).readAll())
				.isEqualTo(all.subList(all.indexOf(seen) + 1, all.size()));
		}
	}

	@Test
	void readerThatHasSeenTheInterruptionComesBackForTheRest() throws Exception {
		Node node = new Node(events());
		Body body = (workflow) -> {
			workflow.callStep("a", () -> "a");
			tell(1, 2);
			workflow.callStep("b", () -> "b");
			if (RunContext.current().epoch() == 0) {
				throw death();
			}
			tell(3, 4);
			return "done";
		};
		String run = node.interrupted(body);
		awaitStored(run, 2);
		Reader attached = node.reader(null);
		markInterrupted(run);
		List<StoredEvent> before = attached.readAll();
		assertOneLife(before, "WorkflowError");
		EventPosition last = before.get(before.size() - 1).position();
		assertThat(last.epoch()).isZero();
		assertThat(node.streams.open(run, last).ended()).isTrue();

		ended(node.runs(body).resume(run));

		List<StoredEvent> rest = node.reader(last).readAll();
		assertThat(Streamed.names(rest)).startsWith("RunContinued").endsWith("WorkflowCompleted");
		assertThat(Streamed.contents(rest)).containsExactly(3, 4);
		assertRising(Stream.concat(before.stream(), rest.stream()).toList());
		assertThat(rest).filteredOn(ContinuedEventsContractTests::isLast).hasSize(1);
		// a reader that comes later gets the same but for the end that was left again
		List<StoredEvent> all = node.reader(null).readAll();
		assertThat(all).isEqualTo(Stream.concat(before.subList(0, before.size() - 1).stream(), rest.stream()).toList());
	}

	@Test
	void everyExecutionHasItsEpoch() throws Exception {
		Node node = new Node(events());
		Body body = (workflow) -> {
			for (int i = 0; i < 4; i++) {
				int number = i;
				tell(number, number);
				workflow.callStep("s", () -> "s" + number);
				if (RunContext.current().epoch() == number) {
					awaitStored(RunContext.current().runId(), number);
					throw death();
				}
			}
			return "done";
		};
		String run = node.interrupted(body);
		Reader attached = node.reader(null);
		for (int epoch = 1; epoch < 4; epoch++) {
			markInterrupted(run);
			assertThatThrownBy(() -> ended(node.runs(body).resume(run))).isInstanceOf(Exception.class);
			attached.readSome();
			assertThat(this.runs.findRun(run).orElseThrow().epoch()).isEqualTo(epoch);
		}
		markInterrupted(run);
		ended(node.runs(body).resume(run));

		List<StoredEvent> all = node.reader(null).readAll();
		assertOneLife(all, "WorkflowCompleted");
		assertThat(Streamed.contents(all)).containsExactly(0, 1, 2, 3);
		assertThat(continuations(all)).extracting((event) -> event.position().toString())
			.containsExactly("1-1", "2-1", "3-1", "4-1");
		List<EventPosition> until = continuations(all).stream()
			.map((event) -> EventPosition.parse((String) Json.readMap(event.event()).get("valid_until")))
			.toList();
		assertThat(until).extracting(EventPosition::epoch).containsExactly(0, 1, 2, 3);
		assertThat(attached.readAll()).isEqualTo(all);
	}

	@Test
	void executionThatHasNotNoticedThatItIsOverTellsNothingMore() throws Exception {
		Node node = new Node(events());
		CountDownLatch reached = new CountDownLatch(1);
		CountDownLatch late = new CountDownLatch(1);
		Body body = (workflow) -> {
			tell(1, 1);
			workflow.callStep("a", () -> "a");
			if (RunContext.current().epoch() == 0) {
				reached.countDown();
				awaitQuietly(late);
				for (int i = 100; i < 105; i++) {
					RunContext.current().emit(RunResponseEvent.custom("n", i));
				}
				return "late";
			}
			tell(2, 2);
			this.gate.await(30, TimeUnit.SECONDS);
			tell(3, 3);
			return "done";
		};
		CompletableFuture<Object> old = CompletableFuture.supplyAsync(() -> node.bean(body).run(),
				task -> new Thread(task).start());
		reached.await(30, TimeUnit.SECONDS);
		String run = runId();
		Reader attached = node.reader(null);
		attached.readSome();
		awaitStored(run, 1);
		markInterrupted(run);
		StartedRun continued = node.runs(body).resume(run);
		continued.begun().toCompletableFuture().get(30, TimeUnit.SECONDS);
		Awaitility.await().until(() -> Streamed.contents(events().read(run, EventPosition.START, 100)).contains(2));
		late.countDown();
		assertThat(old).failsWithin(Duration.ofSeconds(30));
		this.gate.countDown();
		ended(continued);

		List<StoredEvent> all = node.reader(null).readAll();
		assertOneLife(all, "WorkflowCompleted");
		assertThat(Streamed.contents(all)).containsExactly(1, 2, 3);
		assertThat(Streamed.names(all)).doesNotContain(DerivedEvents.MISSING);
		assertThat(attached.readAll()).isEqualTo(all);
	}

	@Test
	void runThatGoesOnAndEndsBetweenTwoLooksOfAReaderIsToldWhole() throws Exception {
		Hooked hooked = new Hooked(events());
		Node node = new Node(hooked);
		Node other = new Node(events());
		Body body = (workflow) -> {
			tell(1, 1);
			workflow.callStep("a", () -> "a");
			if (RunContext.current().epoch() == 0) {
				throw death();
			}
			tell(2, 6);
			return "done";
		};
		String run = other.interrupted(body);
		awaitStored(run, 1);
		Reader reader = node.reader(null);
		CountDownLatch over = new CountDownLatch(1);
		reader.stream.follow(Duration.ofSeconds(30), over::countDown);
		Awaitility.await().until(() -> reader.readSome() == 0);
		markInterrupted(run);
		over.await(30, TimeUnit.SECONDS);
		hooked.afterRead = () -> {
			try {
				ended(other.runs(body).resume(run));
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		};
		List<StoredEvent> all = reader.readAll();
		assertThat(Streamed.names(all)).doesNotContain(DerivedEvents.MISSING);
		assertThat(Streamed.contents(all)).containsExactly(1, 2, 3, 4, 5, 6);
		assertOneLife(all, "WorkflowCompleted");
	}

	@Test
	void eventsThatWereLostWithTheirProcessAreToldAsMissing() throws Exception {
		Hooked hooked = new Hooked(events());
		Node node = new Node(hooked);
		Body body = (workflow) -> {
			tell(1, 1);
			workflow.callStep("a", () -> {
				awaitStored(RunContext.current().runId(), 1);
				hooked.loses = true;
				return "a";
			});
			tell(2, 3);
			workflow.callStep("b", () -> "b");
			if (RunContext.current().epoch() == 0) {
				throw death();
			}
			return "done";
		};
		String run = node.interrupted(body);
		markInterrupted(run);
		hooked.loses = false;
		ended(node.runs(body).resume(run));

		List<StoredEvent> all = node.reader(null).readAll();
		assertOneLife(all, "WorkflowCompleted");
		assertThat(Streamed.contents(all)).containsExactly(1);
		StoredEvent missing = all.stream()
			.filter((event) -> event.name().equals(DerivedEvents.MISSING))
			.findFirst()
			.orElseThrow();
		assertThat(missing.position()).isEqualTo(DerivedEvents.validUntil(continuations(all).get(0)));
		assertThat(node.reader(missing.position()).readAll())
			.isEqualTo(all.subList(all.indexOf(missing) + 1, all.size()));
	}

	@Test
	void piecesOfAStreamAreToldOnceAlthoughTheBodyYieldsThemAgain() throws Exception {
		Node node = new Node(events());
		Pieces pieces = Workflows.proxy(new Pieces(this), node.runner);
		assertThatThrownBy(() -> pieces.run().forEachRemaining((piece) -> {
		})).isInstanceOf(RunFencedException.class);
		String run = runId();
		markInterrupted(run);
		RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
		workflows.register("pieces", pieces);
		StartedRun continued = node.runner.runs(() -> null, workflows).resume(run);

		assertThat(continued.response().toCompletableFuture().get(30, TimeUnit.SECONDS).content()).isEqualTo("abc");
		List<StoredEvent> all = node.reader(null).readAll();
		assertOneLife(all, "WorkflowCompleted");
		assertThat(all.stream()
			.filter((event) -> event.name().equals("RunResponseContent"))
			.map((event) -> Json.readMap(event.event()).get("content"))).containsExactly("a", "b", "c");
	}

	private static void assertOneLife(List<StoredEvent> all, String last) {
		assertThat(all.get(0).name()).isEqualTo("WorkflowStarted");
		assertThat(all.get(0).position()).isEqualTo(EventPosition.START);
		assertRising(all);
		assertThat(all).filteredOn(ContinuedEventsContractTests::isLast).hasSize(1);
		assertThat(all.get(all.size() - 1).name()).isEqualTo(last);
	}

	private static void assertRising(List<StoredEvent> all) {
		for (int i = 1; i < all.size(); i++) {
			assertThat(all.get(i).position()).as(all.toString()).isGreaterThan(all.get(i - 1).position());
		}
	}

	private static boolean isLast(StoredEvent event) {
		return List.of("WorkflowCompleted", "WorkflowError", "WorkflowCancelled").contains(event.name());
	}

	private static List<StoredEvent> continuations(List<StoredEvent> all) {
		return all.stream().filter((event) -> event.name().equals("RunContinued")).toList();
	}

	private static void tell(int first, int last) {
		Streamed.Telling.tell(RunContext.current(), first, last);
	}

	private static Error death() {
		return RunSignal.fenced(new RunFencedException(RunContext.current().runId(), "the process died"));
	}

	private static void ended(StartedRun run) throws Exception {
		run.response().toCompletableFuture().get(30, TimeUnit.SECONDS);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		boolean done = false;
		while (!done) {
			try {
				latch.await();
				done = true;
			}
			catch (InterruptedException ex) {
				// it does not notice
			}
		}
	}

	private void awaitStored(String run, int content) {
		Awaitility.await()
			.until(() -> Streamed.contents(events().read(run, EventPosition.START, 100)).contains(content));
	}

	private List<StoredEvent> pieces(String run) {
		return events().read(run, EventPosition.START, 100)
			.stream()
			.filter((event) -> event.name().equals("RunResponseContent"))
			.toList();
	}

	private String runId() {
		return this.runs.listRuns(RunQuery.all(), RunPage.first(10)).get(0).runId();
	}

	/** Marks the run of a dead process. */
	private void markInterrupted(String runId) {
		StoredRun run = this.runs.findRun(runId).orElseThrow();
		NewRun taken = NewRun.builder(run.key(), new SessionSeed(null, null, null))
			.createdAt(run.createdAt())
			.input(String.valueOf(run.input()))
			.epoch(run.epoch())
			.origin(run.origin())
			.build();
		this.runs.end(new RunEnd(taken, true, RunStatus.ERROR, null,
				Json.write(RunFailure.because(RunFailure.INTERRUPTED, "dead")), run.createdAt(), null));
	}

	/** One process. */
	private final class Node implements AutoCloseable {

		private final RunEventStreams streams;

		private final RunEventRecorder recorder;

		private final WorkflowRunner runner;

		Node(RunEventStore store) {
			this.streams = new RunEventStreams(store, () -> ContinuedEventsContractTests.this.runs,
					Duration.ofMillis(20));
			this.recorder = new RunEventRecorder(store, this.streams, RecordingOptions.DEFAULT, (workflow) -> true);
			this.runner = WorkflowRunner.over(() -> ContinuedEventsContractTests.this.runs)
				.listeners(List.of(this.recorder))
				.durable(journal(), DurableOptions.DEFAULTS)
				.build();
			ContinuedEventsContractTests.this.nodes.add(this);
		}

		Steps bean(Body body) {
			return Workflows.proxy(new Steps(body), this.runner);
		}

		WorkflowRuns runs(Body body) {
			RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
			workflows.register("steps", bean(body));
			return this.runner.runs(() -> null, workflows);
		}

		/** Runs a workflow whose process dies. */
		String interrupted(Body body) {
			assertThatThrownBy(() -> bean(body).run()).isInstanceOf(RunFencedException.class);
			return runId();
		}

		Reader reader(@Nullable EventPosition after) {
			return new Reader(this.streams.open(runId(), after));
		}

		@Override
		public void close() {
			this.runner.close();
			this.recorder.close();
			this.streams.close();
		}

	}

	/** A reader that reads when a test says so. */
	private static final class Reader {

		private final RunEventStream stream;

		private final List<StoredEvent> read = new ArrayList<>();

		Reader(RunEventStream stream) {
			this.stream = stream;
		}

		int readSome() {
			List<StoredEvent> next = this.stream.next(2);
			this.read.addAll(next);
			return next.size();
		}

		List<StoredEvent> readAll() {
			this.read.addAll(Streamed.readAll(this.stream, 3));
			return this.read;
		}

	}

	/** Does something after the next read that finds nothing. */
	private static final class Hooked implements RunEventStore {

		private final RunEventStore store;

		private volatile @Nullable Runnable afterRead;

		private volatile boolean loses;

		Hooked(RunEventStore store) {
			this.store = store;
		}

		@Override
		public Set<String> append(List<StoredEvent> events) {
			return this.loses ? Set.of() : this.store.append(events);
		}

		@Override
		public List<StoredEvent> read(String runId, EventPosition after, int limit) {
			List<StoredEvent> read = this.store.read(runId, after, limit);
			Runnable next = this.afterRead;
			if (next != null && read.isEmpty()) {
				this.afterRead = null;
				next.run();
			}
			return read;
		}

		@Override
		public List<RunHead> heads(java.util.Collection<String> runIds) {
			return this.store.heads(runIds);
		}

		@Override
		public int deleteOfRunsEndedBefore(long endedBefore, int runs) {
			return this.store.deleteOfRunsEndedBefore(endedBefore, runs);
		}

	}

	/** Has the body that a test gives it. */
	static class Steps extends Workflow {

		private final Body body;

		Steps(Body body) {
			super(WorkflowSettings.builder().workflowId("steps").build());
			this.body = body;
		}

		public Object run() {
			try {
				return this.body.run(this);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		String callStep(String name, Supplier<String> body) {
			return step(name, body::get);
		}

	}

	/** Streams a piece after each step. */
	static class Pieces extends Workflow {

		private final ContinuedEventsContractTests test;

		Pieces(ContinuedEventsContractTests test) {
			super(WorkflowSettings.builder().workflowId("pieces").build());
			this.test = test;
		}

		public Iterator<String> run() {
			RunContext run = RunContext.current();
			return Stream.of("a", "b", "c").map((piece) -> {
				step(piece, () -> piece);
				if (run.epoch() == 0 && piece.equals("c")) {
					Awaitility.await().until(() -> this.test.pieces(run.runId()), (pieces) -> pieces.size() == 2);
					throw death();
				}
				return piece;
			}).iterator();
		}

	}

	interface Body {

		Object run(Steps workflow) throws Exception;

	}

}
