package buddy.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.durable.StepFailedException;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a retry calls again, and what a fork has of its original.
 */
class RetriedRunTests {

	private static final StepOptions ONCE = StepOptions.of(StepMode.AT_MOST_ONCE);

	private final Durable durable = new Durable();

	private final List<String> calls = this.durable.calls;

	private volatile boolean works;

	@Test
	void runTellsWhichStepsItsFailureComesFrom() {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			try {
				return workflow.callStep("pay", () -> fails("pay"));
			}
			catch (RuntimeException ex) {
				throw new IllegalStateException("wrapped", ex);
			}
		}));
		String runId = failed(pay);

		assertThat(Json.readMap(String.valueOf(this.durable.run(runId).error()))).containsEntry("failed_steps",
				List.of("pay"));
	}

	@Test
	void stepWhoseFailureWasWrappedIsCalledAgainAlsoAfterAReplay() throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			try {
				return workflow.callStep("pay", () -> fails("pay"));
			}
			catch (RuntimeException ex) {
				throw new IllegalStateException("wrapped", ex);
			}
		}));
		String runId = this.durable.dyingAfter("pay").interrupted(pay::run);
		// the failure is recorded, and comes back from there
		assertThatThrownBy(() -> Durable.ended(this.durable.runs().resume(runId)))
			.hasRootCauseInstanceOf(StepFailedException.class);
		this.works = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("pay");
		assertThat(this.calls).containsExactly("pay", "pay");
	}

	@ParameterizedTest
	@ValueSource(longs = { -50, 0, 50 })
	void failureThatABranchHasHandledStays(long skew) throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			workflow.branches("order", List.of("A"), (order) -> handled(workflow, "pay"));
			this.durable.clock.advance(Duration.ofMillis(skew));
			workflow.callStep("note", () -> call("note"));
			return workflow.callStep("mail", () -> fails("mail"));
		}));
		String runId = failed(pay);
		this.works = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("mail");
		assertThat(this.calls).containsExactly("pay", "note", "mail", "mail");
	}

	@Test
	void failureThatAnotherBranchHasHandledStays() throws Exception {
		CompletableFuture<String> paid = new CompletableFuture<>();
		Named pay = this.durable
			.proxy(new Named("pay", (workflow) -> workflow.branches("order", List.of("A", "B"), (order) -> {
				if (order.equals("A")) {
					String handled = handled(workflow, "pay");
					paid.complete(handled);
					return handled;
				}
				assertThat(paid).succeedsWithin(Duration.ofSeconds(20));
				return workflow.callStep("rate", () -> fails("rate"));
			})));
		String runId = failed(pay);
		this.works = true;
		List<String> before = List.copyOf(this.calls);

		Durable.ended(this.durable.runs().retry(runId));

		assertThat(this.calls.subList(before.size(), this.calls.size())).contains("rate");
		assertThat(this.calls).containsOnlyOnce("pay");
	}

	@Test
	void failureThatWasHandledBeforeTheCodeFailedStays() throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			String paid = handled(workflow, "pay");
			if (!this.works) {
				throw new IllegalStateException("a mistake between the steps");
			}
			return paid;
		}));
		String runId = failed(pay);
		this.works = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("handled");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void nestedRunWhoseFailureWasHandledStays() throws Exception {
		Named card = this.durable.proxy(new Named("card", (workflow) -> workflow.callStep("pay", () -> fails("pay"))));
		Named outer = this.durable.proxy(new Named("outer", (workflow) -> {
			String paid = handledRun(workflow, card);
			return paid + workflow.callStep("mail", () -> fails("mail"));
		}));
		String runId = failed(outer);
		this.works = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("by invoicemail");
		assertThat(this.calls).containsExactly("pay", "by invoice", "mail", "mail");
	}

	@Test
	void nestedRunThatHasFailedTheRunIsContinued() throws Exception {
		Named card = this.durable.proxy(new Named("card", (workflow) -> {
			workflow.callStep("look", () -> call("look"));
			return workflow.callStep("pay", () -> fails("pay"));
		}));
		Named outer = this.durable.proxy(new Named("outer", (workflow) -> card.run()));
		String runId = failed(outer);
		this.works = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("pay");
		assertThat(this.calls).containsExactly("look", "pay", "pay");
	}

	@Test
	void codeAroundTheFailedStepMayHaveChanged() throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			workflow.callStep("look", () -> call("look"));
			if (this.works) {
				workflow.callStep("check", () -> call("check"));
			}
			workflow.callStep(this.works ? "charge" : "pay", () -> fails(this.works ? "charge" : "pay"));
			return workflow.callStep("pay-again", () -> call("pay-again"));
		}));
		String runId = failed(pay);
		this.works = true;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("pay-again");
		assertThat(this.calls).containsExactly("look", "pay", "check", "charge", "pay-again");
	}

	@Test
	void failedStepIsFoundAtAnotherPlace() throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			if (this.works) {
				workflow.callStep("check", () -> call("check"));
			}
			String paid = workflow.callStep("pay", () -> fails("pay"));
			return workflow.callStep("mail", () -> call("mail")) + paid;
		}));
		String runId = failed(pay);
		this.works = true;
		this.durable.dyingAfter("mail").interrupted(() -> this.durable.runs().retry(runId));

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("mailpay");
		assertThat(this.calls).containsExactly("pay", "check", "pay", "mail");
		assertThat(this.durable.steps(runId)).extracting((step) -> step.head().position()).containsExactly(0, 1, 2);
	}

	@Test
	void modeOfTheCodeThatRunsNowCounts() throws Exception {
		StepOptions[] options = { StepOptions.defaults() };
		Named pay = this.durable
			.proxy(new Named("pay", (workflow) -> workflow.callStep("pay", options[0], () -> fails("pay"))));
		String runId = failed(pay);
		options[0] = ONCE.reconcile(() -> StepOutcome.happened("paid the first time"));

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("paid the first time");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void stepThatHasFailedIsNotRetriedForSomethingElse() {
		List<Integer> amounts = new ArrayList<>(List.of(500, 700));
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> workflow.callStep("pay",
				StepOptions.defaults().input(amounts.remove(0)), () -> fails("pay"))));
		String runId = failed(pay);
		this.works = true;

		assertThatThrownBy(() -> Durable.ended(this.durable.runs().retry(runId)))
			.hasMessageContaining("step 'pay' works on another input");
		assertThat(this.durable.run(runId).reason()).isEqualTo(RunFailure.STEP_MISMATCH);
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void runBeginsWithTheSameStateAlsoAfterACrashOfItsRetry() throws Exception {
		List<String> seen = new ArrayList<>();
		Named counting = this.durable.proxy(new Named("counting", (workflow) -> {
			seen.add(String.valueOf(workflow.state().get("number")));
			workflow.state().increment("number", 1);
			return workflow.callStep("pay", () -> fails("pay"));
		}));
		Named other = this.durable.proxy(new Named("counting", (workflow) -> workflow.state().increment("number", 10)),
				false);
		assertThatThrownBy(() -> WorkflowScope.session("s").call(counting::run)).hasMessage("pay");
		String runId = this.durable.onlyRun().runId();
		WorkflowScope.session("s").call(other::run);
		this.works = true;

		this.durable.dyingBefore("pay").interrupted(() -> this.durable.runs().retry(runId));
		Durable.ended(this.durable.runs().resume(runId));

		assertThat(seen).containsOnly("null").hasSize(3);
		assertThat(this.durable.state("s")).containsEntry("number", 11);
	}

	@ParameterizedTest
	@ValueSource(longs = { -50, 0, 50 })
	void forkHasWhatWasBeforeItsStepWhateverTheClock(long skew) throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			workflow.callStep("look", () -> call("look"));
			workflow.branches("order", List.of("A", "B"),
					(order) -> workflow.callStep("pay", () -> call("pay " + order)));
			this.durable.clock.advance(Duration.ofMillis(skew));
			return workflow.callStep("mail", () -> call("mail"));
		}));
		pay.run();
		String runId = this.durable.onlyRun().runId();
		this.calls.clear();

		Durable.ended(this.durable.runs().fork(runId, "mail"));
		assertThat(this.calls).containsExactly("mail");
		this.calls.clear();

		Durable.ended(this.durable.runs().fork(runId, "look"));
		assertThat(this.calls).containsExactlyInAnyOrder("look", "pay A", "pay B", "mail");
	}

	@Test
	void forkHasTheHandledFailureOfANestedRun() throws Exception {
		Named card = this.durable.proxy(new Named("card", (workflow) -> workflow.callStep("pay", () -> fails("pay"))));
		Named outer = this.durable.proxy(new Named("outer", (workflow) -> {
			String paid = handledRun(workflow, card);
			this.durable.clock.advance(Duration.ofSeconds(1));
			return paid + workflow.callStep("mail", () -> call("mail"));
		}));
		outer.run();

		String runId = this.durable.root().runId();
		assertThat(Durable.ended(this.durable.runs().fork(runId, "mail")).content()).isEqualTo("by invoicemail");
		assertThat(this.calls).containsExactly("pay", "by invoice", "mail", "mail");
	}

	private String handled(Named workflow, String step) {
		try {
			return workflow.callStep(step, ONCE, () -> {
				call(step);
				throw new IllegalArgumentException("timed out");
			});
		}
		catch (RuntimeException ex) {
			return "handled";
		}
	}

	private String handledRun(Named workflow, Named card) {
		try {
			return String.valueOf(card.run());
		}
		catch (RuntimeException ex) {
			return workflow.callStep("invoice", () -> call("by invoice"));
		}
	}

	private String failed(Named workflow) {
		assertThatThrownBy(workflow::run).isInstanceOf(RuntimeException.class);
		return this.durable.root().runId();
	}

	private String fails(String what) {
		call(what);
		if (!this.works) {
			throw new IllegalArgumentException(what);
		}
		return what;
	}

	private String call(String what) {
		this.calls.add(what);
		return what;
	}

}
