package buddy.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunCancelledException;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.session.WorkflowSessions;
import buddy.storage.RunQueue;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.InvalidInputException;
import buddy.workflow.QueueLimits;
import buddy.workflow.RunFailedException;
import buddy.workflow.RunHandle;
import buddy.workflow.RunNotFoundException;
import buddy.workflow.SessionId;
import buddy.workflow.SubmitOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@ParameterizedClass
@CsvSource({ "H2, DB_SCHEDULER", "SQLITE, DB_SCHEDULER", "POSTGRESQL, DB_SCHEDULER", "MARIADB, DB_SCHEDULER",
		"H2, TEMPORAL" })
class QueuedRunTests {

	private static final Duration SOON = Duration.ofSeconds(30);

	@Parameter(0)
	private TestDatabase database;

	@Parameter(1)
	private TestEngine engine;

	private static TestApplication application;

	private WorkflowRuns runs;

	private JdbcTemplate jdbc;

	private TransactionTemplate transaction;

	@BeforeParameterizedClassInvocation
	static void start(TestDatabase database, TestEngine engine) {
		application = engine.start(
				Stream.concat(Stream.of(database.create()),
						Stream.of("buddy.engine.enabled=true", "buddy.engine.poll-interval=100ms",
								"buddy.engine.threads=4", "buddy.durable.versions=same"))
					.toArray(String[]::new),
				Workflows.class);
	}

	@BeforeEach
	void prepare() {
		this.runs = application.bean(WorkflowRuns.class).ofEverybody();
		this.jdbc = new JdbcTemplate(application.bean(DataSource.class));
		this.transaction = new TransactionTemplate(application.bean(PlatformTransactionManager.class));
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@BeforeEach
	void empty() {
		Awaitility.await().atMost(SOON).until(() -> this.engine.executedTickets(this.jdbc) == 0);
		// a run that a node takes now would go on over the empty tables
		Awaitility.await().atMost(SOON).until(() -> {
			this.engine.dropTickets(this.jdbc);
			return this.engine.tickets(this.jdbc) == 0;
		});
		application.emptyRepository();
		Gate.open = new CountDownLatch(0);
	}

	@AfterEach
	void letRunsEnd() {
		Gate.open.countDown();
		Gate.others.countDown();
	}

	@Test
	void runIsExecutedAfterTheCommit() throws Exception {
		RunHandle handle = this.transaction.execute((status) -> {
			RunHandle run = this.runs.submit("echo", Map.of("text", "tx"));
			assertThat(run.status()).isEqualTo(RunStatus.PENDING);
			return run;
		});

		assertThat(handle.result(SOON).contentAsString()).isEqualTo("tx in its session");
		Awaitility.await().until(() -> this.engine.tickets(this.jdbc) == 0);
		assertThat(this.jdbc.queryForObject("select coalesce(epoch, 0) from buddy_workflow_run", Integer.class))
			.isZero();
	}

	@Test
	void eventsAreFollowedFromTheFirstToTheLast() throws Exception {
		holdTheThreads();
		RunHandle handle = this.runs.submit("echo", Map.of("text", "told"));
		CompletableFuture<List<String>> waiting = CompletableFuture.supplyAsync(() -> events(handle));
		Gate.open.countDown();

		assertThat(waiting.get(30, TimeUnit.SECONDS)).startsWith("WorkflowStarted").endsWith("WorkflowCompleted");
		assertThat(events(handle)).isEqualTo(waiting.join());
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(() -> this.runs.handle("unknown").events());
	}

	@Test
	void threadThatFollowsEventsCanBeInterrupted() throws Exception {
		holdTheThreads();
		RunHandle handle = this.runs.submit("echo", Map.of("text", "told"));
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		Thread reader = new Thread(() -> failure.complete(catchThrowable(() -> events(handle))));
		reader.start();
		reader.interrupt();

		assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class)
			.hasMessageContaining(handle.runId());
		assertThat(handle.status()).isEqualTo(RunStatus.PENDING);
	}

	private static List<String> events(RunHandle handle) {
		try (Stream<RunResponseEvent> events = handle.events()) {
			return events.map(RunResponseEvent::event).toList();
		}
	}

	@Test
	void rollbackLeavesNothing() {
		this.transaction.executeWithoutResult((status) -> {
			this.runs.submit("echo", Map.of("text", "never"));
			status.setRollbackOnly();
		});

		assertThat(rows("buddy_workflow_run")).isZero();
		assertThat(rows("buddy_workflow_session")).isZero();
		noTicketIsLeft();
	}

