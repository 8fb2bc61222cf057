package buddy.workflow;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.ReflectionUtils;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponseEvent;
import buddy.run.RunTimedOutException;
import buddy.run.WorkflowRun;
import buddy.run.internal.CancellationSource;
import buddy.session.RunPage;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.internal.execution.LifecycleEvents;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every shape of result meets every ending: a run has one record, one end, the content so
 * far, and leaves nothing behind.
 */
abstract class RunEndingContractTests {

	/**
	 * Threads that outlive a run on purpose: pools of Reactor, RxJava, the JDK, the
	 * database.
	 */
	private static final List<String> POOLS = List.of("boundedElastic-", "parallel-", "single-", "Rx", "ForkJoinPool",
			"HikariPool", "H2", "MVStore", "Common-Cleaner", "awaitility", "surefire", "process reaper", "Attach");

	private final List<RunResponseEvent> told = new CopyOnWriteArrayList<>();

	/**
	 * A shape, an ending, and which method.
	 *
	 * @param shape the shape
	 * @param ending the ending
	 * @param method {@code run} or {@code arun}
	 */
	record Cell(RunShape shape, Ending ending, String method) {

		@Override
		public String toString() {
			return this.shape.name() + ", " + this.ending + ", " + this.method;
		}

	}

	protected abstract WorkflowSessionRepository store();

	protected abstract int connectionsInUse();

	static Stream<Cell> cells() {
		return RunShape.ALL.stream()
			.flatMap((shape) -> Stream.of(Ending.values())
				.filter((ending) -> shape.whyNot(ending) == null)
				.flatMap((ending) -> Stream.of(new Cell(shape, ending, "run"), new Cell(shape, ending, "arun"))));
	}

	@Test
	void everyCellIsInTheTableOrTellsWhyNot() {
		long without = RunShape.ALL.stream()
			.flatMap((shape) -> Stream.of(Ending.values()).filter((ending) -> shape.whyNot(ending) != null))
			.count();
		assertThat(cells().count() + 2 * without).isEqualTo(2L * RunShape.ALL.size() * Ending.values().length);
		assertThat(cells().map(Cell::shape).distinct()).hasSameSizeAs(RunShape.ALL);
	}

