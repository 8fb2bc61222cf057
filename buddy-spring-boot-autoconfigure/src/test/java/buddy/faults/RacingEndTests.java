package buddy.faults;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunFencedException;
import buddy.run.RunStatus;
import buddy.storage.RunOwners;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The write of a run's end is held up on its way to the database, while others cancel the
 * run, end it or continue it: who was first has it.
 */
class RacingEndTests {

	private static final int ROUNDS = Nightly.size(10, 500);

	private static TestApplication slow;

	private static TestApplication other;

	private static RunHistoryChecker checker;

	@BeforeAll
	static void start() {
		String[] database = TestDatabase.POSTGRESQL.create();
		slow = TestApplication.start(database, Racing.class, HeldUp.class);
		other = TestApplication.start(database, Racing.class);
		checker = RunHistoryChecker.of(other);
	}

	@AfterAll
	static void stop() {
		if (slow != null) {
			slow.close();
		}
		if (other != null) {
			other.close();
		}
	}

	@Test
	void runThatIsCancelledWhileItEndsHasOneOutcome() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			HeldEnd end = HeldEnd.of(slow);

			boolean asked = runs(i % 2 == 0 ? slow : other).cancel(end.runId());
			Object outcome = end.release();

			History history = check(end.runId());
			if (!asked) {
				assertThat(outcome).as("it was told that it was too late").isInstanceOf(String.class);
			}
			if (outcome instanceof RunCancelledException) {
				assertThat(history.run().status()).isEqualTo(RunStatus.CANCELLED);
			}
			else {
				assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
				assertThat(history.content()).isEqualTo(outcome);
			}
		}
	}

	@Test
	void endThatComesLateDoesNotOverwriteThatOfAnother() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			HeldEnd end = HeldEnd.of(slow);
			RunOwners owners = other.bean(RunOwners.class);
			owners.giveUp(end.runId(), 0, slow.bean(WorkflowRuns.class).nodeId());
			assertThat(owners.endOrphan(end.runId(),
					new RunOwners.OrphanEnd(RunStatus.CANCELLED, "{\"message\":\"by another\"}", 5_000_000_000_000L)))
				.isTrue();
			History before = check(end.runId());

			Object outcome = end.release();

			assertThat(outcome).isInstanceOf(Exception.class);
			assertThat(check(end.runId())).isEqualTo(before);
		}
	}

	@Test
	void resultOfTheNodeThatContinuedTheRunWins() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			HeldEnd end = HeldEnd.of(slow);
			other.bean(RunOwners.class).giveUp(end.runId(), 0, slow.bean(WorkflowRuns.class).nodeId());
			Object resumed = runs(other).resume(end.runId())
				.response()
				.toCompletableFuture()
				.get(30, TimeUnit.SECONDS)
				.content();
			History before = check(end.runId());

			Object outcome = end.release();

			assertThat(outcome).isInstanceOf(RunFencedException.class);
			assertThat(check(end.runId())).isEqualTo(before);
			assertThat(before.run().epoch()).isOne();
			assertThat(before.content()).isEqualTo(resumed);
		}
	}

	private static WorkflowRuns runs(TestApplication node) {
		return node.bean(WorkflowRuns.class).ofEverybody();
	}

	/** What the step says is the same in every execution, the rest is not. */
	private static History check(String runId) {
		History history = checker.check(runId);
		if (history.run().status() == RunStatus.COMPLETED) {
			assertThat(String.valueOf(history.content()))
				.startsWith(history.steps().get(0).result().replace("\"", "") + " ");
		}
		return history;
	}

	/**
	 * A run whose end is on its way to the database.
	 *
	 * @param runId the run
	 * @param caller what its caller gets
	 * @param released lets the end go on
	 */
	private record HeldEnd(String runId, CompletableFuture<Object> caller, CountDownLatch released) {

		static HeldEnd of(TestApplication node) throws Exception {
			CompletableFuture<String> held = new CompletableFuture<>();
			CountDownLatch released = new CountDownLatch(1);
			CompletableFuture<Object> caller = CompletableFuture.supplyAsync(() -> {
				HeldUp.of = new Held(Thread.currentThread(), held, released);
				try {
					return node.bean(RacingWorkflow.class).run();
				}
				catch (RuntimeException ex) {
					held.completeExceptionally(ex);
					return ex;
				}
			});
			return new HeldEnd(held.get(30, TimeUnit.SECONDS), caller, released);
		}

		Object release() throws Exception {
			this.released.countDown();
			return this.caller.get(30, TimeUnit.SECONDS);
		}

	}

	/**
	 * Holds up the end of the run that a thread executes.
	 *
	 * @param thread the thread
	 * @param held gets the run's id
	 * @param released lets it go on
	 */
	private record Held(Thread thread, CompletableFuture<String> held, CountDownLatch released) {

		void hold(String sql) {
			if (Thread.currentThread() != this.thread || !sql.contains("set status = ?, response = ")
					|| this.held.isDone()) {
				return;
			}
			this.held.complete(RacingWorkflow.last);
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HeldUp {

		private static volatile Held of;

		@Bean
		static BeanPostProcessor heldUpEnds() {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof DataSource dataSource) ? ProxyDataSourceBuilder.create(dataSource)
						.beforeQuery((execution, queries) -> queries.forEach((query) -> {
							Held held = of;
							if (held != null) {
								held.hold(query.getQuery());
							}
						}))
						.build() : bean;
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Racing {

		@Bean
		RacingWorkflow racing() {
			return new RacingWorkflow();
		}

	}

	static class RacingWorkflow extends Workflow {

		private static final AtomicInteger executions = new AtomicInteger();

		private static volatile String last;

		String run() {
			last = RunContext.current().runId();
			sessionState().increment("count", 1);
			String step = step("a", () -> "step" + executions.incrementAndGet());
			return step + " " + executions.incrementAndGet();
		}

	}

}
