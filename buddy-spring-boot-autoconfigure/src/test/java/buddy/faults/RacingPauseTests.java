package buddy.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.QuestionFilter;
import buddy.durable.QuestionOptions;
import buddy.durable.QuestionStatus;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Question;
import buddy.workflow.QuestionNotOpenException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Answers, pauses, restarts and several applications at once on real databases: each
 * question has one answer, and each paused run goes on once.
 */
@Timeout(120)
class RacingPauseTests {

	private static final int ROUNDS = Nightly.size(3, 200);

	private static final int ANSWERS = Nightly.size(20, 100);

	private static final Map<String, Integer> calls = new ConcurrentHashMap<>();

	private final List<TestApplication> applications = new ArrayList<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private TemporalProcess server;

	@AfterEach
	void stop() {
		this.threads.shutdown();
		this.applications.forEach(TestApplication::close);
		if (this.server != null) {
			this.server.close();
		}
		calls.clear();
	}

	/** The statements that decide are in the contract tests of all databases. */
	static List<Arguments> databases() {
		return Stream
			.concat(Stream.of(TestDatabase.POSTGRESQL, TestDatabase.H2, TestDatabase.MARIADB, TestDatabase.SQLITE)
				.map((database) -> Arguments.of(database, WorkerEngine.DB_SCHEDULER)),
					Stream.of(Arguments.of(TestDatabase.POSTGRESQL, WorkerEngine.TEMPORAL)))
			.limit(Nightly.size(1, 5))
			.toList();
	}

