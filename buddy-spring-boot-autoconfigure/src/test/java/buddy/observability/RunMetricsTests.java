package buddy.observability;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.run.internal.CancellationSource;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What is counted of runs.
 */
@Timeout(60)
class RunMetricsTests {

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final RunMetrics metrics = new RunMetrics(this.meters);

	private final WorkflowRunner runner = WorkflowRunner.over(() -> this.store)
		.interceptors(List.of(this.metrics))
		.listeners(List.of(this.metrics))
		.build();

	/** Held as a bean is: a gauge does not keep what it looks at. */
	private final LiveRunMetrics live = new LiveRunMetrics(new DefaultWorkflowRuns(this.store, null,
			RunnerLiveRuns.of(this.runner), () -> "someone", Clock.systemUTC(), null));

	private final Shapes.Value workflow = Workflows.proxy(new Shapes.Value(), this.runner);

	@AfterEach
	void close() {
		this.runner.close();
	}

	@Test
	void cancelsAreCountedByCause() {
		catchThrowable(() -> this.workflow.run("s1", "a",
				() -> CancellationSource.of(RunContext.current().cancellation()).cancel("stop")));
		catchThrowable(() -> this.workflow.run("s2", "a",
				() -> CancellationSource.of(RunContext.current().cancellation()).cancel(Cancellation.TIMEOUT, "late")));
		catchThrowable(
				() -> this.workflow.run("s3", "a", () -> CancellationSource.of(RunContext.current().cancellation())
					.cancel(Cancellation.TIMEOUT, "later")));

		assertThat(count("buddy.runs.cancelled", "buddy.run.cause", "cancelled")).isEqualTo(1);
		assertThat(count("buddy.runs.cancelled", "buddy.run.cause", "timeout")).isEqualTo(2);
	}

	@Test
	void errorsAreCountedByType() {
		catchThrowable(() -> this.workflow.run("s1", "a", () -> {
			throw new IllegalStateException("one");
		}));
		catchThrowable(() -> this.workflow.run("s2", "a", () -> {
			throw new IllegalStateException("two");
		}));

		assertThat(count("buddy.runs.failed", "error.type", IllegalStateException.class.getName())).isEqualTo(2);
		assertThat(this.meters.find("buddy.runs.refused").counter()).isNull();
	}

	@Test
	void refusedRunsAreCountedByTypeAndNotAsErrors() {
		WorkflowScope.session("s1").user("alice").run(() -> this.workflow.run(null, "a", () -> "hers"));
		assertThat(catchThrowable(
				() -> WorkflowScope.session("s1").user("bob").run(() -> this.workflow.run(null, "a", () -> "his"))))
			.isInstanceOf(SessionNotFoundException.class);

		assertThat(count("buddy.runs.refused", "error.type", SessionNotFoundException.class.getName())).isEqualTo(1);
		assertThat(this.meters.find("buddy.runs.failed").counter()).isNull();
	}

	@Test
	void conflictsOfSessionStateAreCounted() throws Exception {
		Setting setting = Workflows.proxy(new Setting(), this.runner);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> setting.run("s1", "slow", () -> {
			begun.countDown();
			await(goOn);
		}));
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		setting.run("s1", "quick", () -> {
		});
		goOn.countDown();
		slow.get(30, TimeUnit.SECONDS);

		assertThat(
				this.meters.get("buddy.session.state.conflicts").tag("buddy.workflow.id", "setting").counter().count())
			.isEqualTo(1);
	}

	@Test
	void runningAndWaitingRunsAreGauged() throws Exception {
		this.live.bindTo(this.meters);
		WorkflowScope wait = WorkflowScope.empty().concurrency(SessionConcurrency.WAIT);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<Void> first = CompletableFuture
			.runAsync(() -> wait.run(() -> this.workflow.run("s1", "a", () -> {
				begun.countDown();
				return await(goOn);
			})), RunMetricsTests::onThread);
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(gauge("buddy.runs.running")).isEqualTo(1);
		CompletableFuture<Void> second = CompletableFuture
			.runAsync(() -> wait.run(() -> this.workflow.run("s1", "b", () -> "second")), RunMetricsTests::onThread);
		Awaitility.await().until(() -> gauge("buddy.runs.waiting") == 1);
		assertThat(gauge("buddy.runs.running")).isEqualTo(1);

		goOn.countDown();
		CompletableFuture.allOf(first, second).get(30, TimeUnit.SECONDS);
		assertThat(gauge("buddy.runs.running")).isZero();
		assertThat(gauge("buddy.runs.waiting")).isZero();
	}

	@Test
	void manyRunsMakeNoMoreTimeSeries() {
		for (int i = 0; i < 50; i++) {
			String session = "s" + i;
			catchThrowable(
					() -> WorkflowScope.ofUser("u" + session).run(() -> this.workflow.run(session, session, () -> {
						throw new IllegalStateException(session);
					})));
			catchThrowable(() -> this.workflow.run("x" + session, session,
					() -> CancellationSource.of(RunContext.current().cancellation()).cancel("because of " + session)));
		}

		assertThat(this.meters.getMeters()).hasSize(2);
		assertThat(this.meters.getMeters()).extracting(Meter::getId)
			.allSatisfy((id) -> assertThat(id.getTags()).extracting(Tag::getKey)
				.containsAnyOf("error.type", "buddy.run.cause")
				.contains("buddy.workflow.id")
				.hasSize(2));
	}

	private double count(String name, String key, String value) {
		return this.meters.get(name).tags("buddy.workflow.id", "value", key, value).counter().count();
	}

	private double gauge(String name) {
		return this.meters.get(name).gauge().value();
	}

	/** Of its own: the common pool may have one thread, and both runs wait. */
	private static void onThread(Runnable task) {
		new Thread(task).start();
	}

	private static Object await(CountDownLatch latch) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> latch.getCount() == 0);
		return "done";
	}

	static class Setting extends Workflow {

		void run(@SessionId String session, String value, Runnable meanwhile) {
			sessionState().put("key", value);
			meanwhile.run();
		}

	}

}
