package buddy.storage.jpa;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionConcurrency;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.workflow.DelegatingRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Runs that pause on each database, and what happens meanwhile.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@Timeout(120)
class StoredPauseTests {

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	private final RunWaits waits;

	private final RunOwners owners;

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final WorkflowRunner runner;

	/** What is read of a run before something else happens to it. */
	private volatile Function<StoredRun, StoredRun> seen = (run) -> run;

	StoredPauseTests(TestDatabase database) {
		this.storage = JpaStorage.on(database, true);
		this.repository = this.storage.repository();
		this.waits = this.storage.application().bean(RunWaits.class);
		this.owners = this.storage.application().bean(RunOwners.class);
		WorkflowSessionRepository watched = new DelegatingRepository(this.repository) {

			@Override
			public Optional<StoredRun> findRun(String runId) {
				return super.findRun(runId).map((run) -> StoredPauseTests.this.seen.apply(run));
			}

		};
		this.runner = WorkflowRunner.over(() -> watched)
			.owners(this.owners, Duration.ofSeconds(60), Duration.ofSeconds(10))
			// a request to cancel is seen where the run pauses, or not at all
			.cancelPollInterval(Duration.ofHours(1))
			.durable(this.storage.application().bean(RunJournal.class), DurableOptions.DEFAULTS)
			.waits(this.waits)
			.build();
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
	}

