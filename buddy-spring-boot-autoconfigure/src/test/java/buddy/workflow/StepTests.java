package buddy.workflow;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

import buddy.durable.QuestionOptions;
import buddy.durable.StepFailedException;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.json.UnstorableValueException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.SessionState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class StepTests {

	private final Durable durable = new Durable();

	private final List<String> keys = new ArrayList<>();

	@Test
	void recordedStepsAreNotCalledAgain() throws Exception {
		Refund refund = this.durable.proxy(new Refund());
		String runId = this.durable.dyingAfter("charge").interrupted(() -> refund.run("a1"));
		assertThat(this.durable.calls).containsExactly("look", "charge");
		assertThat(this.durable.keys(runId)).containsExactly("look", "charge");

		RunResponse response = Durable.ended(this.durable.runs().resume(runId));

		assertThat(response.content()).isEqualTo("order a1, receipt r-a1, told");
		assertThat(this.durable.calls).containsExactly("look", "charge", "tell");
		assertThat(this.durable.run(runId).epoch()).isEqualTo(1);
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void stepWhoseResultWasNotRecordedIsCalledAgainWithTheSameKey() throws Exception {
		Refund refund = this.durable.proxy(new Refund());
		String runId = this.durable.dyingBefore("charge").interrupted(() -> refund.run("a1"));

		Durable.ended(this.durable.runs().resume(runId));

		assertThat(this.durable.calls).containsExactly("look", "charge", "charge", "tell");
		assertThat(this.keys).hasSize(2).containsOnly(runId + ":charge");
	}

	@Test
	void stepsOfOneNameAreNumbered() throws Exception {
		Named twice = new Named("twice", (workflow) -> {
			List<String> results = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				int number = i;
				results.add(workflow.callStep("count", () -> call("count" + number)));
			}
			return results;
		});
		this.durable.proxy(twice);
		Named bean = this.durable.proxy(new Named("other", twice.body));
		String runId = this.durable.dyingAfter("count#2").interrupted(bean::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content())
			.isEqualTo(List.of("count0", "count1", "count2"));
		assertThat(this.durable.calls).containsExactly("count0", "count1", "count2");
		assertThat(this.durable.keys(runId)).containsExactly("count", "count#2", "count#3");
	}

	@Test
	void resultsComeBackAsTheirType() throws Exception {
		Named typed = this.durable.proxy(new Named("typed", (workflow) -> {
			Receipt receipt = workflow.callStep("receipt", Receipt.class, () -> new Receipt("r1", 12L));
			Object plain = workflow.<Object, RuntimeException>callStep("plain",
					() -> Map.of("a", List.of(1, 2.0, true, "x")));
			workflow.callStep("last", () -> "x");
			return receipt.number() + receipt.cents() + plain;
		}));
		String runId = this.durable.dyingAfter("last").interrupted(typed::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("r112{a=[1, 2.0, true, x]}");
	}

	@Test
	void resultThatCannotBeReadBackIsRefusedAtOnce() {
		Named wrong = this.durable.proxy(new Named("wrong", (workflow) -> workflow.callStep("number", () -> 5L)));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(wrong::run)
			.withMessageContaining("step 'number'")
			.withMessageContaining("Long.class");
		Named raw = this.durable
			.proxy(new Named("raw", (workflow) -> workflow.callStep("o", Object.class, () -> new Receipt("r", 1))));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(raw::run)
			.withMessageContaining("would come back as another");
	}

	@Test
	void failureIsAnOutcome() throws Exception {
		Named failing = this.durable.proxy(new Named("failing", (workflow) -> {
			String what;
			try {
				what = workflow.callStep("charge", StepOptions.defaults().rethrows(IOException.class), () -> {
					call("charge");
					throw new IOException("declined");
				});
			}
			catch (IOException ex) {
				what = "refused: " + ex.getMessage();
			}
			try {
				workflow.callStep("other", () -> {
					call("other");
					throw new IllegalArgumentException("no");
				});
			}
			catch (IllegalArgumentException | StepFailedException ex) {
				what += ", " + ex.getClass().getSimpleName();
			}
			workflow.callStep("last", () -> call("last"));
			return what;
		}));
		String runId = this.durable.dyingAfter("last").interrupted(failing::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content())
			.isEqualTo("refused: declined, StepFailedException");
		assertThat(this.durable.calls).containsExactly("charge", "other", "last");
	}

	@Test
	void attemptsAreRepeatedInPlace() {
		Named flaky = this.durable.proxy(new Named("flaky", (workflow) -> workflow.callStep("call",
				StepOptions.defaults().attempts(3).backoff(java.time.Duration.ZERO, java.time.Duration.ZERO), () -> {
					call("call");
					if (this.durable.calls.size() < 3) {
						throw new IOException("try again");
					}
					return "done";
				})));

		assertThat(flaky.run()).isEqualTo("done");
		assertThat(this.durable.calls).hasSize(3);
	}

	@Test
	void interruptedStepThatRunsAtMostOnceIsNotCalledAgain() throws Exception {
		Named once = this.durable.proxy(new Named("once",
				(workflow) -> workflow.callStep("pay", StepOptions.of(StepMode.AT_MOST_ONCE), () -> call("pay"))));
		String runId = this.durable.dyingBefore("pay").interrupted(once::run);

		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(this.durable.runs().resume(runId)))
			.withMessageContaining("'pay'")
			.withMessageContaining("at most once");
		assertThat(this.durable.calls).containsExactly("pay");
		assertThat(this.durable.run(runId).error()).contains("step_interrupted");
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> this.durable.runs().retry(runId))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("step_interrupted"));
	}

	@Test
	void otherSystemSettlesWhetherAnInterruptedStepHasHappened() throws Exception {
		Named once = this.durable.proxy(new Named("once",
				(workflow) -> workflow.callStep("pay",
						StepOptions.of(StepMode.AT_MOST_ONCE)
							.reconcile(() -> StepOutcome.happened("paid before " + workflow.key().endsWith(":pay"))),
						() -> call("pay"))));
		String runId = this.durable.dyingBefore("pay").interrupted(once::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("paid before true");
		assertThat(this.durable.calls).containsExactly("pay");
	}

	@Test
	void renamedStepParksTheRunWithBothNames() throws Exception {
		Refund refund = this.durable.proxy(new Refund());
		String runId = this.durable.dyingAfter("charge").interrupted(() -> refund.run("a1"));

		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> Durable.ended(this.durable.runsOf(new Refund("debit")).resume(runId)))
			.withMessageContaining("'charge'")
			.withMessageContaining("'debit'");
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.durable.run(runId).error()).contains("step_mismatch");
		assertThat(this.durable.calls).containsExactly("look", "charge");

		Durable.ended(this.durable.runs().retry(runId));
		assertThat(this.durable.calls).containsExactly("look", "charge", "tell");
	}

	@Test
	void bodyCannotSwallowAMismatch() throws Exception {
		Named first = this.durable.proxy(new Named("swallow", (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			return workflow.callStep("b", () -> call("b"));
		}));
		String runId = this.durable.dyingAfter("a").interrupted(first::run);
		Named changed = new Named("swallow", (workflow) -> {
			try {
				return workflow.callStep("x", () -> call("x"));
			}
			catch (Throwable ex) {
				return "swallowed";
			}
		});

		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> Durable.ended(this.durable.runsOf(changed).resume(runId)))
			.withMessageContaining("step 'a' is recorded, and step 'x' was called");
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.ERROR);
	}

	@Test
	void recordedStepThatIsNotReachedIsAMismatch() throws Exception {
		Named first = this.durable.proxy(new Named("shorter", (workflow) -> {
			workflow.callStep("a", () -> call("a"));
			return workflow.callStep("b", () -> call("b"));
		}));
		String runId = this.durable.dyingAfter("b").interrupted(first::run);
		Named changed = new Named("shorter", (workflow) -> workflow.callStep("a", () -> call("a")));

		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> Durable.ended(this.durable.runsOf(changed).resume(runId)))
			.withMessageContaining("step 'b' is recorded and was not reached");
	}

	@Test
	void guardedChangeIsInNewRunsOnly() throws Exception {
		Refund refund = this.durable.proxy(new Refund());
		String runId = this.durable.dyingAfter("charge").interrupted(() -> refund.run("a1"));
		Refund audited = new Refund("charge", true, false);

		Durable.ended(this.durable.runsOf(audited).resume(runId));

		assertThat(this.durable.keys(runId)).doesNotContain("audit-before");
		assertThat(this.durable.calls).containsExactly("look", "charge", "tell");
		this.durable.calls.clear();
		Workflows2.proxy(this.durable, new Refund("charge", true, false)).run("a2");
		assertThat(this.durable.calls).containsExactly("audit-before", "look", "charge", "tell");
	}

	@Test
	void guardedChangeAfterTheLastStepIsExecuted() throws Exception {
		Refund refund = this.durable.proxy(new Refund());
		String runId = this.durable.dyingAfter("charge").interrupted(() -> refund.run("a1"));

		Durable.ended(this.durable.runsOf(new Refund("charge", false, true)).resume(runId));

		assertThat(this.durable.calls).containsExactly("look", "charge", "audit-after", "tell");
		assertThat(this.durable.keys(runId)).containsExactly("look", "charge", "audit-after", "audit-after-step",
				"tell");
	}

	@Test
	void stepsAreRefusedOnAnotherThreadBesideOne() {
		Named beside = this.durable.proxy(new Named("beside", (workflow) -> workflow.callStep("outer", () -> {
			return java.util.concurrent.CompletableFuture.supplyAsync(() -> "x").join();
		})));
		assertThat(beside.run()).isEqualTo("x");
	}

	@Test
	void namesAreChecked() {
		Named named = this.durable.proxy(new Named("named", (workflow) -> workflow.callStep("a/b", () -> "x")));
		assertThatIllegalArgumentException().isThrownBy(named::run).withMessageContaining("'a/b'");
		Named key = this.durable.proxy(new Named("key", (workflow) -> workflow.key()));
		assertThatIllegalStateException().isThrownBy(key::run).withMessageContaining("outside of a step");
	}

	@Test
	void timeAndChanceAreTheSameInEveryExecution() throws Exception {
		List<Object> seen = new ArrayList<>();
		Named chance = this.durable.proxy(new Named("chance", (workflow) -> {
			seen.add(workflow.chance());
			workflow.callStep("a", () -> call("a"));
			this.durable.clock.advance(java.time.Duration.ofSeconds(5));
			seen.add(workflow.chance());
			return workflow.callStep("b", () -> call("b"));
		}));
		String runId = this.durable.dyingAfter("a").interrupted(chance::run);
		Durable.ended(this.durable.runs().resume(runId));

		assertThat(seen).hasSize(3);
		assertThat(seen.get(1)).isEqualTo(seen.get(0)).isNotEqualTo(seen.get(2));
	}

	@Test
	void stepsAreRefusedWithoutAJournal() {
		Refund refund = new Recorded().proxy(new Refund());
		assertThatIllegalStateException().isThrownBy(() -> refund.run("a1")).withMessageContaining("RunJournal");
	}

	@Test
	void genericTypesAreReadBack() throws Exception {
		Named list = this.durable.proxy(new Named("list", (workflow) -> {
			List<Receipt> receipts = workflow.callStep("list", new ParameterizedTypeReference<List<Receipt>>() {
			}, () -> List.of(new Receipt("r1", 1), new Receipt("r2", 2)));
			workflow.callStep("last", () -> "x");
			return receipts.get(1).number();
		}));
		String runId = this.durable.dyingAfter("last").interrupted(list::run);
		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("r2");
	}

	private String call(String what) {
		this.durable.calls.add(what);
		return what;
	}

	record Receipt(String number, long cents) {
	}

	/** Registers nothing, for a second version beside the first. */
	private static final class Workflows2 {

		static <W extends Workflow> W proxy(Durable durable, W workflow) {
			return buddy.workflow.runner.Workflows.proxy(workflow, durable.runner);
		}

	}

	class Refund extends Workflow {

		private final String charge;

		private final boolean before;

		private final boolean after;

		Refund() {
			this("charge");
		}

		Refund(String charge) {
			this(charge, false, false);
		}

		Refund(String charge, boolean before, boolean after) {
			super(WorkflowSettings.builder().workflowId("refund").build());
			this.charge = charge;
			this.before = before;
			this.after = after;
		}

		public String run(String order) {
			if (this.before && changed("audit-before")) {
				step("audit-before-step", () -> call("audit-before"));
			}
			String found = step("look", () -> {
				call("look");
				return "order " + order;
			});
			Receipt receipt = step(this.charge, Receipt.class, () -> {
				call(this.charge);
				StepTests.this.keys.add(stepKey());
				return new Receipt("r-" + order, 100);
			});
			if (this.after && changed("audit-after")) {
				step("audit-after-step", () -> call("audit-after"));
			}
			step("tell", () -> {
				call("tell");
			});
			return found + ", receipt " + receipt.number() + ", told";
		}

	}

	/** Public access to the steps of a workflow, for bodies in tests. */
	static class Named extends Workflow {

		final Body body;

		Named(String id, Body body) {
			super(WorkflowSettings.builder().workflowId(id).build());
			this.body = body;
		}

		public Object run() {
			try {
				return this.body.run(this);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		<T, E extends Exception> T callStep(String name, buddy.durable.StepBody<T, E> body) throws E {
			return step(name, body);
		}

		<T, E extends Exception> T callStep(String name, StepOptions options, buddy.durable.StepBody<T, E> body)
				throws E {
			return step(name, options, body);
		}

		<T, E extends Exception> T callStep(String name, Class<T> type, buddy.durable.StepBody<T, E> body) throws E {
			return step(name, type, body);
		}

		<T, E extends Exception> T callStep(String name, ParameterizedTypeReference<T> type,
				buddy.durable.StepBody<T, E> body) throws E {
			return step(name, type, body);
		}

		<T, R> List<R> branches(String name, List<T> items, java.util.function.Function<T, R> branch) {
			return parallel(name, items, branch);
		}

		SessionState state() {
			return sessionState();
		}

		<T> T asks(String name, Class<T> type) {
			return awaitInput(name, type);
		}

		<T> T asks(String name, Class<T> type, QuestionOptions options) {
			return awaitInput(name, type, options);
		}

		boolean sleeps(String name, Duration time) {
			sleep(name, time);
			return true;
		}

		void tell(String event) {
			emit(RunResponseEvent.custom(event, 1));
		}

		String key() {
			return stepKey();
		}

		String chance() {
			return uuid() + " " + random().nextInt() + " " + now();
		}

	}

	interface Body {

		Object run(Named workflow) throws Exception;

	}

}
