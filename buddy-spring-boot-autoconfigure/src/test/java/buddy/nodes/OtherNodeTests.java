package buddy.nodes;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.UnfinishedRun;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.JavaProcess;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A run of one node, seen, waited for and stopped from another, and left behind by one
 * that was killed.
 */
class OtherNodeTests {

	private static final String[] FAST = { "buddy.runs.cancel-poll-interval=20ms",
			"buddy.node.heartbeat-interval=300ms", "buddy.node.lease=3s" };

	private static String[] database;

	private static TestApplication here;

	private static TestApplication there;

	private final String session = "s-" + UUID.randomUUID();

	@BeforeAll
	static void start() {
		database = Stream.of(TestDatabase.POSTGRESQL.create(), FAST).flatMap(Stream::of).toArray(String[]::new);
		here = TestApplication.start(database, Workflows.class);
		there = TestApplication.start(database, Workflows.class);
	}

	@AfterAll
	static void stop() {
		Stream.of(here, there).filter((application) -> application != null).forEach(TestApplication::close);
	}

	@Test
	void runIsCancelledFromAnotherNode() {
		CompletableFuture<Object> run = inBackground(there, WorkflowScope.ofUser("alice"));
		UnfinishedRun seen = awaitRun("alice");
		assertThat(seen.ownerAlive()).isTrue();
		assertThat(seen.ownerNode()).isNotNull();
		WorkflowRuns runs = here.bean(WorkflowRuns.class);
		assertThat(runs.asUser("bob").cancel(seen.runId())).isFalse();

		assertThat(runs.asUser("alice").cancel(seen.runId(), "from the other node")).isTrue();

		assertThat(run).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RunCancelledException.class)
			.withMessageContaining("from the other node");
		assertThat(stored(seen.runId()).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(runs.asUser("alice").cancel(seen.runId())).isFalse();
	}

	@Test
	void sessionThatAnotherNodeHoldsIsBusy() throws Exception {
		CompletableFuture<Object> run = inBackground(there,
				WorkflowScope.ofUser("carol").concurrency(SessionConcurrency.WAIT));
		UnfinishedRun seen = awaitRun("carol");

		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("carol")
				.concurrency(SessionConcurrency.REJECT)
				.call(() -> here.bean(Waiting.class).run(this.session, false)))
			.satisfies((ex) -> assertThat(ex.holderRunId()).isEqualTo(seen.runId()));

		assertThat(here.bean(WorkflowRuns.class).asUser("carol").cancel(seen.runId())).isTrue();
		assertThat(run).failsWithin(Duration.ofSeconds(20));
		assertThat(WorkflowScope.ofUser("carol")
			.concurrency(SessionConcurrency.REJECT)
			.call(() -> here.bean(Waiting.class).run(this.session, false))).isEqualTo("done");
	}

	@Test
	void runOfAKilledProcessIsToldApartAndItsSessionIsFreeAfterTheLease() throws Exception {
		JavaProcess process = JavaProcess.start(OtherNodeTests.class,
				Stream.concat(Stream.of(this.session), Stream.of(database)).toArray(String[]::new));
		UnfinishedRun seen = awaitRun("dave");
		assertThat(seen.ownerAlive()).isTrue();
		assertThat(seen.ownerNode()).startsWith(process.pid() + "@");
		assertThat(seen.ownerStartedAt()).isBeforeOrEqualTo(seen.ownerSeenAt());
		process.kill();

		// waits until the lease of the dead one has run out
		assertThat(WorkflowScope.ofUser("dave")
			.concurrency(SessionConcurrency.WAIT)
			.call(() -> here.bean(Waiting.class).run(this.session, false))).isEqualTo("done");

		WorkflowRuns runs = here.bean(WorkflowRuns.class).asUser("dave");
		assertThat(runs.unfinished(RunPage.first(10)).items()).singleElement().satisfies((run) -> {
			assertThat(run.runId()).isEqualTo(seen.runId());
			assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
			assertThat(run.ownerAlive()).isFalse();
			assertThat(run.ownerNode()).isEqualTo(seen.ownerNode());
		});
		assertThat(runs.cancel(seen.runId(), "its process died")).isTrue();
		assertThat(stored(seen.runId()).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(stored(seen.runId()).error()).contains("its process died");
	}

	/**
	 * Waits until a run is seen whose node lives: after a pause of the machine it counts
	 * as dead until it has said that it lives.
	 */
	private UnfinishedRun awaitRun(String user) {
		WorkflowRuns runs = here.bean(WorkflowRuns.class).asUser(user);
		return Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> runs.unfinished(RunPage.first(1)).items(),
					(found) -> !found.isEmpty() && found.get(0).ownerAlive())
			.get(0);
	}

	private static StoredRun stored(String runId) {
		return here.bean(WorkflowSessionRepository.class).findRun(runId).orElseThrow();
	}

	private CompletableFuture<Object> inBackground(TestApplication application, WorkflowScope scope) {
		CompletableFuture<Object> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(scope.call(() -> application.bean(Waiting.class).run(this.session, true)));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	public static void main(String[] arguments) throws InterruptedException {
		String[] properties = List.of(arguments).subList(1, arguments.length).toArray(new String[0]);
		TestApplication application = TestApplication.start(properties, Workflows.class);
		WorkflowScope.ofUser("dave")
			.concurrency(SessionConcurrency.WAIT)
			.call(() -> application.bean(Waiting.class).run(arguments[0], true));
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Waiting waiting() {
			return new Waiting();
		}

	}

	static class Waiting extends Workflow {

		String run(@SessionId String session, boolean wait) throws InterruptedException {
			if (wait) {
				CountDownLatch stopped = new CountDownLatch(1);
				RunContext.current().cancellation().onCancel(stopped::countDown);
				stopped.await();
				sessionState().put("never", true);
			}
			return "done";
		}

	}

}
