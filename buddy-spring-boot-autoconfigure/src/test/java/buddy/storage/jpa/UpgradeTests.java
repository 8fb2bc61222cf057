package buddy.storage.jpa;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.durable.QuestionFilter;
import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.event.RunEventStreams;
import buddy.run.RunStatus;
import buddy.storage.RunTake;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application starts on the database of the version before steps, with its sessions,
 * runs and events, while a node of that version is still there.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class UpgradeTests {

	private static final String DEAD = "1@gone:aaaa";

	private static final String LIVING = "2@old:bbbb";

	private static final String COMPLETED = id();

	private static final String FAILED = id();

	private static final String INTERRUPTED = id();

	private static final String RUNNING = id();

	private static EarlierVersion earlier;

	private static TestApplication application;

	/** Needed for JUnit to hand it to the method that starts the application. */
	@Parameter
	private TestDatabase database;

	@BeforeParameterizedClassInvocation
	static void start(TestDatabase kind) {
		String[] database = kind.create();
		earlier = new EarlierVersion(kind, database);
		earlier.createTables();
		earlier.beats(DEAD, -60_000);
		earlier.beats(LIVING, 600_000);
		for (String run : List.of(COMPLETED, FAILED, INTERRUPTED, RUNNING)) {
			earlier.createsSession("s-" + run, "{\"greeted\":7}");
			earlier.begins(run, "s-" + run, run.equals(INTERRUPTED) ? DEAD : LIVING);
			assertThat(earlier.tells(run, 1)).isOne();
			assertThat(earlier.tells(run, 2)).isOne();
		}
		earlier.ends(COMPLETED, "s-" + COMPLETED, "COMPLETED", "{\"content\":\"hello\"}", null);
		earlier.ends(FAILED, "s-" + FAILED, "ERROR", null, "{\"type\":\"X\",\"message\":\"no\"}");
		application = TestApplication.start(
				Stream
					.concat(Stream.of(database), Stream.of("buddy.node.end-orphans=true", "buddy.node.lease=4s",
							"buddy.node.heartbeat-interval=400ms"))
					.toArray(String[]::new),
				Greetings.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		if (application != null) {
			application.close();
		}
	}

	@Test
	void whatIsThereIsReadAsItWas() {
		RunHistoryChecker checker = checker();

		History completed = checker.check(COMPLETED);
		assertThat(completed.steps()).isEmpty();
		assertThat(completed.content()).isEqualTo("hello");
		assertThat(completed.run()).satisfies((run) -> {
			assertThat(run.epoch()).isZero();
			assertThat(run.recoveries()).isZero();
			assertThat(run.lastEvent()).isEqualTo(2);
			assertThat(run.origin().recipe()).isNull();
		});
		History failed = checker.check(FAILED);
		assertThat(failed.run().status()).isEqualTo(RunStatus.ERROR);
		assertThat(failed.run().error()).contains("\"no\"");
		assertThat(sessions().find("s-" + COMPLETED).orElseThrow()).satisfies((session) -> {
			assertThat(session.state()).contains("7");
			assertThat(session.version()).isEqualTo(3);
		});
		RunWaits waits = application.bean(RunWaits.class);
		assertThat(waits.list(new QuestionFilter(null, null, null), null, 10)).isEmpty();
		assertThat(waits.hasTimed()).isFalse();
	}

	@Test
	void runOfADeadNodeEndsAsInterruptedAndIsExecutedFromItsBeginningWhenItIsResumed() throws Exception {
		earlier.beats(LIVING, 600_000);
		awaitInterrupted(INTERRUPTED);
		assertThat(checker().check(INTERRUPTED).steps()).isEmpty();

		runs().resume(INTERRUPTED).response().toCompletableFuture().get(30, TimeUnit.SECONDS);

		History resumed = checker().check(INTERRUPTED);
		assertThat(resumed.run().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(resumed.run().epoch()).isOne();
		assertThat(resumed.content()).isEqualTo("hello Ada");
		assertThat(resumed.done()).containsExactly("greet");
		assertThat(sessions().find("s-" + INTERRUPTED).orElseThrow().state()).contains("8");
	}

	@Test
	void runThatFailedBeforeIsRetriedFromItsBeginning() throws Exception {
		String failed = begunByTheEarlierVersion();
		earlier.ends(failed, "s-" + failed, "ERROR", null, "{\"type\":\"X\",\"message\":\"no\"}");

		runs().retry(failed).response().toCompletableFuture().get(30, TimeUnit.SECONDS);

		assertThat(checker().check(failed).content()).isEqualTo("hello Ada");
		assertThat(earlier.tells(failed, 9)).as("events after the end").isZero();
	}

	@Test
	void runOfALivingNodeOfTheEarlierVersionIsLeftToIt() {
		if (this.database != TestDatabase.POSTGRESQL && this.database != TestDatabase.MARIADB) {
			Nightly.only("the same on PostgreSQL and MariaDB, which many nodes share");
		}
		String dead = id();
		earlier.createsSession("s-" + dead, "{}");
		earlier.begins(dead, "s-" + dead, DEAD);
		String fresh = begunByTheEarlierVersion();
		awaitInterrupted(dead); // somebody has looked for runs of dead nodes

		for (String run : List.of(RUNNING, fresh)) {
			assertThat(find(run).status()).isEqualTo(RunStatus.RUNNING);
			assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> runs().resume(run));
			assertThat(application.bean(RunJournal.class)
				.take(new RunTake(run, 0, RunStatus.RUNNING, "other", true, false))).isFalse();
		}
		assertThat(earlier.tells(fresh, 1)).isOne();
		assertThat(earlier.tells(fresh, 2)).isOne();
		assertThat(earlier.ends(fresh, "s-" + fresh, "COMPLETED", "{\"content\":\"hello\"}", null)).isOne();
		assertThat(checker().check(fresh).content()).isEqualTo("hello");
	}

	@Test
	void nodeOfTheEarlierVersionMayEndRunsOfNewerNodesThatAreDead() throws Exception {
		String dead = id();
		application.bean(Greeting.class).run("Bob"); // the node of the application lives
		assertThat(earlier.orphans(LIVING))
			.doesNotContainAnyElementsOf(runsOf(application.bean(WorkflowRuns.class).nodeId()));
		earlier.createsSession("s-" + dead, "{}");
		earlier.begins(dead, "s-" + dead, null);
		earlier.jdbc().update("update buddy_workflow_run set epoch = 2, owner_node = 'lost:x' where run_id = ?", dead);

		int ended = earlier.endsOrphan(dead); // or the application was faster
		assertThat(ended).isBetween(0, 1);
		awaitInterrupted(dead);

		runs().resume(dead).response().toCompletableFuture().get(30, TimeUnit.SECONDS);
		assertThat(checker().check(dead).run().epoch()).isEqualTo(3);
	}

	private static List<String> runsOf(String nodeId) {
		return earlier.jdbc()
			.queryForList("select run_id from buddy_workflow_run where owner_node = ?", String.class, nodeId);
	}

	private static String begunByTheEarlierVersion() {
		String run = id();
		earlier.beats(LIVING, 600_000);
		earlier.createsSession("s-" + run, "{}");
		earlier.begins(run, "s-" + run, LIVING);
		return run;
	}

	private static void awaitInterrupted(String runId) {
		// the node has to look for half a lease, without a pause of the machine between
		Awaitility.await()
			.atMost(2, TimeUnit.MINUTES)
			.untilAsserted(() -> assertThat(find(runId).error()).contains("interrupted"));
		assertThat(find(runId).status()).isEqualTo(RunStatus.ERROR);
	}

	private static StoredRun find(String runId) {
		return sessions().findRun(runId).orElseThrow();
	}

	private static WorkflowSessionRepository sessions() {
		return application.bean(WorkflowSessionRepository.class);
	}

	private static WorkflowRuns runs() {
		return application.bean(WorkflowRuns.class).ofEverybody();
	}

	private static RunHistoryChecker checker() {
		return new RunHistoryChecker(sessions(), application.bean(RunJournal.class),
				application.bean(RunEventStreams.class));
	}

	private static String id() {
		return UUID.randomUUID().toString();
	}

	@Configuration(proxyBeanMethods = false)
	static class Greetings {

		@Bean
		Greeting greeting() {
			return new Greeting();
		}

	}

	static class Greeting extends Workflow {

		Greeting() {
			super(WorkflowSettings.builder().workflowId("greeting").build());
		}

		String run(String name) {
			sessionState().increment("greeted", 1);
			return step("greet", () -> "hello " + name);
		}

	}

}