	/** Answers and times are taken up by the nodes themselves, whatever the engine is. */
	static List<WorkerEngine> engines() {
		return List.of(WorkerEngine.values()).subList(0, Nightly.size(1, 2));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void answersRaceEachOtherAndThePause(TestDatabase database, WorkerEngine engine) throws Exception {
		TestApplication application = start(create(database, engine));
		oneOfManyAnswersIsStored(application);
		answersThatFollowThePauseAtOnceAreNotLost(application);
		answerIsStoredWithTheTransactionOfItsCaller(application);
	}

	private void oneOfManyAnswersIsStored(TestApplication application) throws Exception {
		RunResponse paused = application.bean(Asking.class).run(1);
		String runId = String.valueOf(paused.runId());
		WorkflowRuns runs = application.bean(WorkflowRuns.class);
		CountDownLatch go = new CountDownLatch(1);
		List<Future<String>> answers = new ArrayList<>();
		for (int i = 0; i < ANSWERS; i++) {
			String mine = "answer " + i;
			answers.add(this.threads.submit(() -> {
				go.await();
				try {
					return String.valueOf(runs.answer(runId, "q", mine).answer());
				}
				catch (QuestionNotOpenException ex) {
					return "late";
				}
			}));
		}
		go.countDown();
		List<String> outcomes = new ArrayList<>();
		for (Future<String> answer : answers) {
			outcomes.add(answer.get(60, TimeUnit.SECONDS));
		}
		assertThat(outcomes).filteredOn("late"::equals).hasSize(ANSWERS - 1);
		String winner = outcomes.stream().filter((outcome) -> !outcome.equals("late")).findFirst().orElseThrow();
		assertThat(runs.question(runId, "q").map(Question::answer)).contains(winner);
		awaitCompleted(application, List.of(runId));
		assertThat(run(application, runId).toResponse().content()).isEqualTo(winner);
		assertThat(run(application, runId).epoch()).isEqualTo(1);
	}

	/** Of two questions, one is answered while the answer of the other is taken up. */
	private void answersThatFollowThePauseAtOnceAreNotLost(TestApplication application) throws Exception {
		WorkflowRuns runs = application.bean(WorkflowRuns.class);
		List<String> all = new ArrayList<>();
		for (int i = 0; i < ROUNDS; i++) {
			Future<RunResponse> call = this.threads.submit(() -> application.bean(Asking.class).run(2));
			List<Question> open = new ArrayList<>();
			await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
				open.clear();
				open.addAll(runs.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10));
				return open.size() == 2;
			});
			List<Future<Question>> answered = open.stream()
				.map((question) -> this.threads
					.submit((Callable<Question>) () -> runs.answer(question.runId(), question.question(), "yes")))
				.toList();
			for (Future<Question> answer : answered) {
				answer.get(20, TimeUnit.SECONDS);
			}
			assertThat(call.get(20, TimeUnit.SECONDS).status()).isEqualTo(RunStatus.PAUSED);
			all.add(open.get(0).runId());
		}
		awaitCompleted(application, all);
		all.forEach((runId) -> assertCalledOnce(application, runId, 2));
	}

	private void answerIsStoredWithTheTransactionOfItsCaller(TestApplication application) {
		WorkflowRuns runs = application.bean(WorkflowRuns.class);
		String runId = String.valueOf(application.bean(Asking.class).run(1).runId());
		TransactionTemplate transaction = new TransactionTemplate(application.bean(PlatformTransactionManager.class));
		transaction.executeWithoutResult((status) -> {
			runs.answer(runId, "q", "undone");
			status.setRollbackOnly();
		});
		assertThat(runs.question(runId, "q").map(Question::status)).contains(QuestionStatus.OPEN);
		assertThat(run(application, runId).status()).isEqualTo(RunStatus.PAUSED);
		transaction.executeWithoutResult((status) -> runs.answer(runId, "q", "kept"));
		awaitCompleted(application, List.of(runId));
		assertThat(run(application, runId).toResponse().content()).isEqualTo("kept");
		assertThat(run(application, runId).epoch()).isEqualTo(1);
	}

	@ParameterizedTest
	@MethodSource("databases")
	void timesThatPassWhileNoApplicationRunsAreNotLost(TestDatabase database, WorkerEngine engine) throws Exception {
		String[] properties = create(database, engine);
		// does not go on with the runs itself, however long it takes to close
		TestApplication first = TestApplication.start(properties, Asking.class, Timed.class,
				TemporalProcess.Client.class);
		this.applications.add(first);
		List<String> runs = Stream.of("sleeps", "expires", "fails")
			.map((what) -> String.valueOf(first.bean(Timed.class).run(what).runId()))
			.toList();
		String open = String.valueOf(first.bean(Asking.class).run(1).runId());
		first.close();
		TestApplication second = start(properties);
		awaitCompleted(second, runs);
		assertThat(runs).extracting((runId) -> run(second, runId).toResponse().content())
			.containsExactly("slept", "nobody", "too late");
		assertThat(runs).allSatisfy((runId) -> assertThat(run(second, runId).epoch()).isEqualTo(1));
		assertThat(run(second, open).status()).isEqualTo(RunStatus.PAUSED);
		second.bean(WorkflowRuns.class).answer(open, "q", "after the restart");
		awaitCompleted(second, List.of(open));
	}

	@Test
	void runThatHasPausedIsHandedOverWhereOthersAreNot() throws Exception {
		Nightly.only("RunHandOverTests hands runs over");
		String[] properties = TestDatabase.H2.create();
		TestApplication first = start(properties);
		List<String> runs = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			boolean nested = i == 1;
			assertThatExceptionOfType(RunPausedException.class).isThrownBy(() -> first.bean(Slow.class).run(nested))
				.satisfies((ex) -> runs.add(ex.runId()));
		}
		for (Question question : first.bean(WorkflowRuns.class)
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10)) {
			first.bean(WorkflowRuns.class).answer(question.runId(), question.question(), "a");
		}
		assertThat(Slow.begun.tryAcquire(2, 20, TimeUnit.SECONDS)).isTrue();
		this.applications.remove(first);
		first.close();
		assertThat(runs).allSatisfy((runId) -> assertThat(calls).containsEntry(runId + "slow", 1));
		Slow.goOn.countDown();
		TestApplication second = start(Stream
			.concat(Stream.of(properties),
					Stream.of("buddy.node.end-orphans=true", "buddy.node.lease=2s",
							"buddy.node.heartbeat-interval=500ms"))
			.toArray(String[]::new));
		awaitCompleted(second, runs);
		assertThat(runs).allSatisfy((runId) -> {
			assertThat(run(second, runId).toResponse().content()).isEqualTo("a, slow");
			assertThat(run(second, runId).recoveries()).isZero();
		});
	}

	@ParameterizedTest
	@MethodSource("engines")
	void dueRunsAreContinuedOnceOverAllApplications(WorkerEngine engine) throws Exception {
		String[] properties = create(TestDatabase.POSTGRESQL, engine);
		TestApplication one = start(properties);
		TestApplication other = start(properties);
		List<String> runs = new ArrayList<>();
		for (int i = 0; i < Nightly.size(10, 40); i++) {
			runs.add(String.valueOf((i % 2 == 0 ? one : other).bean(Timed.class).run("sleeps").runId()));
		}
		awaitCompleted(one, runs);
		runs.forEach((runId) -> {
			assertThat(run(one, runId).epoch()).as(runId).isEqualTo(1);
			assertThat(calls).containsEntry(runId + "before", 1).containsEntry(runId + "after", 1);
		});
	}

	@ParameterizedTest
	@MethodSource("engines")
	void manyAnswersAtOnceAreTakenUpSoon(WorkerEngine engine) throws Exception {
		TestApplication application = start(create(TestDatabase.POSTGRESQL, engine));
		List<String> runs = new ArrayList<>();
		for (int i = 0; i < Nightly.size(30, 100); i++) {
			runs.add(String.valueOf(application.bean(Asking.class).run(1).runId()));
		}
		runs.parallelStream().forEach((runId) -> application.bean(WorkflowRuns.class).answer(runId, "q", "yes"));
		awaitCompleted(application, runs);
		runs.forEach((runId) -> assertCalledOnce(application, runId, 1));
	}

	private String[] create(TestDatabase database, WorkerEngine engine) throws IOException {
		this.server = engine.start();
		return engine.properties(database.create(), this.server);
	}

	private TestApplication start(String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 2);
		all[properties.length] = "buddy.engine.enabled=true";
		all[properties.length + 1] = "buddy.engine.poll-interval=100ms";
		TestApplication application = TestApplication.start(all, Asking.class, Timed.class, Slow.class,
				TemporalProcess.Client.class);
		this.applications.add(application);
		return application;
	}

	private static void awaitCompleted(TestApplication application, List<String> runs) {
		await().pollInterval(Duration.ofMillis(20))
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(
					application.bean(WorkflowSessionRepository.class).listRuns(RunQuery.all(), RunPage.first(500)))
				.filteredOn((run) -> runs.contains(run.runId()))
				.extracting((run) -> run.status())
				.containsOnly(RunStatus.COMPLETED));
	}

	private static StoredRun run(TestApplication application, String runId) {
		return application.bean(WorkflowSessionRepository.class).findRun(runId).orElseThrow();
	}

	private static void assertCalledOnce(TestApplication application, String runId, int questions) {
		for (int i = 0; i < questions; i++) {
			assertThat(calls).containsEntry(runId + "before" + i, 1).containsEntry(runId + "after" + i, 1);
		}
		assertThatExceptionOfType(QuestionNotOpenException.class).isThrownBy(() -> application.bean(WorkflowRuns.class)
			.answer(runId, (questions == 1) ? "q" : "branch[0]/q", "late"));
	}

	private static String called(String what) {
		calls.merge(buddy.run.RunContext.current().runId() + what, 1, Integer::sum);
		return what;
	}

	/** Asks a person, or several in branches. */
	static class Asking extends Workflow {

		public RunResponse run(int questions) {
			if (questions == 1) {
				return RunResponse.of(ask(0));
			}
			return RunResponse
				.of(parallel("branch", Stream.iterate(0, (i) -> i + 1).limit(questions).toList(), this::ask));
		}

		private String ask(int number) {
			step("before", () -> called("before" + number));
			String answer = awaitInput("q", String.class);
			step("after", () -> called("after" + number));
			return answer;
		}

	}

	/** Waits for a time. */
	static class Timed extends Workflow {

		private static final Duration TIME = Duration.ofMillis(300);

		public RunResponse run(String what) {
			step("before", () -> called("before"));
			String content = switch (what) {
				case "sleeps" -> {
					sleep("rest", TIME);
					yield "slept";
				}
				case "expires" -> awaitInput("q", String.class, QuestionOptions.none().expiresIn(TIME, "nobody"));
				default -> late();
			};
			step("after", () -> called("after"));
			return RunResponse.of(content);
		}

		private String late() {
			try {
				return awaitInput("q", String.class, QuestionOptions.none().expiresIn(TIME));
			}
			catch (buddy.durable.AnswerExpiredException ex) {
				return "too late";
			}
		}

	}

	/** Is in a step for long, after an answer. */
	static class Slow extends Workflow {

		static final Semaphore begun = new Semaphore(0);

		static final CountDownLatch goOn = new CountDownLatch(1);

		private final Asking asking;

		Slow(Asking asking) {
			this.asking = asking;
		}

		public String run(boolean nested) {
			String answer = nested ? this.asking.run(1).contentAsString() : awaitInput("q", String.class);
			return answer + ", " + step("slow", () -> {
				called("slow");
				begun.release();
				try {
					assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				return "slow";
			});
		}

	}

}