	@AfterEach
	void stop() {
		this.runner.close();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	private Asks asks(Function<Asks, String> body) {
		Asks bean = Workflows.proxy(new Asks(body), this.runner);
		this.workflows.register("asks", bean);
		return bean;
	}

	private WorkflowRuns runs() {
		return this.runner.runs(() -> null, this.workflows);
	}

	private static String paused(Runnable call) {
		return catchThrowableOfType(RunPausedException.class, call::run).runId();
	}

	private StoredRun stored(String runId) {
		return this.repository.findRun(runId).orElseThrow();
	}

	private StoredRun ended(String runId) {
		await().until(() -> stored(runId).status().isTerminal());
		return stored(runId);
	}

	@Test
	void forkKeepsTheAnswerAndTheQuestionsGoWithTheSession() throws Exception {
		Asks asks = asks((workflow) -> workflow.ask("q") + workflow.call("after", "a"));
		String runId = paused(() -> WorkflowScope.session("s").run(() -> asks.run("x")));
		runs().answer(runId, "q", "x");
		assertThat(ended(runId).toResponse().content()).isEqualTo("xa");

		RunResponse fork = runs().fork(runId, "after").response().toCompletableFuture().get();
		assertThat(fork.content()).isEqualTo("xa");
		RunResponse again = runs().fork(runId, "q").response().toCompletableFuture().get();
		assertThat(again.isPaused()).isTrue();
		assertThat(runs().question(String.valueOf(again.runId()), "q")).isPresent();
		assertThat(runs().question(String.valueOf(fork.runId()), "q")).isEmpty();

		assertThat(this.repository.delete("s", SessionAccess.ofUser(null))).isTrue();
		JdbcTemplate jdbc = new JdbcTemplate(this.storage.dataSource());
		for (String table : List.of("run_question", "run_step", "run")) {
			assertThat(jdbc.queryForObject("select count(*) from buddy_workflow_" + table, Integer.class)).as(table)
				.isZero();
		}
		this.runner.continueDue(this.workflows);
	}

	@Test
	void cancelOfAnotherNodeWhileTheRunPausesEndsIt() {
		String[] ids = new String[1];
		Asks asks = asks((workflow) -> {
			ids[0] = workflow.id();
			this.owners.requestCancel(ids[0], "not needed");
			return workflow.ask("q");
		});
		paused(() -> WorkflowScope.session("s").run(() -> asks.run("x")));
		this.runner.continueDue(this.workflows);
		assertThat(ended(ids[0])).satisfies((run) -> {
			assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
			assertThat(run.reason()).isEqualTo(Cancellation.CANCELLED);
		});
	}

	@Test
	void cancelThatFindsTheRunPausingOrGoingOnIsNotLost() {
		Asks asks = asks((workflow) -> workflow.ask("q"));
		for (RunStatus status : List.of(RunStatus.RUNNING, RunStatus.PAUSED)) {
			String runId = paused(() -> WorkflowScope.session("s" + status).run(() -> asks.run("x")));
			this.seen = (run) -> {
				this.seen = (now) -> now;
				// what it was before it paused, or before an earlier pause
				return StoredRun.builder(run.key(), status)
					.createdAt(run.createdAt())
					.epoch((status == RunStatus.PAUSED) ? 7 : 0)
					.build();
			};
			assertThat(runs().cancel(runId, "not needed")).isTrue();
			assertThat(stored(runId).status()).as("seen as %s", status).isEqualTo(RunStatus.CANCELLED);
		}
	}

	@Test
	void timeLimitOfOneBranchWinsOverTheSleepOfAnother() {
		Asks asks = asks((workflow) -> workflow.each(List.of("a", "b"), (item) -> {
			if (item.equals("a")) {
				workflow.rest("nap");
				return "";
			}
			CountDownLatch stopped = new CountDownLatch(1);
			RunContext.current().cancellation().onCancel(stopped::countDown);
			awaitLatch(stopped);
			return workflow.call("late", "l");
		}));
		Throwable failure = catchThrowableOfType(RuntimeException.class,
				() -> WorkflowScope.session("s").timeout(Duration.ofMillis(300)).run(() -> asks.run("x")));
		assertThat(failure).isNotInstanceOf(RunPausedException.class);
		String runId = this.repository.runs("s", RunPage.first(1)).get(0).runId();
		assertThat(ended(runId).reason()).isEqualTo(Cancellation.TIMEOUT);
		assertThat(this.waits.waiting(runId)).isEmpty();
		assertThat(this.waits.hasTimed()).isFalse();
		assertThat(this.calls).isEmpty();
	}

	@Test
	void pausedRunDoesNotBlockItsSessionAndGoesOnBeforeLaterWaiters() throws Exception {
		CountDownLatch enough = new CountDownLatch(1);
		Asks asks = asks((workflow) -> {
			String input = workflow.input();
			if (input.equals("first")) {
				workflow.ask("q");
			}
			this.calls.add(input);
			if (input.equals("second")) {
				awaitLatch(enough);
			}
			return input;
		});
		WorkflowScope alone = WorkflowScope.session("s").concurrency(SessionConcurrency.WAIT);
		String first = paused(() -> alone.run(() -> asks.run("first")));
		CompletableFuture<Object> second = CompletableFuture.supplyAsync(() -> alone.call(() -> asks.run("second")),
				(task) -> new Thread(task).start());
		await().until(() -> this.calls.equals(List.of("second")));
		CompletableFuture<Object> third = CompletableFuture.supplyAsync(() -> alone.call(() -> asks.run("third")),
				(task) -> new Thread(task).start());
		await().until(() -> count(RunStatus.PENDING) == 1);
		runs().answer(first, "q", "x");
		await().until(() -> count(RunStatus.PENDING) == 2);
		enough.countDown();
		assertThat(second.get()).isEqualTo("second");
		assertThat(third.get()).isEqualTo("third");
		assertThat(ended(first).status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.calls).containsExactly("second", "first", "third");
	}

	private long count(RunStatus status) {
		return this.repository.runs("s", RunPage.first(10)).stream().filter((run) -> run.status() == status).count();
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A workflow that asks. */
	static class Asks extends Workflow {

		private final Function<Asks, String> body;

		Asks(Function<Asks, String> body) {
			super(WorkflowSettings.builder().workflowId("asks").build());
			this.body = body;
		}

		public String run(String input) {
			return this.body.apply(this);
		}

		String ask(String name) {
			return awaitInput(name, String.class);
		}

		String call(String name, String result) {
			return step(name, () -> result);
		}

		void rest(String name) {
			sleep(name, Duration.ofHours(1));
		}

		String id() {
			return runId();
		}

		String input() {
			return String.valueOf(runInput().get("input"));
		}

		String each(List<String> items, Function<String, String> branch) {
			return String.join("", parallel("each", items, branch));
		}

	}

}
