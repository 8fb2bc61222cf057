package buddy.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import buddy.durable.AnswerExpiredException;
import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionOptions;
import buddy.durable.QuestionStatus;
import buddy.durable.StepStatus;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.session.SessionConcurrency;
import buddy.storage.StoredRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class PausedRunTests {

	private final Durable durable = new Durable();

	private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

	@Test
	void runPausesAndGoesOnWithTheAnswer() {
		Refund refund = this.durable.proxy(new Refund());
		RunResponse asked = refund.run(5);

		assertThat(asked.isPaused()).isTrue();
		assertThat(asked.content()).isNull();
		RunWait wait = asked.waitsFor().get(0);
		assertThat(wait.kind()).isEqualTo(RunWait.ANSWER);
		assertThat(wait.key()).isEqualTo("approve");
		assertThat(wait.shown()).isEqualTo(Map.of("cents", 5));
		assertThat(wait.schema()).containsEntry("type", "object");
		StoredRun run = this.durable.onlyRun();
		assertThat(run.status()).isEqualTo(RunStatus.PAUSED);
		assertThat(asked.runId()).isEqualTo(run.runId());

		Question answered = this.durable.runs().answer(run.runId(), "approve", new Approval(true, "fine"));
		assertThat(answered.status()).isEqualTo(QuestionStatus.ANSWERED);
		assertThat(answered.answer()).isEqualTo(Map.of("approved", true, "note", "fine"));
		assertThat(this.durable.awaited(run.runId()).status()).isEqualTo(RunStatus.COMPLETED);

		RunResponse response = this.durable.run(run.runId()).toResponse();
		assertThat(response.content()).isEqualTo("paid 5, fine");
		assertThat(this.calls).containsExactly("look", "pay");
		assertThat(this.durable.run(run.runId()).epoch()).isEqualTo(1);
		assertThat(this.durable.run(run.runId()).recoveries()).isZero();
	}

	@Test
	void answerThatDoesNotFitIsRefusedByItsPath() {
		this.durable.proxy(new Refund()).run(5);
		String runId = this.durable.onlyRun().runId();

		requireRefused(runId, Map.of("approved", "yes"), "approved");
		requireRefused(runId, Map.of("approved", true, "noted", "x"), "noted");
		requireRefused(runId, List.of(), "");
		requireRefused(runId, "yes", "");
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.PAUSED);
		assertThat(this.calls).containsExactly("look");

		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "other", true))
			.satisfies((ex) -> assertThat(ex.why()).isEqualTo(AnswerOutcome.NOT_FOUND));
		this.durable.runs().answer(runId, "approve", Map.of("approved", false));
		assertThat(this.durable.awaited(runId).toResponse().content()).isEqualTo("refused");
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "approve", Map.of("approved", true)))
			.satisfies((ex) -> assertThat(ex.why()).isEqualTo(AnswerOutcome.ANSWERED));
	}

	private void requireRefused(String runId, Object answer, String path) {
		assertThatExceptionOfType(InvalidAnswerException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "approve", answer))
			.satisfies((ex) -> assertThat(ex.path()).isEqualTo(path));
	}

	@Test
	void callerOfAnotherTypeGetsAnException() {
		StepTests.Named named = this.durable.proxy(new StepTests.Named("named",
				(workflow) -> "slept " + workflow.sleeps("cool-down", Duration.ofHours(1))));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run)
			.withMessageContaining("the end of 'cool-down'");
		String runId = this.durable.onlyRun().runId();

		this.durable.runner.continueDue(this.durable.workflows());
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.PAUSED);
		this.durable.clock.advance(Duration.ofHours(1));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("slept true");
	}

	@Test
	void branchesGoOnWhileOthersWait() {
		StepTests.Named named = this.durable.proxy(new StepTests.Named("branches",
				(workflow) -> workflow.branches("ask", List.of("a", "b", "c"), (item) -> {
					String before = workflow.<String, RuntimeException>callStep("before", () -> call(item));
					if (item.equals("b")) {
						return before;
					}
					return before + workflow.asks("name", String.class)
							+ workflow.<String, RuntimeException>callStep("after", () -> call("after-" + item));
				})));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run)
			.satisfies((ex) -> assertThat(ex.waitsFor()).extracting(RunWait::key)
				.containsExactly("ask[0]/name", "ask[2]/name"));
		assertThat(this.calls).containsExactlyInAnyOrder("a", "b", "c");
		String runId = this.durable.onlyRun().runId();

		this.durable.runs().answer(runId, "ask[2]/name", "C");
		StoredRun again = this.durable.awaited(runId, 1);
		assertThat(again.status()).isEqualTo(RunStatus.PAUSED);
		assertThat(this.durable.runs().waitsOf(runId)).extracting(RunWait::key).containsExactly("ask[0]/name");
		assertThat(this.calls).containsExactlyInAnyOrder("a", "b", "c", "after-c");

		this.durable.runs().answer(runId, "ask[0]/name", "A");
		assertThat(this.durable.awaited(runId).toResponse().content())
			.isEqualTo(List.of("aAafter-a", "b", "cCafter-c"));
		assertThat(this.calls).containsExactlyInAnyOrder("a", "b", "c", "after-c", "after-a");
	}

	@Test
	void codeThatCatchesEverythingDoesNotGoOn() {
		StepTests.Named named = this.durable.proxy(new StepTests.Named("catches", (workflow) -> {
			try {
				workflow.asks("name", String.class);
			}
			catch (Throwable ex) {
				// as code of others may do
			}
			try {
				workflow.callStep("pay", () -> call("pay"));
			}
			catch (Throwable ex) {
				// as code of others may do
			}
			return "went on";
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		assertThat(this.calls).isEmpty();
		assertThat(this.durable.onlyRun().status()).isEqualTo(RunStatus.PAUSED);
	}

	@Test
	void runThatCallsAnotherPausesWithIt() {
		Refund refund = this.durable.proxy(new Refund());
		StepTests.Named order = this.durable.proxy(new StepTests.Named("order", (workflow) -> {
			String before = workflow.callStep("before", () -> call("before"));
			String paid = refund.run(7).contentAsString();
			return before + ", " + paid + workflow.callStep("close", () -> call("close"));
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(order::run)
			.satisfies((ex) -> assertThat(ex.waitsFor()).extracting(RunWait::key).containsExactly("approve"));
		StoredRun root = this.durable.root();
		StoredRun child = this.durable.child(root.runId());
		assertThat(List.of(root.status(), child.status())).containsOnly(RunStatus.PAUSED);

		this.durable.runs().answer(child.runId(), "approve", new Approval(true, "ok"));
		assertThat(this.durable.awaited(root.runId()).toResponse().content()).isEqualTo("before, paid 7, okclose");
		assertThat(this.durable.run(child.runId()).status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.calls).containsExactly("before", "look", "pay", "close");
	}

	@Test
	void questionThatExpiresHasItsDefaultOrFails() {
		StepTests.Named named = this.durable.proxy(new StepTests.Named("expires", (workflow) -> {
			String first = workflow.asks("first", String.class,
					QuestionOptions.none().expiresIn(Duration.ofMinutes(1), "nobody"));
			try {
				return first + workflow.asks("second", String.class,
						QuestionOptions.none().expiresIn(Duration.ofMinutes(1)));
			}
			catch (AnswerExpiredException ex) {
				return first + ", too late for " + ex.question();
			}
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		String runId = this.durable.onlyRun().runId();
		this.durable.clock.advance(Duration.ofMinutes(1));
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(runId, "first", "somebody"))
			.satisfies((ex) -> assertThat(ex.why()).isEqualTo(AnswerOutcome.EXPIRED));
		assertThat(this.durable.continued(runId).status()).isEqualTo(RunStatus.PAUSED);
		this.durable.clock.advance(Duration.ofMinutes(1));
		assertThat(this.durable.continued(runId).toResponse().content()).isEqualTo("nobody, too late for second");
		assertThat(this.durable.steps(runId)).extracting((step) -> step.head().status())
			.containsExactly(StepStatus.DONE, StepStatus.FAILED);
	}

	@Test
	void stateIsThatOfTheFirstExecutionAndChangesCountOnce() {
		StepTests.Named named = this.durable.proxy(new StepTests.Named("state", (workflow) -> {
			long before = workflow.sessionState().increment("n", 1);
			workflow.asks("name", String.class);
			return before + workflow.sessionState().increment("n", 1);
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(named::run);
		StoredRun run = this.durable.onlyRun();
		assertThat(this.durable.repository.find(run.sessionId()).orElseThrow().state()).isNull();

		this.durable.runs().answer(run.runId(), "name", "x");
		assertThat(this.durable.awaited(run.runId()).status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.durable.state(run.sessionId())).containsEntry("n", 2);
	}

	@Test
	void pausedRunDoesNotBlockItsSession() {
		Refund refund = this.durable.proxy(new Refund());
		WorkflowScope alone = WorkflowScope.session("s").concurrency(SessionConcurrency.REJECT);
		RunResponse first = alone.call(() -> refund.run(1));
		RunResponse second = alone.call(() -> refund.run(2));
		assertThat(List.of(first, second)).allMatch(RunResponse::isPaused);

		this.durable.runs().answer(String.valueOf(first.runId()), "approve", new Approval(true, "1"));
		assertThat(this.durable.awaited(String.valueOf(first.runId())).toResponse().content()).isEqualTo("paid 1, 1");
		assertThat(this.durable.run(String.valueOf(second.runId())).status()).isEqualTo(RunStatus.PAUSED);
	}

	@Test
	void cancelEndsAPausedRunWithThoseThatItHasCalled() {
		Refund refund = this.durable.proxy(new Refund());
		StepTests.Named order = this.durable
			.proxy(new StepTests.Named("order", (workflow) -> refund.run(7).contentAsString()));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(order::run);
		String root = this.durable.root().runId();
		String child = this.durable.child(root).runId();

		assertThat(this.durable.runs().cancel(root, "not needed")).isTrue();
		assertThat(this.durable.run(root).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.durable.run(child).status()).isEqualTo(RunStatus.CANCELLED);
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.durable.runs().answer(child, "approve", new Approval(true, "late")));
		assertThat(this.durable.runs().cancel(root)).isFalse();
	}

	@Test
	void cancelOfACalledRunLetsItsCallerGoOn() {
		Refund refund = this.durable.proxy(new Refund());
		StepTests.Named order = this.durable.proxy(new StepTests.Named("order", (workflow) -> {
			try {
				return refund.run(7).contentAsString();
			}
			catch (RuntimeException ex) {
				return "without it: " + ex.getMessage();
			}
		}));
		assertThatExceptionOfType(RunPausedException.class).isThrownBy(order::run);
		String root = this.durable.root().runId();

		assertThat(this.durable.runs().cancel(this.durable.child(root).runId(), "too much")).isTrue();
		assertThat(String.valueOf(this.durable.awaited(root).toResponse().content())).startsWith("without it")
			.contains("too much");
	}

	@Test
	void pausedRunIsNeitherResumedNorRetried() {
		this.durable.proxy(new Refund()).run(5);
		String runId = this.durable.onlyRun().runId();
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> this.durable.runs().retry(runId))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RunNotResumableException.PAUSED));
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> this.durable.runs().resume(runId))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RunNotResumableException.PAUSED));
		assertThat(this.durable.runs().verify(runId).matches()).isTrue();
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.PAUSED);
	}

	@Test
	void waitsAreRefusedWhereTheyCouldNotBeContinued() {
		StepTests.Named within = this.durable.proxy(new StepTests.Named("within",
				(workflow) -> workflow.callStep("pay", () -> workflow.asks("name", String.class))));
		assertThatIllegalStateException().isThrownBy(within::run)
			.withMessageContaining("within the body of step 'pay'");
	}

	@Test
	void eventsTellOfThePause() {
		this.durable.proxy(new Refund()).run(5);
		String runId = this.durable.onlyRun().runId();
		this.durable.runs().answer(runId, "approve", new Approval(true, "ok"));
		// the last event comes after the end is stored
		await().untilAsserted(() -> assertThat(this.durable.events).extracting(RunResponseEvent::event)
			.containsSubsequence("WorkflowStarted", "RunPaused", "RunContinued", "WorkflowCompleted"));
	}

	@Test
	void questionsAreListed() {
		Refund refund = this.durable.proxy(new Refund());
		refund.run(1);
		refund.run(2);
		List<Question> all = this.durable.runs()
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
		assertThat(all).hasSize(2);
		assertThat(this.durable.runs().questions(new QuestionFilter(null, null, "refund"), all.get(0), 10)).hasSize(1);
		assertThat(this.durable.runs().asUser("other").questions(new QuestionFilter(null, null, null), null, 10))
			.hasSize(2);
		assertThat(this.durable.runs().question(all.get(0).runId(), "approve")).contains(all.get(0));
	}

	private String call(String what) {
		this.calls.add(what);
		return what;
	}

	record Approval(boolean approved, @Nullable String note) {
	}

	class Refund extends Workflow {

		public RunResponse run(int cents) {
			step("look", () -> PausedRunTests.this.call("look"));
			Approval approval = awaitInput("approve", Approval.class, QuestionOptions.showing(Map.of("cents", cents)));
			if (!approval.approved()) {
				return RunResponse.of("refused");
			}
			step("pay", () -> PausedRunTests.this.call("pay"));
			return RunResponse.of("paid " + cents + ", " + approval.note());
		}

	}

}
