package buddy.observability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.run.internal.ContextCarrier;
import buddy.session.RunPage;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The MDC of real log lines, on every thread that works for a run, with virtual ones
 * where the JDK has them.
 */
@Timeout(60)
class RunLogEntriesTests {

	private static final Logger logger = (Logger) LoggerFactory.getLogger(RunLogEntriesTests.class);

	private static final Logger runs = (Logger) LoggerFactory.getLogger("buddy.workflows");

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store)
		.interceptors(List.of(new RunLogEntries()))
		.build();

	private final ExecutorService pool = Executors.newFixedThreadPool(2);

	private final Lines lines = new Lines();

	@BeforeEach
	void listen() {
		this.lines.start();
		logger.addAppender(this.lines);
		runs.addAppender(this.lines);
		runs.setLevel(Level.DEBUG);
	}

	@AfterEach
	void leaveNothing() {
		logger.detachAppender(this.lines);
		runs.detachAppender(this.lines);
		runs.setLevel(null);
		Hooks.disableAutomaticContextPropagation();
		this.pool.shutdownNow();
		this.runner.close();
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
	}

	@Test
	void linesOfARunHaveItsIds() {
		value("value").run("s1", "fusion", () -> log("body"));
		logger.info("after");

		assertThat(this.lines.of("body")).isEqualTo(ids("s1", "value"));
		assertThat(this.lines.of("after")).isEmpty();
		assertThat(this.lines.containing("WorkflowStarted")).isEqualTo(ids("s1", "value"));
		assertThat(this.lines.containing("WorkflowCompleted")).isEqualTo(ids("s1", "value"));
	}

	@Test
	void nestedRunHasItsOwnAndTheOuterGetsItsBack() {
		Workflows.proxy(new Shapes.Value("outer"), this.runner).run("s1", "fusion", () -> {
			log("before");
			value("inner").run("s2", "fusion", () -> log("inner"));
			return log("after");
		});

		assertThat(this.lines.of("before")).isEqualTo(ids("s1", "outer"));
		assertThat(this.lines.of("inner")).isEqualTo(ids("s2", "inner"));
		assertThat(this.lines.of("after")).isEqualTo(ids("s1", "outer"));
	}

	@Test
	void whatTheApplicationHadSetIsThereAgain() {
		MDC.put("session_id", "http-session");
		MDC.put("request_id", "r-1");
		try {
			value("value").run("s1", "fusion", () -> log("body"));
			logger.info("after");
		}
		finally {
			MDC.clear();
		}

		assertThat(this.lines.of("body")).containsEntry("session_id", "s1").containsEntry("request_id", "r-1");
		assertThat(this.lines.of("after"))
			.containsExactlyInAnyOrderEntriesOf(Map.of("session_id", "http-session", "request_id", "r-1"));
	}

	@Test
	void failedRunLeavesNothing() {
		try {
			value("value").run("s1", "fusion", () -> {
				throw new IllegalStateException("failed");
			});
		}
		catch (IllegalStateException ex) {
			logger.info("caught");
		}
		assertThat(this.lines.of("caught")).isEmpty();
	}

	@Test
	void pooledThreadHasThemForItsTaskOnly() {
		Shapes.Stage stage = Workflows.proxy(new Shapes.Stage(), this.runner);
		stage.arun("s1", () -> CompletableFuture.supplyAsync(() -> log("task"), RunContext.wrap(this.pool))).join();
		CompletableFuture.runAsync(() -> log("later"), this.pool).join();

		assertThat(this.lines.of("task")).isEqualTo(ids("s1", "stage"));
		assertThat(this.lines.of("later")).isEmpty();
	}

	@Test
	void branchesHaveThem() {
		Shapes.Branches branches = Workflows.proxy(new Shapes.Branches(), this.runner);
		branches.run("s1", IntStream.range(0, 8).boxed().toList(), (item) -> String.valueOf(log("branch " + item)));

		for (int i = 0; i < 8; i++) {
			assertThat(this.lines.of("branch " + i)).isEqualTo(ids("s1", "branches"));
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads need JDK 21")
	void branchesOnVirtualThreadsHaveThemWithWhatIsToldOfThem() {
		Shapes.Branches branches = Workflows.proxy(new Shapes.Branches(), this.runner);
		CyclicBarrier everybody = new CyclicBarrier(50); // the caller's thread and 49
															// others
		branches.run("s1", IntStream.range(0, 50).boxed().toList(), (item) -> {
			RunContext.current().emit(RunResponseEvent.custom("told-" + item, null));
			meet(everybody);
			return String.valueOf(log("branch " + item));
		});

		for (int i = 0; i < 50; i++) {
			assertThat(this.lines.of("branch " + i)).isEqualTo(ids("s1", "branches"));
			assertThat(this.lines.containing("name='told-" + i + "'")).isEqualTo(ids("s1", "branches"));
		}
		assertThat(IntStream.range(0, 50).mapToObj((i) -> this.lines.thread("branch " + i)))
			.filteredOn((thread) -> thread.startsWith("VirtualThread"))
			.hasSize(49)
			.doesNotHaveDuplicates();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads need JDK 21")
	void virtualThreadOfTheApplicationHasThemAndSoHasTheEndOnIt() throws Exception {
		ExecutorService virtual = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
			.invoke(null);
		try {
			Shapes.Stage stage = Workflows.proxy(new Shapes.Stage(), this.runner);
			stage.arun("s1", () -> CompletableFuture.supplyAsync(() -> log("task"), RunContext.wrap(virtual))).join();
		}
		finally {
			virtual.shutdown();
		}

		assertThat(this.lines.thread("task")).startsWith("VirtualThread");
		assertThat(this.lines.of("task")).isEqualTo(ids("s1", "stage"));
		assertThat(this.lines.containing("WorkflowCompleted")).isEqualTo(ids("s1", "stage"));
	}

	@Test
	void endOnTheThreadThatCompletesAFutureHasThem() {
		CompletableFuture<Object> later = new CompletableFuture<>();
		CompletableFuture<Object> run = Workflows.proxy(new Shapes.Stage(), this.runner).arun("s1", () -> later);
		CompletableFuture.runAsync(() -> {
			later.complete("done");
			log("completed it");
		}, this.pool).join();
		run.join();

		assertThat(this.lines.containing("WorkflowCompleted")).isEqualTo(ids("s1", "stage"));
		assertThat(this.lines.of("completed it")).isEmpty();
	}

	@Test
	void monoOnAnotherThreadHasThem() {
		Hooks.enableAutomaticContextPropagation();
		Shapes.Single single = Workflows.proxy(new Shapes.Single(), this.runner);
		single
			.run("s1",
					() -> Mono.fromCallable(() -> String.valueOf(log("inside")))
						.subscribeOn(Schedulers.boundedElastic()))
			.block();
		CompletableFuture.runAsync(() -> log("later"), Schedulers.boundedElastic()::schedule).join();

		assertThat(this.lines.thread("inside")).contains("boundedElastic");
		assertThat(this.lines.of("inside")).isEqualTo(ids("s1", "single"));
		assertThat(this.lines.containing("WorkflowCompleted")).isEqualTo(ids("s1", "single"));
		assertThat(this.lines.of("later")).isEmpty();
	}

	@Test
	void pullsHaveThemAndWhatPullsDoesNot() {
		Shapes.Pulled pulled = Workflows.proxy(new Shapes.Pulled(), this.runner);
		pulled.run("s1", () -> Stream.of("a").peek((item) -> log("inside"))).forEach((item) -> log("outside"));

		assertThat(this.lines.of("inside")).isEqualTo(ids("s1", "pulled"));
		assertThat(this.lines.of("outside")).isEmpty();
	}

	@Test
	void reactiveThreadsHaveThemAndTheSubscriberDoesNot() {
		Shapes.Items items = Workflows.proxy(new Shapes.Items(), this.runner);
		items.run("s1", () -> Flux.just("a").doOnNext((item) -> log("inside")))
			.doOnNext((item) -> log("outside"))
			.blockLast();

		assertThat(this.lines.of("inside")).isEqualTo(ids("s1", "items"));
		assertThat(this.lines.of("outside")).isEmpty();
	}

	@Test
	void propagatedThreadsHaveThemForTheirSignalsOnly() {
		Hooks.enableAutomaticContextPropagation();
		Shapes.Items items = Workflows.proxy(new Shapes.Items(), this.runner);
		items.run("s1", () -> Flux.just("a").publishOn(Schedulers.single()).doOnNext((item) -> log("inside")))
			.publishOn(Schedulers.parallel())
			.doOnNext((item) -> log("outside"))
			.blockLast();
		CompletableFuture.runAsync(() -> log("later"), Schedulers.single()::schedule).join();

		assertThat(this.lines.of("inside")).isEqualTo(ids("s1", "items"));
		assertThat(this.lines.of("outside")).isEmpty();
		assertThat(this.lines.of("later")).isEmpty();
	}

	@Test
	void oldValuesOfAThreadComeBackWhenARunIsPropagatedToItTwice() throws Exception {
		List<Map<String, String>> seen = new ArrayList<>();
		Shapes.Stage stage = Workflows.proxy(new Shapes.Stage(), this.runner);
		stage.arun("s1", () -> {
			Runnable task = ContextCarrier.wrap(() -> seen.add(MDC.getCopyOfContextMap()));
			Runnable twice = ContextCarrier.wrap(() -> {
				task.run();
				seen.add(MDC.getCopyOfContextMap());
			});
			return CompletableFuture.supplyAsync(() -> {
				MDC.put("run_id", "the thread's own");
				twice.run();
				seen.add(Map.copyOf(MDC.getCopyOfContextMap()));
				MDC.clear();
				return "done";
			}, this.pool);
		}).join();

		assertThat(seen).hasSize(3);
		assertThat(seen.get(0)).isEqualTo(ids("s1", "stage"));
		assertThat(seen.get(1)).isEqualTo(ids("s1", "stage"));
		assertThat(seen.get(2)).isEqualTo(Map.of("run_id", "the thread's own"));
	}

	private Shapes.Value value(String id) {
		return Workflows.proxy(new Shapes.Value(id), this.runner);
	}

	private static void meet(CyclicBarrier barrier) {
		try {
			barrier.await(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object log(String message) {
		logger.info(message);
		return message;
	}

	private Map<String, String> ids(String session, String workflow) {
		String runId = this.store.runs(session, RunPage.first(1)).get(0).runId();
		return Map.of("run_id", runId, "session_id", session, "workflow_id", workflow);
	}

	/** The MDC of each line, taken on its thread. */
	private static final class Lines extends AppenderBase<ILoggingEvent> {

		private record Line(String message, Map<String, String> mdc, String thread) {
		}

		private final List<Line> taken = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			this.taken.add(new Line(event.getFormattedMessage(), Map.copyOf(event.getMDCPropertyMap()),
					Thread.currentThread().toString()));
		}

		Map<String, String> of(String message) {
			return line(message).mdc;
		}

		String thread(String message) {
			return line(message).thread;
		}

		private Line line(String message) {
			return this.taken.stream().filter((line) -> line.message.equals(message)).findFirst().orElseThrow();
		}

		Map<String, String> containing(String part) {
			return this.taken.stream().filter((line) -> line.message.contains(part)).findFirst().orElseThrow().mdc;
		}

	}

}
