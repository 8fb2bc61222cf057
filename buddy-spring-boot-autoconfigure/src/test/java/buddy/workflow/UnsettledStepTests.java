package buddy.workflow;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.junit.jupiter.api.Test;

import buddy.durable.StepFailedException;
import buddy.durable.StepInterruptedException;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.durable.StepStatus;
import buddy.json.UnstorableValueException;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Steps of which nobody knows whether they have happened, and what keeps a step from
 * happening twice, or for something else.
 */
class UnsettledStepTests {

	private static final StepOptions ONCE = StepOptions.of(StepMode.AT_MOST_ONCE);

	private final Durable durable = new Durable();

	private final List<String> calls = this.durable.calls;

	private Callable<StepOutcome> bank = StepOutcome::unknown;

	private Supplier<Object> body = () -> "paid";

	@Test
	void retryAsksTheOtherSystemBeforeAStepThatHasFailed() throws Exception {
		String runId = failed(paying(true));
		this.bank = () -> StepOutcome.happened("paid after all");

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("paid after all");
		assertThat(this.calls).containsExactly("pay");
		assertThat(this.durable.steps(runId)).singleElement()
			.satisfies((step) -> assertThat(step.head().status()).isEqualTo(StepStatus.DONE));
	}

	@Test
	void retryCallsAStepThatHasNotHappened() throws Exception {
		String runId = failed(paying(true));
		this.body = () -> "paid";
		this.bank = StepOutcome::notHappened;

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("paid");
		assertThat(this.calls).containsExactly("pay", "pay");
	}

