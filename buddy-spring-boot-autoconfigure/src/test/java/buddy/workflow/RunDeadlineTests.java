package buddy.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.run.RunPausedException;
import buddy.run.RunStatus;
import buddy.run.RunTimedOutException;
import buddy.storage.StoredRun;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * A run ends before its deadline, whether it runs, has paused or has died.
 */
@Timeout(60)
class RunDeadlineTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final Durable durable = new Durable();

	private final AtomicReference<Duration> left = new AtomicReference<>();

	private Named asking(String id) {
		return this.durable.proxy(new Named(id, (workflow) -> workflow.callStep("before", () -> "b")
				+ workflow.asks("q", String.class) + workflow.<String, RuntimeException>callStep("after", () -> "a")));
	}

	@Test
	void runInProgressIsStopped() {
		Named named = this.durable.proxy(new Named("late", (workflow) -> {
			CountDownLatch stopped = new CountDownLatch(1);
			RunContext.current().cancellation().onCancel(stopped::countDown);
			stopped.await();
			return workflow.callStep("pay", () -> "paid");
		}));
		assertThatExceptionOfType(RunTimedOutException.class)
			.isThrownBy(() -> WorkflowScope.empty().deadline(Duration.ofMillis(20)).run(named::run))
			.withMessageContaining("deadline");
		assertLate(this.durable.onlyRun());
		assertThat(this.durable.keys(this.durable.onlyRun().runId())).isEmpty();
	}

	private void assertLate(StoredRun run) {
		assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(run.reason()).isEqualTo(Cancellation.DEADLINE);
		assertThat(run.deadline()).isNotNull();
		assertThat(this.durable.repository.find(run.sessionId()).orElseThrow().state()).isNull();
	}

	@Test
	void runThatHasEndedInTimeOrHasNoDeadlineIsLeftAlone() {
		Named named = this.durable.proxy(new Named("fast", (workflow) -> "done"));
		assertThat(WorkflowScope.empty().deadline(HOUR).<Object, RuntimeException>call(named::run)).isEqualTo("done");
		assertThat(this.durable.onlyRun()).satisfies((run) -> {
			assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(run.toWorkflowRun().deadline()).isEqualTo(this.durable.clock.instant().plus(HOUR));
		});
		WorkflowScope.session("other").deadline(Duration.ZERO).run(named::run);
		assertThat(this.durable.repository.runs("other", buddy.session.RunPage.first(1)).get(0).deadline()).isNull();
	}

	@Test
	void pausedRunEndsWithItsQuestion() {
		Named named = asking("paused");
		assertThatExceptionOfType(RunPausedException.class)
			.isThrownBy(() -> WorkflowScope.empty().deadline(HOUR).run(named::run));
		String runId = this.durable.onlyRun().runId();
		this.durable.clock.advance(HOUR.minusMillis(1));
		this.durable.runner.continueDue(this.durable.workflows());
		assertThat(this.durable.run(runId)).returns(RunStatus.PAUSED, StoredRun::status).returns(0, StoredRun::epoch);
		this.durable.clock.advance(Duration.ofMillis(1));
		this.durable.runner.continueDue(this.durable.workflows());
		assertLate(this.durable.awaited(runId));
		assertThat(this.durable.runs().questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10))
			.isEmpty();
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "q", "late"));
	}

	@Test
	void answerInTimeLeavesTheRestOfTheTime() {
		Named named = this.durable.proxy(
				new Named("twice", (workflow) -> workflow.asks("q", String.class) + workflow.asks("q", String.class)));
		assertThatExceptionOfType(RunPausedException.class)
			.isThrownBy(() -> WorkflowScope.empty().deadline(this.durable.clock.instant().plus(HOUR)).run(named::run));
		StoredRun run = this.durable.onlyRun();
		this.durable.clock.advance(Duration.ofMinutes(50));
		this.durable.runs().answer(run.runId(), "q", "x");
		StoredRun again = this.durable.awaited(run.runId(), 1);
		assertThat(again).returns(RunStatus.PAUSED, StoredRun::status).returns(run.deadline(), StoredRun::deadline);
		this.durable.clock.advance(Duration.ofMinutes(10));
		this.durable.runner.continueDue(this.durable.workflows());
		assertLate(this.durable.awaited(run.runId()));
	}

	@Test
	void sleepThatIsOverBeforeTheDeadlineGoesOn() {
		Named named = this.durable
			.proxy(new Named("sleeps", (workflow) -> workflow.sleeps("nap", HOUR) ? "slept" : "never"));
		for (Duration deadline : List.of(HOUR.plusMinutes(1), HOUR.minusMinutes(1))) {
			WorkflowScope scope = WorkflowScope.session("s" + deadline.toMinutes()).deadline(deadline);
			assertThatExceptionOfType(RunPausedException.class).isThrownBy(() -> scope.run(named::run))
				.satisfies((ex) -> {
					this.durable.clock.advance(HOUR);
					this.durable.runner.continueDue(this.durable.workflows());
					assertThat(this.durable.awaited(ex.runId()).status())
						.isEqualTo((deadline.compareTo(HOUR) > 0) ? RunStatus.COMPLETED : RunStatus.CANCELLED);
				});
		}
	}

	@Test
	void nestedRunEndsNoLaterThanItsCaller() {
		Named called = asking("called");
		Named named = this.durable.proxy(new Named("caller",
				(workflow) -> WorkflowScope.empty()
					.deadline(HOUR.multipliedBy(9))
					.<Object, RuntimeException>call(called::run)));
		assertThatExceptionOfType(RunPausedException.class)
			.isThrownBy(() -> WorkflowScope.empty().deadline(HOUR).run(named::run));
		StoredRun root = this.durable.root();
		StoredRun child = this.durable.child(root.runId());
		assertThat(child.deadline()).isBetween(root.deadline() - 20_000, root.deadline());
		this.durable.clock.advance(HOUR);
		this.durable.runner.continueDue(this.durable.workflows());
		this.durable.runner.continueDue(this.durable.workflows());
		assertLate(this.durable.awaited(root.runId()));
		assertThat(this.durable.awaited(child.runId()).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.durable.run(child.runId()).reason()).isEqualTo(Cancellation.DEADLINE);
	}

	@Test
	void callerOfANestedRunThatIsTooLateGoesOn() {
		Named called = asking("called");
		Named named = this.durable.proxy(new Named("caller", (workflow) -> {
			try {
				return WorkflowScope.empty().deadline(HOUR).<Object, RuntimeException>call(called::run);
			}
			catch (RuntimeException ex) {
				return "went on";
			}
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		StoredRun root = this.durable.root();
		assertThat(root.deadline()).isNull();
		this.durable.clock.advance(HOUR);
		this.durable.runner.continueDue(this.durable.workflows());
		assertThat(this.durable.awaited(root.runId()).toResponse().content()).isEqualTo("went on");
		assertLate(this.durable.child(root.runId()));
	}

	@Test
	void runThatDiedHasTheRestOfItsTime() throws Exception {
		this.durable.dyingAfter("pay");
		Named named = this.durable.proxy(new Named("dies", (workflow) -> workflow.callStep("pay", () -> "paid")));
		String runId = this.durable
			.interrupted(() -> WorkflowScope.empty().deadline(HOUR).<Object, RuntimeException>call(named::run));
		Long deadline = this.durable.run(runId).deadline();
		assertThat(deadline).isEqualTo(this.durable.clock.millis() + HOUR.toMillis());
		this.durable.clock.advance(Duration.ofMinutes(59));
		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("paid");
		assertThat(this.durable.run(runId).deadline()).isEqualTo(deadline);
	}

	@Test
	void runThatDiedAndIsTooLateDoesNotCallItsCodeAgain() {
		this.durable.dyingAfter("pay");
		Named named = this.durable.proxy(new Named("dies", (workflow) -> {
			this.durable.calls.add("body");
			return workflow.callStep("pay", () -> "paid");
		}));
		String runId = this.durable
			.interrupted(() -> WorkflowScope.empty().deadline(HOUR).<Object, RuntimeException>call(named::run));
		this.durable.clock.advance(HOUR);
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(this.durable.runs().resume(runId)))
			.withRootCauseInstanceOf(RunTimedOutException.class);
		assertLate(this.durable.awaited(runId, 1));
		assertThat(this.durable.calls).containsExactly("body");
	}

	@Test
	void runThatIsTriedAgainOrForkedHasItsTimeAnew() throws Exception {
		Named named = asking("again");
		assertThatExceptionOfType(RunPausedException.class)
			.isThrownBy(() -> WorkflowScope.empty().deadline(HOUR).run(named::run));
		String runId = this.durable.onlyRun().runId();
		this.durable.clock.advance(HOUR.plus(HOUR));
		this.durable.runner.continueDue(this.durable.workflows());
		assertLate(this.durable.awaited(runId));

		this.durable.runs().retry(runId);
		await().until(() -> this.durable.run(runId).status() == RunStatus.PAUSED);
		StoredRun retried = this.durable.run(runId);
		assertThat(retried.deadline()).isEqualTo(this.durable.clock.millis() + HOUR.toMillis());
		this.durable.clock.advance(Duration.ofMinutes(1));
		this.durable.runs().answer(runId, "q", "x");
		assertThat(this.durable.awaited(runId).status()).isEqualTo(RunStatus.COMPLETED);
		String fork = String.valueOf(Durable.ended(this.durable.runs().fork(runId, "after")).runId());
		assertThat(this.durable.awaited(fork, 1).deadline()).isEqualTo(this.durable.clock.millis() + HOUR.toMillis());
	}

	@Test
	void deadlineThatIsOverIsRefusedBeforeTheRunBegins() {
		Named named = asking("over");
		Instant past = this.durable.clock.instant().minusSeconds(1);
		assertThatIllegalArgumentException().isThrownBy(() -> WorkflowScope.session("s").deadline(past).run(named::run))
			.withMessageContaining("over")
			.withMessageContaining("PT1S");
		assertThatIllegalArgumentException().isThrownBy(() -> WorkflowScope.session("s").deadline(HOUR.negated()));
		assertThat(this.durable.runCount()).isZero();
	}

	@Test
	void scopeWinsOverTheSettings() {
		Named named = this.durable.proxy(new Named("both", (workflow) -> "done"));
		assertThat(RunOptions.DEFAULTS.withDeadline(HOUR).overriddenBy(named.settings().options()).deadline())
			.isEqualTo(HOUR);
		RunOptions options = RunOptions.NONE.withDeadline(HOUR)
			.overriddenBy(RunOptions.NONE.withDeadline(Instant.EPOCH.plusSeconds(9)));
		assertThat(options.untilDeadline(Instant.EPOCH)).isEqualTo(Duration.ofSeconds(9));
		assertThat(options.overriddenBy(RunOptions.NONE.withDeadline(Duration.ZERO)).hasDeadline()).isFalse();
	}

}