	@Test
	void callOfTheBeanIsQueuedWithItsArguments() throws Exception {
		RunHandle handle = WorkflowScope.session("s1")
			.user("alice")
			.sessionState(Map.of("greeting", "hello"))
			.call(() -> this.runs.submit(application.bean(Echo.class), (echo) -> echo.run("typed")));

		assertThat(handle.result(SOON).contentAsString()).isEqualTo("typed in s1 of alice: hello");
	}

	@Test
	void exclusiveRunWaitsForItsSession() throws Exception {
		List<RunHandle> handles = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			handles.add(this.runs.submit("alone", Map.of("session", "s1")));
		}
		for (RunHandle handle : handles) {
			assertThat(handle.result(SOON).content()).isEqualTo(1);
		}
	}

	@Test
	void priorityComesFirst() throws Exception {
		assumeTrue(this.engine == TestEngine.DB_SCHEDULER, "Temporal's server for tests knows no priorities");
		holdTheThreads();
		// all at once: a look at the queue between them would take up the first
		List<RunHandle> handles = this.transaction.execute(
				(status) -> List.of(this.runs.submit("order", Map.of("name", "low"), SubmitOptions.none().priority(-1)),
						this.runs.submit("order", Map.of("name", "usual")),
						this.runs.submit("order", Map.of("name", "high"), SubmitOptions.none().priority(5))));
		Order.seen.clear();

		Gate.open.countDown(); // one thread of the four

		for (RunHandle handle : handles) {
			handle.result(SOON);
		}
		assertThat(Order.seen).containsExactly("high", "usual", "low");
	}

	@Test
	void workflowHasNoMoreRunsInProgressThanItsLimit() throws Exception {
		Limited.together = new CountDownLatch(2);
		Limited.most.set(0);
		List<RunHandle> handles = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			handles.add(this.runs.submit("limited", Map.of(), SubmitOptions.none().key("k" + i)));
		}
		for (RunHandle handle : handles) {
			handle.result(SOON);
		}
		assertThat(Limited.most).hasValue(2);
		Awaitility.await().until(() -> rows("buddy_workflow_flow_run") == 0);
	}

	@Test
	void keyHasNoMoreRunsInProgressThanItsLimit() throws Exception {
		Limited.most.set(0);
		List<RunHandle> handles = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			handles.add(this.runs.submit("limited", Map.of(), SubmitOptions.none().key("same")));
		}
		for (RunHandle handle : handles) {
			handle.result(SOON);
		}
		assertThat(Limited.most).hasValue(1);
	}

	@Test
	void runsBeginAtTheRate() throws Exception {
		List<RunHandle> handles = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			handles.add(this.runs.submit("rated", Map.of()));
		}
		for (RunHandle handle : handles) {
			handle.result(SOON);
		}
		// two at once, and the third, fourth and fifth 200 ms after each other
		assertThat(
				this.jdbc.queryForObject("select max(ended_at) - min(created_at) from buddy_workflow_run", Long.class))
			.isGreaterThanOrEqualTo(600);
	}

	@Test
	void singletonIsQueuedOnce() throws Exception {
		holdTheThreads();
		SubmitOptions options = SubmitOptions.none().key("a").singleton();
		RunHandle first = this.runs.submit("echo", Map.of("text", "1"), options);
		assertThat(this.runs.submit("echo", Map.of("text", "2"), options).runId()).isEqualTo(first.runId());
		assertThat(this.runs.submit("echo", Map.of("text", "3"), options.key("b")).runId()).isNotEqualTo(first.runId());
		letRunsEnd();
		first.result(SOON);

		assertThat(this.runs.submit("echo", Map.of("text", "4"), options).runId()).isNotEqualTo(first.runId());
	}

	@Test
	void debouncedRunReplacesTheOneBefore() throws Exception {
		holdTheThreads(); // or the first could begin before the second is there
		SubmitOptions options = SubmitOptions.none().key("a").debounce(Duration.ofMillis(300));
		RunHandle first = this.runs.submit("echo", Map.of("text", "1"), options);
		RunHandle second = this.runs.submit("echo", Map.of("text", "2"), options);
		letRunsEnd();

		assertThat(second.result(SOON).contentAsString()).startsWith("2");
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> first.result(SOON))
			.withMessageContaining(second.runId());
	}

	@Test
	void manyThreadsQueueOneSingleton() throws Exception {
		holdTheThreads();
		SubmitOptions options = SubmitOptions.none().singleton();
		Set<String> ids = ConcurrentHashMap.newKeySet();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			threads.add(new Thread(() -> ids.add(this.runs.submit("echo", Map.of("text", "x"), options).runId())));
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join(30_000);
		}
		assertThat(ids).hasSize(1);
	}

	@Test
	void delayedRunWaits() throws Exception {
		Duration delay = Duration.ofHours(1);
		RunHandle handle = this.runs.submit("echo", Map.of("text", "late"), SubmitOptions.none().delay(delay));
		assertThat(handle.status()).isEqualTo(RunStatus.PENDING);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> handle.result(Duration.ofMillis(1)))
			.withMessageContaining("PENDING");
		assertThat(application.bean(RunQueue.class).list(null, 10)).singleElement()
			.satisfies((entry) -> assertThat(entry.delay()).isBetween(delay.minusMinutes(1), delay));

		RunTicket due = new RunTicket("echo", handle.runId(), 0, Duration.ZERO);
		assertThat(application.bean(RunEngine.class).delay(due)).isEqualTo(RunEngine.Change.DONE);

		assertThat(handle.result(SOON).contentAsString()).startsWith("late");
		// its ticket is removed a moment later
		Awaitility.await().until(() -> application.bean(RunEngine.class).delay(due) == RunEngine.Change.MISSING);
	}

	@Test
	void queuedRunIsCancelledAtOnce() {
		RunHandle handle = this.runs.submit("echo", Map.of("text", "never"),
				SubmitOptions.none().delay(Duration.ofHours(1)));

		assertThat(handle.cancel()).isTrue();

		assertThat(handle.status()).isEqualTo(RunStatus.CANCELLED);
		noTicketIsLeft();
		assertThat(handle.cancel()).isFalse();
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> handle.result(SOON));
	}

	@Test
	void failureIsToldToWhoeverWaits() {
		assertThatExceptionOfType(RunFailedException.class)
			.isThrownBy(() -> this.runs.submit("echo", Map.of("text", "fail")).result(SOON))
			.withMessageContaining("no luck");
	}

	@Test
	void badInputIsRefusedBeforeAnythingIsStored() {
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> this.runs.submit("echo", Map.of("text", "x", "more", 1)));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.runs.submit(application.bean(Echo.class), (echo) -> echo.toString()))
			.withMessageContaining("did not call run() or arun() of workflow 'echo'");
		assertThat(rows("buddy_workflow_run")).isZero();
		noTicketIsLeft();
	}

	@Test
	void sessionOfAnotherUserIsRefused() throws Exception {
		WorkflowScope.session("s1").user("alice").call(() -> this.runs.submit("echo", Map.of("text", "a")));
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> WorkflowScope.session("s1")
			.user("bob")
			.call(() -> this.runs.submit("echo", Map.of("text", "b"))));
		assertThat(rows("buddy_workflow_run")).isOne();
	}

	@Test
	void idempotencyKeyQueuesOneRun() {
		SubmitOptions options = SubmitOptions.none().idempotencyKey("k1");
		RunHandle first = this.runs.submit("echo", Map.of("text", "one"), options);
		assertThat(this.runs.submit("echo", Map.of("text", "one"), options).runId()).isEqualTo(first.runId());

		SubmitOptions refused = SubmitOptions.none().idempotent("k2", "r");
		this.runs.submit("echo", Map.of("text", "two"), refused);
		assertThatExceptionOfType(IdempotencyKeyUsedException.class)
			.isThrownBy(() -> this.runs.submit("echo", Map.of("text", "two"), refused));
		assertThat(rows("buddy_workflow_run")).isEqualTo(2);
	}

	@Test
	void stepQueuesOneRunHoweverOftenItIsExecuted() throws Exception {
		String queued = application.bean(Queuing.class).run(true);
		assertThat(this.runs.handle(queued).result(SOON).contentAsString()).startsWith("from a step");
		assertThat(this.jdbc.queryForObject("select count(*) from buddy_workflow_run where workflow_id = 'echo'",
				Integer.class))
			.isOne();
		assertThatIllegalStateException().isThrownBy(() -> application.bean(Queuing.class).run(false))
			.withMessageContaining("outside of a step");
	}

	@Test
	void lostTicketsAreMadeAgain() throws Exception {
		holdTheThreads();
		RunHandle handle = this.runs.submit("echo", Map.of("text", "found"));
		// Temporal has given those of the runs in progress too
		assertThat(this.engine.dropTickets(this.jdbc)).isEqualTo((this.engine == TestEngine.DB_SCHEDULER) ? 1 : 5);

		RunQueue.Entry entry = application.bean(RunQueue.class).list(null, 10).get(0);
		RunTicket ticket = new RunTicket(entry.workflowId(), entry.runId(), entry.priority(), entry.delay());
		RunEngine engine = application.bean(RunEngine.class);
		assertThat(engine.addMissing(List.of(ticket))).isOne();
		assertThat(engine.addMissing(List.of(ticket))).isZero();
		letRunsEnd(); // not before, or the run could have used its ticket up

		assertThat(handle.result(SOON).contentAsString()).startsWith("found");
	}

	@Test
	void nothingIsLeftOfADeletedSession() throws Exception {
		holdTheThreads();
		RunHandle handle = WorkflowScope.session("gone").call(() -> this.runs.submit("echo", Map.of("text", "x")));
		application.bean(WorkflowSessions.class).delete("gone");
		letRunsEnd();

		Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 0);
		assertThatExceptionOfType(RunNotFoundException.class).isThrownBy(handle::status);
	}

	/** Temporal ends a ticket a moment later. */
	private void noTicketIsLeft() {
		if (this.engine == TestEngine.DB_SCHEDULER) {
			assertThat(this.engine.tickets(this.jdbc)).isZero();
		}
		Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 0);
	}

	/** All threads of the engine execute a run until the gate opens. */
	private void holdTheThreads() {
		Gate.open = new CountDownLatch(1);
		Gate.others = new CountDownLatch(1);
		Gate.begun.clear();
		for (int i = 0; i < 4; i++) {
			this.runs.submit("gate", Map.of("number", i));
		}
		Awaitility.await().atMost(SOON).until(() -> Gate.begun.size() == 4);
	}

	private long rows(String table) {
		return this.jdbc.queryForObject("select count(*) from " + table, Long.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Echo echo() {
			return new Echo();
		}

		@Bean
		Alone alone() {
			return new Alone();
		}

		@Bean
		Order order() {
			return new Order();
		}

		@Bean
		Limited limited() {
			return new Limited();
		}

		@Bean
		Rated rated() {
			return new Rated();
		}

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		Queuing queuing(ObjectProvider<WorkflowRuns> runs) {
			return new Queuing(runs);
		}

	}

	static class Echo extends Workflow {

		String run(String text) {
			if (text.equals("fail")) {
				throw new IllegalArgumentException("no luck");
			}
			String session = text.equals("typed") ? sessionId() : "its session";
			return text + " in " + session + ((userId() != null) ? " of " + userId() : "")
					+ (sessionState().get("greeting") != null ? ": " + sessionState().get("greeting") : "");
		}

	}

	static class Alone extends Workflow {

		private final AtomicInteger inside = new AtomicInteger();

		Alone() {
			super(WorkflowSettings.builder().concurrency(SessionConcurrency.WAIT).build());
		}

		int run(@SessionId String session) {
			int now = this.inside.incrementAndGet();
			try {
				return now;
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

	}

	static class Order extends Workflow {

		private static final List<String> seen = Collections.synchronizedList(new ArrayList<>());

		String run(String name) {
			seen.add(name);
			return name;
		}

	}

	static class Gate extends Workflow {

		private static final Set<Integer> begun = ConcurrentHashMap.newKeySet();

		private static volatile CountDownLatch others = new CountDownLatch(0);

		private static volatile CountDownLatch open = new CountDownLatch(0);

		int run(int number) throws InterruptedException {
			begun.add(number);
			((number == 0) ? open : others).await(60, TimeUnit.SECONDS);
			return number;
		}

	}

	static class Limited extends Workflow {

		private static final AtomicInteger inside = new AtomicInteger();

		private static final AtomicInteger most = new AtomicInteger();

		/** Open once as many as may be have begun. */
		private static volatile CountDownLatch together = new CountDownLatch(0);

		Limited() {
			super(WorkflowSettings.builder()
				.queueLimits(QueueLimits.none().concurrency(2).concurrencyPerKey(1))
				.build());
		}

		int run() throws InterruptedException {
			int now = inside.incrementAndGet();
			most.accumulateAndGet(now, Math::max);
			try {
				together.countDown();
				together.await(20, TimeUnit.SECONDS);
				// more could come
				new CountDownLatch(1).await(30, TimeUnit.MILLISECONDS);
				return now;
			}
			finally {
				inside.decrementAndGet();
			}
		}

	}

	static class Rated extends Workflow {

		Rated() {
			super(WorkflowSettings.builder()
				.queueLimits(QueueLimits.none().rate(new QueueLimits.Rate(2, Duration.ofMillis(400))))
				.build());
		}

		String run() {
			return "done";
		}

	}

	static class Queuing extends Workflow {

		private final ObjectProvider<WorkflowRuns> runs;

		Queuing(ObjectProvider<WorkflowRuns> runs) {
			this.runs = runs;
		}

		String run(boolean within) {
			if (!within) {
				return submit();
			}
			return step("queue", () -> {
				String first = submit();
				assertThat(submit()).isEqualTo(first);
				return first;
			});
		}

		private String submit() {
			return this.runs.getObject().submit("echo", Map.of("text", "from a step")).runId();
		}

	}

}