	@ParameterizedTest
	@MethodSource("cells")
	void runEndsOnceWithWhatItHad(Cell cell) throws Throwable {
		// other tests' contexts, kept for the next test, have threads that come and go
		ThreadGroup threads = new ThreadGroup(cell.toString());
		FutureTask<Void> test = new FutureTask<>(() -> {
			callAndRead(cell);
			return null;
		});
		new Thread(threads, test, "caller").start();
		try {
			test.get(60, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw ex.getCause();
		}
		await().untilAsserted(() -> assertThat(liveThreads(threads)).isEmpty());
		assertNoPoolThreadIsBound();
	}

	private void callAndRead(Cell cell) throws Exception {
		String session = UUID.randomUUID().toString();
		Script script = new Script(cell.ending());
		WorkflowRunner runner = runner();
		Reading reading = play(cell, script, session, runner);
		WorkflowRun run = onlyEndedRun(session);
		assertThat(run.status()).isEqualTo(cell.ending().status);
		assertThat(run.response().content()).isEqualTo(content(cell));
		assertCallerLearnedOfTheEnd(cell, script, reading, run);
		assertEventsAreFramed(cell, reading);
		assertThat(script.outsideOfTheRun).as("calls of the body outside of the run").hasValue(0);
		assertThat(reading.insideOfTheRun).as("calls of the caller within the run").isZero();
		assertThat(RunContext.current()).isNull();
		await().untilAsserted(() -> assertThat(script.released).hasValue(script.opened.get()));
		await().untilAsserted(() -> assertThat(connectionsInUse()).isZero());
		await().untilAsserted(() -> assertThat(RunnerLiveRuns.of(runner).all()).isEmpty());
		runner.close();
	}

	private Reading play(Cell cell, Script script, String session, WorkflowRunner runner) throws Exception {
		Reading reading = new Reading(cell.ending(), script);
		CompletableFuture<Void> other = stoppedFromElsewhere(cell, script, runner);
		try {
			reading.read(call(cell, session, script, runner), cell.shape().parallel());
		}
		catch (RunCancelledException | IllegalStateException ex) {
			reading.failure = ex;
		}
		other.get(20, TimeUnit.SECONDS);
		return reading;
	}

	private CompletableFuture<Void> stoppedFromElsewhere(Cell cell, Script script, WorkflowRunner runner) {
		if (!cell.ending().stoppedFromElsewhere()) {
			return CompletableFuture.completedFuture(null);
		}
		ExecutorService elsewhere = Executors.newSingleThreadExecutor();
		CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
			try {
				assertThat(script.reached.await(20, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			if (cell.ending() == Ending.TIMEOUT) {
				RunnerLiveRuns.of(runner).cancelAfter(((RunExecution) script.run()).live(), Ending.LIMIT);
			}
			else {
				assertThat(CancellationSource.of(script.run().cancellation()).cancel(cell.ending().reason())).isTrue();
			}
		}, elsewhere);
		elsewhere.shutdown();
		return stopped;
	}

	private WorkflowRunner runner() {
		return WorkflowRunner.over(this::store).listeners(List.of((run, event) -> this.told.add(event))).build();
	}

	private Object call(Cell cell, String session, Script script, WorkflowRunner runner) throws Exception {
		Constructor<? extends Workflow> constructor = cell.shape().workflow().getDeclaredConstructor();
		Workflow workflow = Workflows.proxy((Workflow) constructor.newInstance(), runner);
		Method method = workflow.getClass().getDeclaredMethod(cell.method(), String.class, Script.class);
		ReflectionUtils.makeAccessible(method);
		return ReflectionUtils.invokeMethod(method, workflow, session, script);
	}

	/** Where the caller only lets go, nobody tells it when the end is stored. */
	private WorkflowRun onlyEndedRun(String session) {
		await().until(() -> this.told.stream().filter(LifecycleEvents::frames).count() >= 2);
		List<WorkflowRun> runs = runs(session);
		assertThat(runs).hasSize(1);
		return runs.get(0);
	}

	/** Most of the cells need not wait at all. */
	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
	}

	private List<WorkflowRun> runs(String session) {
		return store().runs(session, RunPage.first(10)).stream().map(StoredRun::toWorkflowRun).toList();
	}

	private static Object content(Cell cell) {
		if (cell.ending() == Ending.NORMAL) {
			return cell.shape().wholeContent();
		}
		boolean some = cell.shape().recordsItems() && cell.ending() != Ending.FAILS_BEFORE_THE_FIRST_ITEM;
		return some ? "ab" : null;
	}

	private static void assertCallerLearnedOfTheEnd(Cell cell, Script script, Reading reading, WorkflowRun run) {
		if (cell.ending().fails()) {
			assertThat(reading.failure).isSameAs(script.boom);
			assertThat(run.failure().message()).isEqualTo("boom");
		}
		else if (cell.ending().tellsTheCaller() && !(cell.shape().parallel() && cell.ending() == Ending.ABANDONED)) {
			assertThat(reading.failure)
				.isExactlyInstanceOf(
						(cell.ending() == Ending.TIMEOUT) ? RunTimedOutException.class : RunCancelledException.class)
				.hasMessageContaining(cell.ending().reason())
				.extracting((ex) -> ((RunCancelledException) ex).runId())
				.isEqualTo(run.runId());
			assertThat(run.failure().reason()).isEqualTo(cell.ending().cause());
		}
		else {
			assertThat(reading.failure).isNull();
		}
	}

	private void assertEventsAreFramed(Cell cell, Reading reading) {
		List<String> names = this.told.stream().map(RunResponseEvent::event).toList();
		assertThat(names).startsWith("WorkflowStarted").endsWith(cell.ending().lastEvent);
		assertThat(this.told.stream().filter(LifecycleEvents::frames)).hasSize(2);
		boolean empty = cell.ending() == Ending.FAILS_BEFORE_THE_FIRST_ITEM;
		boolean whole = cell.ending() == Ending.NORMAL || cell.shape().recordsItems();
		if (!cell.shape().tellsLifecycle()) {
			Object all = reading.items.stream().map(String::valueOf).collect(Collectors.joining());
			assertThat(all).isEqualTo((empty || !whole || cell.shape().wholeContent() == null) ? "" : "ab");
			return;
		}
		List<String> expected = new ArrayList<>();
		if (whole) {
			expected.add("WorkflowStarted");
			expected.addAll(empty ? List.of() : List.of("RunResponseContent", "RunResponseContent"));
			if (cell.ending() != Ending.LEFT_BY_THE_CALLER) {
				expected.add(cell.ending().lastEvent);
			}
		}
		assertThat(reading.items).extracting((item) -> ((RunResponseEvent) item).event())
			.containsExactlyElementsOf(expected);
	}

	/** Those that were started by a thread of the group, and so on, but for pools. */
	private static List<String> liveThreads(ThreadGroup threads) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getThreadGroup() == threads)
			.map(Thread::getName)
			.filter((name) -> POOLS.stream().noneMatch(name::startsWith))
			// those that the JDK reads files with for H2's "async:"
			.filter((name) -> !name.matches("Thread-\\d+"))
			.toList();
	}

	/**
	 * More tasks than the pool has threads, so that each thread is likely to be asked.
	 */
	private static void assertNoPoolThreadIsBound() throws Exception {
		List<CompletableFuture<Object>> bound = IntStream.range(0, 50)
			.mapToObj((i) -> CompletableFuture.supplyAsync(
					() -> (RunContextHolder.current() != null) ? RunContextHolder.current() : RunContextHolder.scope(),
					Schedulers.boundedElastic()::schedule))
			.toList();
		for (CompletableFuture<Object> thread : bound) {
			assertThat(thread.get(Duration.ofSeconds(20).toSeconds(), TimeUnit.SECONDS)).isNull();
		}
	}

}
