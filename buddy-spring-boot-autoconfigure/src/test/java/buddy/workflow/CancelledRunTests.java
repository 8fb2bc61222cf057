package buddy.workflow;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.RunTimedOutException;
import buddy.run.WorkflowRun;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.runner.RunnerLiveRuns;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Runs that are stopped from outside, or because their time is up.
 */
@Timeout(60)
class CancelledRunTests {

	private final Recorded recorded = new Recorded();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch goOn = new CountDownLatch(1);

	private WorkflowRunner runner = this.recorded.runner(this.recorded.repository).build();

	@AfterEach
	void goOn() {
		this.goOn.countDown();
		this.runner.close();
	}

	@Test
	void callOfBuddyThrowsInACancelledRun() throws Exception {
		AtomicReference<String> runId = new AtomicReference<>();
		CompletableFuture<Object> result = inBackground(proxy(new Cooperative((workflow) -> {
			runId.set(workflow.id());
			waitForTest();
			assertThat(workflow.stopped()).isTrue();
			workflow.change();
			return "never";
		})));
		assertThat(this.begun.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(runs().cancel(runId.get(), "the user left")).isTrue();
		this.goOn.countDown();
		assertThat(result).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.havingCause()
			.isExactlyInstanceOf(RunCancelledException.class)
			.withMessageContaining("the user left");
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.failure().reason()).isEqualTo("cancelled");
		assertThat(run.failure().message()).isEqualTo("the user left");
		assertThat(this.recorded.repository.find("s").orElseThrow().state()).isNull();
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCancelled");
	}

