package buddy.workflow;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionOptions;
import buddy.durable.QuestionStatus;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.run.internal.CancellationSource;
import buddy.storage.StoredRun;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Pauses that meet a failure, a cancel, another attempt or another run.
 */
@Timeout(60)
class PausedRunEndingTests {

	private final Durable durable = new Durable();

	private final AtomicBoolean fails = new AtomicBoolean(true);

	@Test
	void failureOfAnotherBranchWinsAndNoQuestionIsLeft() {
		CountDownLatch asked = new CountDownLatch(1);
		Named named = this.durable
			.proxy(new Named("fails", (workflow) -> workflow.branches("branch", List.of("a", "b"), (item) -> {
				if (item.equals("a")) {
					try {
						return workflow.asks("q", String.class);
					}
					finally {
						asked.countDown();
					}
				}
				await(asked);
				throw new IllegalStateException("boom");
			})));
		assertThatIllegalStateException().isThrownBy(named::run).withMessage("boom");
		assertThat(this.durable.onlyRun().status()).isEqualTo(RunStatus.ERROR);
		assertThat(open()).isEmpty();
		requireNotFound(this.durable.onlyRun().runId(), "branch[0]/q");
	}

	@Test
	void runThatWaitsInABranchEndsWithTheOneThatCalledItAndGoesOnWithItsNextAttempt() {
		Named nested = this.durable.proxy(new Named("nested", (workflow) -> workflow.asks("q", String.class)));
		CountDownLatch asked = new CountDownLatch(1);
		Named named = this.durable
			.proxy(new Named("fails", (workflow) -> workflow.branches("branch", List.of("a", "b"), (item) -> {
				if (item.equals("a")) {
					try {
						return nested.run();
					}
					finally {
						asked.countDown();
					}
				}
				await(asked);
				return workflow.<Object, RuntimeException>callStep("risky", () -> {
					if (this.fails.get()) {
						throw new IllegalStateException("boom");
					}
					return "b";
				});
			})));
		assertThatIllegalStateException().isThrownBy(named::run).withMessage("boom");
		StoredRun root = this.durable.root();
		StoredRun child = this.durable.child(root.runId());
		assertThat(List.of(root.status(), child.status())).containsOnly(RunStatus.ERROR);
		assertThat(open()).isEmpty();
		requireNotFound(child.runId(), "q");

		this.fails.set(false);
		assertThat(paused(this.durable.runs().retry(root.runId())).waitsFor()).extracting(RunWait::key)
			.containsExactly("q");
		this.durable.runs().answer(child.runId(), "q", "a");
		assertThat(this.durable.awaited(root.runId()).toResponse().content()).isEqualTo(List.of("a", "b"));
		assertThat(this.durable.run(child.runId()).status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void cancelBeforeThePauseWins() {
		Named named = this.durable.proxy(new Named("cancelled", (workflow) -> {
			CancellationSource.of(RunContext.current().cancellation()).cancel("not needed");
			return workflow.asks("q", String.class);
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(named::run);
		assertThat(this.durable.onlyRun().status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(open()).isEmpty();
	}

	@Test
	void cancelOfARunWithAPausedOneInABranchEndsBoth() {
		Named nested = this.durable.proxy(new Named("nested", (workflow) -> workflow.asks("q", String.class)));
		CountDownLatch asked = new CountDownLatch(1);
		Named named = this.durable.proxy(new Named("cancelled", (workflow) -> {
			RunContext run = RunContext.current();
			return workflow.branches("branch", List.of("a", "b"), (item) -> {
				if (item.equals("a")) {
					try {
						return nested.run();
					}
					finally {
						asked.countDown();
					}
				}
				await(asked);
				CancellationSource.of(run.cancellation()).cancel("not needed");
				return "b";
			});
		}));
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(named::run);
		StoredRun root = this.durable.root();
		assertThat(root.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.durable.child(root.runId()).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(open()).isEmpty();
	}

	@Test
	void answerStaysWhenTheRunIsTriedAgain() throws Exception {
		Named named = this.durable.proxy(new Named("retried", (workflow) -> {
			String answer = workflow.asks("q", String.class);
			return workflow.callStep("risky", () -> {
				if (this.fails.get()) {
					throw new IllegalStateException("boom");
				}
				return answer;
			});
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.runs().answer(runId, "q", "mine");
		assertThat(this.durable.awaited(runId).status()).isEqualTo(RunStatus.ERROR);
		this.fails.set(false);
		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("mine");
		assertThat(open()).isEmpty();
	}

	@Test
	void forkBeforeAQuestionAsksAgainAndOneAfterItKeepsTheAnswer() throws Exception {
		Named named = this.durable.proxy(new Named("forked", (workflow) -> workflow.asks("q", String.class)
				+ workflow.<String, RuntimeException>callStep("last", () -> "x")));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.runs().answer(runId, "q", "one");
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("onex");

		assertThat(Durable.ended(this.durable.runs().fork(runId, "last")).content()).isEqualTo("onex");
		RunResponse again = paused(this.durable.runs().fork(runId, "q"));
		String fork = String.valueOf(again.runId());
		this.durable.runs().answer(fork, "q", "two");
		assertThat(this.durable.awaited(fork).toResponse().content()).isEqualTo("twox");
		assertThat(this.durable.runs().question(runId, "q").map(Question::answer)).contains("one");
	}

	@Test
	void questionsOfTheSameNameAreNumbered() {
		Named named = this.durable.proxy(
				new Named("twice", (workflow) -> workflow.asks("q", String.class) + workflow.asks("q", String.class)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.runs().answer(runId, "q", "a");
		assertThat(this.durable.awaited(runId, 1).status()).isEqualTo(RunStatus.PAUSED);
		this.durable.runs().answer(runId, "q#2", "b");
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("ab");
	}

	@Test
	void answersOfTwoBranchesAreTakenBeforeEitherGoesOn() {
		Named named = this.durable.proxy(new Named("both",
				(workflow) -> workflow.branches("branch", List.of("a", "b"), (item) -> workflow.asks("q", String.class)
						+ workflow.<String, RuntimeException>callStep("after", () -> item))));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		// as by another node, which does not continue the run yet
		this.durable.waits().answer(runId, "branch[0]/q", "\"1\"", null, runId);
		this.durable.runs().answer(runId, "branch[1]/q", "2");
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo(List.of("1a", "2b"));
	}

	@Test
	void questionThatHasExpiredIsToldAsExpired() {
		Named named = this.durable.proxy(new Named("expired", (workflow) -> workflow.asks("q", String.class,
				QuestionOptions.none().expiresIn(Duration.ofMinutes(1), "nobody"))));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.clock.advance(Duration.ofMinutes(1));
		this.durable.waits().settle(runId, runId);
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "q", "late"))
			.satisfies((ex) -> assertThat(ex.why()).isEqualTo(AnswerOutcome.EXPIRED));
	}

	@Test
	void runThatDiesAfterAnAnswerIsContinued() throws Exception {
		Named named = this.durable.proxy(new Named("dies", (workflow) -> workflow.asks("q", String.class)
				+ workflow.<String, RuntimeException>callStep("after", () -> "x")));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.waits().answer(runId, "q", "\"a\"", null, runId);
		// another process finds that it is due
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("ax");
	}

	@Test
	void deletionOfTheSessionTakesQuestionsAlong() {
		Named named = this.durable.proxy(new Named("deleted", (workflow) -> workflow.asks("q", String.class)));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		StoredRun run = this.durable.onlyRun();
		this.durable.repository.delete(run.sessionId(), buddy.session.SessionAccess.ofRun(run.key()));
		assertThat(open()).isEmpty();
		assertThatExceptionOfType(RunNotFoundException.class)
			.isThrownBy(() -> this.durable.runs().answer(run.runId(), "q", "late"));
		this.durable.runner.continueDue(this.durable.workflows());
	}

	@Test
	void codeThatHasChangedIsNamedWhenAPausedRunIsVerified() {
		Named named = this.durable.proxy(new Named("changed", (workflow) -> {
			workflow.callStep("before", () -> "x");
			return workflow.asks("q", String.class);
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		assertThat(this.durable.runs().verify(runId).matches()).isTrue();
		Named other = new Named("changed", (workflow) -> {
			workflow.callStep("other", () -> "x");
			return workflow.asks("q", String.class);
		});
		assertThat(this.durable.runsOf(other).verify(runId).matches()).isFalse();
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.PAUSED);
	}

	private List<Question> open() {
		return this.durable.runs().questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
	}

	private void requireNotFound(String runId, String key) {
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, key, "late"))
			.satisfies((ex) -> assertThat(ex.why()).isEqualTo(AnswerOutcome.NOT_FOUND));
	}

	private static RunResponse paused(StartedRun run) {
		try {
			RunResponse response = Durable.ended(run);
			assertThat(response.status()).isEqualTo(RunStatus.PAUSED);
			return response;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
