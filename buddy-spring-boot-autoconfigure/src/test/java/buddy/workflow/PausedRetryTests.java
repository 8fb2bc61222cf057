package buddy.workflow;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.durable.StepHead;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepStatus;
import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunPausedException;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.run.internal.CancellationSource;
import buddy.storage.StoredRun;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A long wait for the next attempt of a step is a pause of the run.
 */
@Timeout(60)
class PausedRetryTests {

	private static final StepOptions PATIENT = StepOptions.defaults()
		.attempts(3)
		.backoff(Duration.ofMinutes(1), Duration.ofMinutes(2));

	private final Durable durable = new Durable();

	private final AtomicInteger calls = new AtomicInteger();

	private volatile int succeedsAt = 3;

	@Test
	void runPausesUntilEachNextAttempt() {
		Named named = this.durable.proxy(new Named("patient", (workflow) -> workflow.callStep("before", () -> "b")
				+ workflow.<String, RuntimeException>callStep("pay", PATIENT, this::attempt)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run)
			.withMessageContaining("the next attempt of 'pay'")
			.satisfies((ex) -> assertThat(ex.waitsFor()).singleElement()
				.satisfies((wait) -> assertRetry(wait, this.durable.onlyRun().runId(), 2)));
		String runId = this.durable.onlyRun().runId();
		assertThat(this.durable.run(runId).error()).isNull();
		assertThat(this.durable.runs().waitsOf(runId)).singleElement().satisfies((wait) -> assertRetry(wait, runId, 2));
		assertThat(pay(runId)).satisfies((step) -> {
			assertThat(step.status()).isEqualTo(StepStatus.WAITING);
			assertThat(step.attempts()).isEqualTo(1);
		});

		this.durable.clock.advance(Duration.ofSeconds(45));
		this.durable.runner.continueDue(this.durable.workflows());
		assertThat(this.durable.run(runId)).returns(RunStatus.PAUSED, StoredRun::status).returns(0, StoredRun::epoch);

		this.durable.clock.advance(Duration.ofSeconds(30));
		assertThat(this.durable.continued(runId).status()).isEqualTo(RunStatus.PAUSED);
		assertThat(this.durable.runs().waitsOf(runId)).singleElement().satisfies((wait) -> assertRetry(wait, runId, 3));
		this.durable.clock.advance(Duration.ofMinutes(3));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("bpaid");
		assertThat(this.calls).hasValue(3);
		assertThat(pay(runId)).satisfies((step) -> {
			assertThat(step.status()).isEqualTo(StepStatus.DONE);
			assertThat(step.attempts()).isEqualTo(3);
		});
		assertThat(this.durable.events).extracting(RunResponseEvent::event)
			.containsSubsequence("StepError", "RunPaused", "StepError", "RunPaused", "WorkflowCompleted");
		assertThat(this.durable.runs().waitsOf(runId)).isEmpty();
	}

	private void assertRetry(RunWait wait, String runId, int attempt) {
		assertThat(wait.kind()).isEqualTo(RunWait.RETRY);
		assertThat(wait.runId()).isEqualTo(runId);
		assertThat(wait.key()).isEqualTo("pay");
		assertThat(wait.attempt()).isEqualTo(attempt);
		assertThat(Duration.between(this.durable.clock.instant(), wait.until())).isBetween(Duration.ofSeconds(40),
				Duration.ofSeconds(150));
		assertThat(RunWait.fromMap(wait.toMap()).toMap()).isEqualTo(wait.toMap()).containsEntry("attempt", attempt);
	}

	private String attempt() {
		if (this.calls.incrementAndGet() < this.succeedsAt) {
			throw new IllegalStateException("boom " + this.calls);
		}
		return "paid";
	}

	private StepHead pay(String runId) {
		return this.durable.steps(runId)
			.stream()
			.map((step) -> step.head())
			.filter((step) -> step.name().equals("pay"))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void lastFailureIsThatOfTheStep() throws Exception {
		this.succeedsAt = 100;
		Named named = this.durable
			.proxy(new Named("fails", (workflow) -> workflow.callStep("pay", PATIENT, this::attempt)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.clock.advance(Duration.ofMinutes(2));
		assertThat(this.durable.continued(runId).status()).isEqualTo(RunStatus.PAUSED);
		this.durable.clock.advance(Duration.ofMinutes(3));
		StoredRun failed = this.durable.continued(runId);
		assertThat(failed.status()).isEqualTo(RunStatus.ERROR);
		assertThat(failed.error()).contains("boom 3");
		assertThat(pay(runId)).returns(StepStatus.FAILED, StepHead::status).returns(3, StepHead::attempts);

		// a retry has all attempts again
		this.succeedsAt = 5;
		this.durable.runs().retry(runId);
		assertThat(this.durable.awaited(runId, failed.epoch() + 1).status()).isEqualTo(RunStatus.PAUSED);
		assertThat(this.durable.runs().waitsOf(runId)).extracting(RunWait::attempt).containsExactly(2);
		this.durable.clock.advance(Duration.ofMinutes(2));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("paid");
		assertThat(pay(runId)).returns(2, StepHead::attempts);
	}

	@Test
	void crashDoesNotUseUpAnAttempt() {
		this.succeedsAt = 2;
		Named named = this.durable
			.proxy(new Named("crashes", (workflow) -> workflow.callStep("pay", PATIENT, this::attempt)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.dyingBefore("pay");
		this.durable.clock.advance(Duration.ofMinutes(2));
		this.durable.runner.continueDue(this.durable.workflows());
		assertThat(this.durable.markInterrupted()).isEqualTo(runId);
		assertThat(pay(runId)).returns(StepStatus.WAITING, StepHead::status).returns(1, StepHead::attempts);

		this.durable.runs().resume(runId);
		assertThat(this.durable.awaited(runId, 2).toResponse().content()).isEqualTo("paid");
		assertThat(this.calls).hasValue(3);
		assertThat(pay(runId)).returns(2, StepHead::attempts);
	}

	@Test
	void otherBranchesGoOnAndDoNotShortenTheWait() {
		this.succeedsAt = 2;
		Named named = this.durable.proxy(new Named("branches",
				(workflow) -> workflow.branches("branch", List.of("a", "b"),
						(item) -> item.equals("a")
								? workflow.<String, RuntimeException>callStep("pay", PATIENT, this::attempt)
								: workflow.asks("q", String.class))));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run)
			.satisfies((ex) -> assertThat(ex.waitsFor()).extracting(RunWait::kind)
				.containsExactly(RunWait.RETRY, RunWait.ANSWER));
		String runId = this.durable.onlyRun().runId();
		List<RunWait> before = this.durable.runs().waitsOf(runId);
		this.durable.runs().answer(runId, "branch[1]/q", "x");
		assertThat(this.durable.awaited(runId, 1).status()).isEqualTo(RunStatus.PAUSED);
		assertThat(this.calls).hasValue(1);
		assertThat(this.durable.runs().waitsOf(runId)).isEqualTo(before.subList(0, 1));
		this.durable.clock.advance(Duration.ofMinutes(2));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo(List.of("paid", "x"));
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void stateIsTheSameAsWithoutAPause() {
		for (Duration wait : List.of(Duration.ofMillis(1), Duration.ofMinutes(1))) {
			this.calls.set(0);
			Named named = this.durable.proxy(new Named("state-" + wait.toMillis(), (workflow) -> {
				workflow.sessionState().increment("outside", 1);
				return workflow.callStep("pay", StepOptions.defaults().attempts(3).backoff(wait, wait), () -> {
					workflow.sessionState().increment("inside", 1);
					return attempt();
				});
			}));
			try {
				WorkflowScope.session("s" + wait.toMillis()).run(named::run);
			}
			catch (RunPausedException ex) {
				for (int i = 0; i < 2; i++) {
					this.durable.clock.advance(Duration.ofMinutes(2));
					this.durable.continued(ex.runId());
				}
			}
			assertThat(this.durable.state("s" + wait.toMillis())).containsEntry("outside", 1)
				.containsEntry("inside", 3);
		}
	}

	@Test
	void transactionalStepPausesToo() {
		Named named = this.durable.proxy(new Named("tx",
				(workflow) -> workflow.callStep("pay", PATIENT.mode(StepMode.TRANSACTIONAL), this::attempt)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.clock.advance(Duration.ofMinutes(2));
		this.durable.continued(runId);
		this.durable.clock.advance(Duration.ofMinutes(3));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("paid");
		assertThat(pay(runId)).returns(3, StepHead::attempts);
	}

	@Test
	void calledRunWaitsWithItsCaller() {
		this.succeedsAt = 2;
		Named called = this.durable
			.proxy(new Named("called", (workflow) -> workflow.callStep("pay", PATIENT, this::attempt)));
		Named named = this.durable.proxy(new Named("caller", (workflow) -> called.run() + "!"));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		StoredRun root = this.durable.root();
		assertThat(this.durable.runs().waitsOf(root.runId())).singleElement()
			.satisfies((wait) -> assertRetry(wait, this.durable.child(root.runId()).runId(), 2));
		this.durable.clock.advance(Duration.ofMinutes(2));
		assertThat(this.durable.continued(root.runId()).toResponse().content()).isEqualTo("paid!");
	}

	@Test
	void retryWaitsInPlaceWhereTheRunCannotPause() {
		Named called = this.durable
			.proxy(new Named("called", (workflow) -> workflow.callStep("pay", PATIENT, this::attempt)));
		for (Named named : List.of(
				new Named("within",
						(workflow) -> workflow.callStep("outer",
								() -> workflow.<String, RuntimeException>callStep("pay", PATIENT, this::attempt))),
				new Named("calls", (workflow) -> workflow.callStep("outer", () -> (String) called.run())))) {
			Named bean = this.durable.proxy(named);
			this.calls.set(0);
			CompletableFuture<Cancellation> run = new CompletableFuture<>();
			CompletableFuture<Object> result = CompletableFuture.supplyAsync(() -> {
				Named watched = this.durable.proxy(new Named("around-" + named.workflowId(), (workflow) -> {
					run.complete(RunContext.current().cancellation());
					return bean.run();
				}));
				return watched.run();
			});
			await().until(() -> this.calls.get() == 1);
			CancellationSource.of(run.join()).cancel("not needed");
			assertThatExceptionOfType(CompletionException.class).isThrownBy(result::join)
				.withCauseInstanceOf(RunCancelledException.class);
			assertThat(this.calls).hasValue(1);
		}
		assertThat(this.durable.events).extracting(RunResponseEvent::event).doesNotContain("RunPaused");
	}

	@Test
	void runThatIsCalledWithinAStepIsRefusedToWait() {
		Named called = this.durable.proxy(new Named("called", (workflow) -> workflow.asks("q", String.class)));
		Named named = this.durable
			.proxy(new Named("calls", (workflow) -> workflow.callStep("outer", () -> (String) called.run())));
		assertThatIllegalStateException().isThrownBy(named::run).withMessageContaining("cannot wait for 'q'");
		assertThat(this.durable.root().status()).isEqualTo(RunStatus.ERROR);
	}

	@Test
	void cancelEndsTheWait() {
		Named named = this.durable
			.proxy(new Named("cancelled", (workflow) -> workflow.callStep("pay", PATIENT, this::attempt)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.runs().cancel(runId);
		assertThat(this.durable.awaited(runId).status()).isEqualTo(RunStatus.CANCELLED);
		this.durable.clock.advance(Duration.ofHours(1));
		this.durable.runner.continueDue(this.durable.workflows());
		assertThat(this.calls).hasValue(1);
	}

}