	@Test
	void resultOfABodyThatStoppedAtNothingIsKeptButTheRunIsCancelled() {
		Cooperative workflow = proxy(new Cooperative((body) -> {
			body.change();
			assertThat(runs().cancel(body.id(), "enough")).isTrue();
			assertThat(runs().cancel(body.id(), "again")).isTrue();
			return RunResponse.of("all the same");
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> workflow.run("s"))
			.withMessageContaining("enough");
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.response().content()).isEqualTo("all the same");
		assertThat(run.failure().message()).isEqualTo("enough");
		assertThat(this.recorded.repository.find("s").orElseThrow().state()).isNull();
	}

	@Test
	void whatABodyThrowsAfterItWasCancelledIsRecordedAndThrownAsItIs() {
		IllegalStateException failure = new IllegalStateException("the connection was closed");
		Cooperative workflow = proxy(new Cooperative((body) -> {
			runs().cancel(body.id(), "enough");
			throw failure;
		}));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> workflow.run("s"))
			.satisfies((ex) -> assertThat(ex).isSameAs(failure));
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.failure().type()).isEqualTo(IllegalStateException.class.getName());
		assertThat(run.failure().stackTrace()).contains("the connection was closed");
		assertThat(run.failure().message()).isEqualTo("enough");
	}

	@Test
	void runThatIsOverCannotBeCancelled() throws Exception {
		AtomicReference<String> runId = new AtomicReference<>();
		proxy(new Cooperative((body) -> {
			runId.set(body.id());
			return "done";
		})).run("s");
		assertThat(runs().cancel(runId.get())).isFalse();
		assertThat(runs().cancel("01a2")).isFalse();
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void anothersRunCannotBeCancelled() {
		Cooperative workflow = proxy(new Cooperative((body) -> {
			assertThat(runs().asUser("bob").cancel(body.id())).isFalse();
			assertThat(runs().cancel(body.id())).isFalse();
			assertThat(body.stopped()).isFalse();
			assertThat(runs().asUser("alice").cancel(body.id(), "hers")).isTrue();
			return "done";
		}));
		assertThatExceptionOfType(RunCancelledException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("alice").call(() -> workflow.run("s")));
		Cooperative other = proxy(new Cooperative((body) -> {
			assertThat(runs().ofEverybody().cancel(body.id(), "an operator's")).isTrue();
			return "done";
		}));
		assertThatExceptionOfType(RunCancelledException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("alice").call(() -> other.run("s2")));
	}

	@Test
	void reasonIsOneLineAndNoLongerThanItsColumn() {
		Cooperative workflow = proxy(new Cooperative((body) -> {
			runs().cancel(body.id(), "a\nb\u0000" + "x".repeat(300));
			return "done";
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> workflow.run("s"));
		assertThat(this.recorded.onlyRun("s").failure().message()).hasSize(255).startsWith("a b x");
	}

	@Test
	void runInsideOfACancelledRunIsCancelledToo() {
		Cooperative inner = proxy(new Cooperative((body) -> {
			runs().cancel(RunContext.current().parent().runId(), "the outer one");
			body.change();
			return "never";
		}));
		Outer outer = Workflows.proxy(new Outer(inner), this.runner);
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> outer.run("s"))
			.withMessageContaining("the outer one");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.recorded.onlyRun("s:cooperative").status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void timeoutOfTheApplicationCancels() {
		this.runner = this.recorded.runner(this.recorded.repository).timeout(Duration.ofMillis(20)).build();
		assertThatTimedOut("s", () -> proxy(endless()).run("s"));
	}

	@Test
	void timeoutOfTheWorkflowAndOfTheScopeCancel() {
		assertThatTimedOut("s1",
				() -> proxy(endless(WorkflowSettings.builder().timeout(Duration.ofMillis(20)).build())).run("s1"));
		assertThatTimedOut("s2",
				() -> WorkflowScope.empty().timeout(Duration.ofMillis(20)).call(() -> proxy(endless()).run("s2")));
	}

	@Test
	void scopesTimeoutWinsOverTheWorkflowsAndZeroIsForAsLongAsItLikes() throws Exception {
		this.runner = this.recorded.runner(this.recorded.repository).timeout(Duration.ofNanos(1)).build();
		Cooperative workflow = proxy(new Cooperative(WorkflowSettings.builder().timeout(Duration.ofHours(1)).build(),
				(body) -> body.context().live().request().options().limit()));
		assertThat(workflow.run("s1")).isEqualTo(Duration.ofHours(1));
		assertThat(WorkflowScope.empty().timeout(Duration.ZERO).call(() -> workflow.run("s2"))).isNull();
		assertThat(WorkflowScope.empty()
			.timeout(Duration.ofMinutes(5))
			.call(() -> WorkflowScope.session("s3").call(() -> workflow.run(null)))).isEqualTo(Duration.ofMinutes(5));
	}

	@Test
	void threadIsInterruptedWhereThatIsWanted() {
		this.runner = this.recorded.runner(this.recorded.repository).interrupt(true).build();
		Cooperative workflow = proxy(new Cooperative((body) -> {
			assertThat(runs().cancel(body.id(), "now")).isTrue();
			new CountDownLatch(1).await();
			return "never";
		}));
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> workflow.run("s"));
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		Cooperative deaf = proxy(new Cooperative((body) -> {
			runs().cancel(body.id(), "now");
			Awaitility.await().until(Thread.currentThread()::isInterrupted);
			return true;
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> deaf.run("s2"));
		assertThat(this.recorded.onlyRun("s2").response().content()).isEqualTo(true);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void threadIsNotInterruptedByDefault() {
		Cooperative deaf = proxy(new Cooperative((body) -> {
			CountDownLatch stopped = new CountDownLatch(1);
			RunContext.current().cancellation().onCancel(stopped::countDown);
			runs().cancel(body.id(), "now");
			stopped.await();
			return Thread.currentThread().isInterrupted();
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> deaf.run("s2"));
		assertThat(this.recorded.onlyRun("s2").response().content()).isEqualTo(false);
	}

	private void assertThatTimedOut(String session, org.assertj.core.api.ThrowableAssert.ThrowingCallable run) {
		assertThatExceptionOfType(RunTimedOutException.class).isThrownBy(run).withMessageContaining("PT0.02S");
		assertThat(this.recorded.onlyRun(session).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.recorded.onlyRun(session).failure().reason()).isEqualTo("timeout");
	}

	private static Cooperative endless() {
		return endless(WorkflowSettings.defaults());
	}

	private static Cooperative endless(WorkflowSettings settings) {
		return new Cooperative(settings, (body) -> {
			CountDownLatch stopped = new CountDownLatch(1);
			RunContext.current().cancellation().onCancel(stopped::countDown);
			stopped.await();
			body.change();
			return "never";
		});
	}

	private void waitForTest() throws InterruptedException {
		this.begun.countDown();
		this.goOn.await();
	}

	private CompletableFuture<Object> inBackground(Cooperative workflow) {
		CompletableFuture<Object> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(workflow.run("s"));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	private WorkflowRuns runs() {
		return new DefaultWorkflowRuns(this.recorded.repository, null, RunnerLiveRuns.of(this.runner), () -> null,
				Clock.systemUTC(), null);
	}

	private Cooperative proxy(Cooperative workflow) {
		return Workflows.proxy(workflow, this.runner);
	}

	interface Body {

		Object run(Cooperative workflow) throws Exception;

	}

	static class Cooperative extends Workflow {

		private final Body body;

		Cooperative(Body body) {
			this(WorkflowSettings.defaults(), body);
		}

		Cooperative(WorkflowSettings settings, Body body) {
			super(settings);
			this.body = body;
		}

		Object run(@SessionId String session) throws Exception {
			return this.body.run(this);
		}

		String id() {
			return runId();
		}

		boolean stopped() {
			return cancelled();
		}

		void change() {
			sessionState().put("changed", true);
		}

		RunExecution context() {
			return (RunExecution) RunContext.current();
		}

	}

	static class Outer extends Workflow {

		private final Cooperative inner;

		Outer(Cooperative inner) {
			this.inner = inner;
		}

		Object run(@SessionId String session) throws Exception {
			return this.inner.run(null);
		}

	}

}