	@Test
	void retryStopsWhereTheOtherSystemDoesNotKnowAndResumeAsksAgain() throws Exception {
		String runId = failed(paying(true));

		requireUnsettled(runId, () -> this.durable.runs().retry(runId));
		assertThatExceptionOfType(RunNotResumableException.class).isThrownBy(() -> this.durable.runs().retry(runId))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RunFailure.STEP_INTERRUPTED));
		requireUnsettled(runId, () -> this.durable.runs().resume(runId));
		assertThat(this.calls).containsExactly("pay");

		this.bank = () -> StepOutcome.happened("paid after all");
		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("paid after all");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void retryCallsAFailedStepOnceWhereNobodyCanBeAsked() throws Exception {
		String runId = failed(paying(false));
		this.body = () -> "paid";

		this.durable.dyingBefore("pay").interrupted(() -> this.durable.runs().retry(runId));
		assertThat(this.calls).containsExactly("pay", "pay");

		// the crash in it is noticed as in any other step that runs at most once
		requireUnsettled(runId, () -> this.durable.runs().resume(runId));
		assertThat(this.calls).containsExactly("pay", "pay");
	}

	@Test
	void otherFailuresOfAStepAreRetriedAsBefore() throws Exception {
		this.body = fails();
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> workflow.callStep("pay", this::call)));
		String runId = failed(pay);
		this.body = () -> "paid";

		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("paid");
		assertThat(this.durable.steps(runId)).hasSize(1);
	}

	@Test
	void otherSystemThatCannotBeAskedDoesNotKnow() throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			try {
				return pay(workflow, true);
			}
			catch (Exception ex) {
				return "declined";
			}
		}));
		this.bank = () -> {
			throw new IOException("the bank is away");
		};
		String runId = this.durable.dyingBefore("pay").interrupted(pay::run);

		requireUnsettled(runId, () -> this.durable.runs().resume(runId));
		assertThat(this.durable.run(runId).error()).contains("the bank is away");

		this.bank = () -> StepOutcome.happened(new Object());
		requireUnsettled(runId, () -> this.durable.runs().resume(runId));

		this.bank = () -> StepOutcome.happened("paid");
		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("paid");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void stepThatWorksOnSomethingElseIsAMismatch() throws Exception {
		List<Object> amounts = new ArrayList<>(List.of(500, 700, 500));
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			Map<String, Object> order = new LinkedHashMap<>();
			if (amounts.size() == 1) {
				order.put("cents", amounts.get(0));
			}
			order.put("order", "A-1");
			order.putIfAbsent("cents", amounts.remove(0));
			workflow.callStep("pay", StepOptions.defaults().input(order, null), this::call);
			return workflow.callStep("mail", () -> "sent");
		}));
		String runId = this.durable.dyingAfter("pay").interrupted(pay::run);

		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(this.durable.runs().resume(runId)))
			.withMessageContaining("step 'pay' works on another input");
		assertThat(this.durable.run(runId).error()).contains(RunFailure.STEP_MISMATCH);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("sent");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void stepThatWasBegunIsNotCalledForSomethingElse() throws Exception {
		List<Object> amounts = new ArrayList<>(List.of(500, 700));
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> workflow.callStep("pay",
				ONCE.input(amounts.remove(0)).reconcile(StepOutcome::notHappened), this::call)));
		String runId = this.durable.dyingBefore("pay").interrupted(pay::run);

		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(this.durable.runs().resume(runId)))
			.withMessageContaining("than when it was begun");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void exceptionThatTheCodeCatchesIsNotRepeated() {
		StepOptions patient = StepOptions.defaults().attempts(3).backoff(Duration.ZERO, Duration.ZERO);
		this.body = () -> {
			throw new Declined("declined");
		};
		Named pay = this.durable.proxy(
				new Named("pay", (workflow) -> workflow.callStep("pay", patient.rethrows(Declined.class), this::call)));
		assertThatExceptionOfType(Declined.class).isThrownBy(pay::run);
		assertThat(this.calls).containsExactly("pay");

		Named named = this.durable.proxy(new Named("named", (workflow) -> workflow.callStep("pay",
				patient.rethrows(Declined.class).retryOn(Declined.class), this::call)));
		assertThatExceptionOfType(Declined.class).isThrownBy(named::run);
		assertThat(this.calls).hasSize(4);
	}

	@Test
	void stepWithinAnotherOneHasAttemptsAndNoModeOfItsOwn() {
		for (StepMode mode : List.of(StepMode.AT_MOST_ONCE, StepMode.TRANSACTIONAL)) {
			Named outer = this.durable.proxy(new Named("outer", (workflow) -> workflow.callStep("outer",
					() -> workflow.callStep("pay", StepOptions.of(mode), this::call))));
			assertThatIllegalStateException().isThrownBy(outer::run)
				.withMessageContaining("Step 'pay' is " + mode)
				.withMessageContaining("within step 'outer'");
		}
		assertThat(this.calls).isEmpty();

		this.body = () -> {
			if (this.calls.size() < 3) {
				throw new IllegalArgumentException("again");
			}
			return "paid";
		};
		Named outer = this.durable.proxy(new Named("attempts", (workflow) -> workflow.callStep("outer", () -> workflow
			.callStep("pay", StepOptions.defaults().attempts(3).backoff(Duration.ZERO, Duration.ZERO), this::call))));
		assertThat(outer.run()).isEqualTo("paid");
		assertThat(this.calls).hasSize(3);
	}

	@Test
	void stepWithinAnotherOneHasAKeyOfItsOwn() {
		List<String> keys = new ArrayList<>();
		Named outer = this.durable.proxy(new Named("keys", (workflow) -> workflow.callStep("outer",
				StepOptions.defaults().attempts(2).backoff(Duration.ZERO, Duration.ZERO), () -> {
					keys.add(workflow.key());
					for (int i = 0; i < 2; i++) {
						workflow.callStep("pay", () -> keys.add(workflow.key()));
					}
					workflow.callStep("all", () -> workflow.callStep("pay", () -> keys.add(workflow.key())));
					workflow.branches("order", List.of("A"),
							(order) -> workflow.callStep("pay", () -> keys.add(workflow.key())));
					if (keys.size() == 5) {
						throw new IllegalArgumentException("again");
					}
					return "done";
				})));
		outer.run();

		String run = this.durable.onlyRun().runId() + ":outer";
		List<String> expected = List.of(run, run + "/pay", run + "/pay#2", run + "/all/pay", run + "/order[0]/pay");
		assertThat(keys.subList(0, 5)).isEqualTo(expected);
		assertThat(keys.subList(5, 10)).isEqualTo(expected);
	}

	@Test
	void stepWithinOneThatRunsAtMostOnceIsCalledOnce() {
		StepOptions patient = StepOptions.defaults().attempts(3).backoff(Duration.ZERO, Duration.ZERO);
		this.body = fails();
		Named outer = this.durable.proxy(new Named("outer",
				(workflow) -> workflow.callStep("outer", ONCE, () -> workflow.callStep("pay", patient, this::call))));

		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(outer::run).withMessage("timed out");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void optionsThatDoNotFitEachOtherAreRefused() {
		Map<String, StepOptions> wrong = Map.of("add mode(StepMode.AT_MOST_ONCE)",
				StepOptions.defaults().reconcile(StepOutcome::unknown), "cannot have 3 attempts",
				StepOptions.defaults().attempts(3).mode(StepMode.AT_MOST_ONCE));
		wrong.forEach((message, options) -> {
			Named pay = this.durable
				.proxy(new Named("pay", (workflow) -> workflow.callStep("pay", options, this::call)));
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(pay::run)
				.withMessageContaining("Step 'pay'")
				.withMessageContaining(message);
		});
		assertThat(this.calls).isEmpty();
	}

	@Test
	void subclassOfARethrownExceptionComesBackAsThat() throws Exception {
		List<String> caught = new ArrayList<>();
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			try {
				workflow.callStep("pay", StepOptions.defaults().rethrows(IOException.class), () -> {
					call();
					throw new SocketTimeoutException("no answer");
				});
			}
			catch (IOException ex) {
				caught.add(ex.getClass().getSimpleName() + " " + ex.getMessage());
			}
			return workflow.callStep("mail", () -> "sent");
		}));
		String runId = this.durable.dyingAfter("mail").interrupted(pay::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("sent");
		assertThat(caught).containsExactly("SocketTimeoutException no answer", "IOException no answer");
		assertThat(this.calls).containsExactly("pay");
	}

	@Test
	void failureComesBackAsTheClosestOfTheRethrownTypes() throws Exception {
		List<String> caught = new ArrayList<>();
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			try {
				workflow.callStep("pay", StepOptions.defaults().rethrows(Exception.class, IOException.class), () -> {
					call();
					throw new SocketTimeoutException("no answer");
				});
			}
			catch (IOException ex) {
				caught.add(ex.getClass().getSimpleName());
			}
			return workflow.callStep("mail", () -> "sent");
		}));
		String runId = this.durable.dyingAfter("mail").interrupted(pay::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("sent");
		assertThat(caught).containsExactly("SocketTimeoutException", "IOException");
	}

	@Test
	void exceptionThatCannotBeMadeOfItsMessageIsRecordedAllTheSame() throws Exception {
		Named pay = this.durable.proxy(new Named("pay", (workflow) -> {
			try {
				workflow.callStep("pay", StepOptions.defaults().rethrows(Coded.class), () -> {
					call();
					throw new Coded("17");
				});
			}
			catch (Coded | StepFailedException ex) {
				this.calls.add(ex.getClass().getSimpleName());
			}
			return workflow.callStep("mail", () -> "sent");
		}));
		String runId = this.durable.dyingAfter("mail").interrupted(pay::run);

		assertThat(Durable.ended(this.durable.runs().resume(runId)).content()).isEqualTo("sent");
		assertThat(this.calls).containsExactly("pay", "Coded", "StepFailedException");
	}

	@Test
	void inputsAreComparedByValue() {
		assertThat(digest(new BigDecimal("5.00"), 5.0, 5L)).isEqualTo(digest(5, 5, 5)).isNotEqualTo(digest(5, 5, 6));
		assertThat(digest(new BigDecimal("500"))).isEqualTo(digest(500)).isNotEqualTo(digest("500"));
		assertThat(digest(Map.of("a", 1, "b", 2))).isEqualTo(digest(new TreeMap<>(Map.of("b", 2, "a", 1))));
		assertThat(digest("a", "b")).isNotEqualTo(digest("ab")).isNotEqualTo(digest(List.of("a", "b")));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> digest(new Object()))
			.withMessageContaining("The input of a step")
			.withMessageContaining("would look the same");
	}

	private static String digest(Object... values) {
		return StepOptions.defaults().input(values).digest();
	}

	@Test
	void stepReturnsTheFirstTimeWhatItReturnsLater() throws Exception {
		List<Object> seen = new ArrayList<>();
		Named card = this.durable.proxy(new Named("card", (workflow) -> {
			seen.add(workflow.callStep("card", Card.class, () -> new Card("4711", "secret")).pin);
			return workflow.callStep("mail", () -> "sent");
		}));
		String runId = this.durable.dyingAfter("mail").interrupted(card::run);
		Durable.ended(this.durable.runs().resume(runId));

		assertThat(seen).containsExactly("", "");
	}

	private Named paying(boolean asks) {
		this.body = fails();
		return this.durable.proxy(new Named("pay", (workflow) -> pay(workflow, asks)));
	}

	private Object pay(Named workflow, boolean asks) throws Exception {
		return workflow.callStep("pay", asks ? ONCE.reconcile(() -> this.bank.call()) : ONCE, this::call);
	}

	private Object call() {
		this.calls.add("pay");
		return this.body.get();
	}

	private static Supplier<Object> fails() {
		return () -> {
			throw new IllegalArgumentException("timed out");
		};
	}

	private String failed(Named pay) {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(pay::run);
		return this.durable.onlyRun().runId();
	}

	private void requireUnsettled(String runId, Supplier<StartedRun> call) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Durable.ended(call.get()))
			.havingCause()
			.isInstanceOf(StepInterruptedException.class);
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.durable.run(runId).reason()).isEqualTo(RunFailure.STEP_INTERRUPTED);
	}

	static class Coded extends RuntimeException {

		public Coded(String code) {
			super("failed with code " + Integer.parseInt(code));
		}

	}

	static class Declined extends RuntimeException {

		public Declined(String message) {
			super(message);
		}

	}

	static class Card {

		public String number = "";

		@JsonIgnore
		public String pin = "";

		Card() {
		}

		Card(String number, String pin) {
			this.number = number;
			this.pin = pin;
		}

	}

}
