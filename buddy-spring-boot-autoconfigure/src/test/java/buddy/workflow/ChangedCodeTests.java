package buddy.workflow;

import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.testkit.RunHistoryChecker;
import buddy.workflow.StepTests.Body;
import buddy.workflow.StepTests.Named;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The code of a workflow is changed between a crash and the continuation: the run goes on
 * or is parked as it is, and no other run is affected.
 */
class ChangedCodeTests {

	private final Durable durable = new Durable();

	private final RunHistoryChecker checker = new RunHistoryChecker(this.durable.repository, this.durable.journal(),
			null);

	@Test
	void resultThatHasGainedAFieldIsReadWithoutIt() throws Exception {
		String runId = interrupted();

		assertThat(Durable.ended(this.durable.runsOf(new Named("bill", with(Gained.class))).resume(runId)).content())
			.isEqualTo("Gained[number=b1, cents=5, currency=null]");
		assertContinued(runId);
	}

	@Test
	void resultThatHasLostAFieldIsReadWithoutIt() throws Exception {
		String runId = interrupted();

		assertThat(Durable.ended(this.durable.runsOf(new Named("bill", with(Lost.class))).resume(runId)).content())
			.isEqualTo("Lost[number=b1]");
		assertContinued(runId);
	}

	@Test
	void resultThatCannotBeReadParksThatRunAlone() throws Exception {
		String runId = interrupted();
		String other = interrupted();

		assertThatThrownBy(() -> Durable.ended(this.durable.runsOf(new Named("bill", with(Other.class))).resume(runId)))
			.hasMessageContaining("'bill'");

		assertParked(runId, "step_unreadable");
		Durable.ended(this.durable.runs().resume(other));
		assertContinued(other);
		Durable.ended(this.durable.runs().retry(runId));
		this.checker.check(runId);
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void stepsInAnotherOrderParkTheRunWithBothNames() throws Exception {
		Body body = (workflow) -> workflow.callStep("a", () -> call("a")) + workflow.callStep("b", () -> call("b"))
				+ workflow.callStep("c", () -> call("c"));
		Named bean = this.durable.proxy(new Named("order", body));
		String runId = this.durable.dyingAfter("b").interrupted(bean::run);
		this.checker.observe(runId);
		Named swapped = new Named("order",
				(workflow) -> workflow.callStep("b", () -> call("b")) + workflow.callStep("a", () -> call("a")));

		assertThatThrownBy(() -> Durable.ended(this.durable.runsOf(swapped).resume(runId))).hasMessageContaining("'a'")
			.hasMessageContaining("'b'");

		assertParked(runId, "step_mismatch");
		assertThat(Durable.ended(this.durable.runs().retry(runId)).content()).isEqualTo("abc");
		this.checker.check(runId);
		assertThat(this.durable.calls).containsExactly("a", "b", "c");
	}

	private String interrupted() throws Exception {
		Named bean = this.durable.proxy(new Named("bill", with(Bill.class)));
		String runId = this.durable.dyingAfter("bill").interrupted(bean::run);
		this.checker.observe(runId);
		return runId;
	}

	private void assertContinued(String runId) {
		this.checker.check(runId);
		assertThat(this.durable.run(runId).status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.durable.calls).as("the bill is not made again").doesNotContain("again");
	}

	private void assertParked(String runId, String reason) {
		this.checker.check(runId);
		StoredRun run = this.durable.run(runId);
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.error()).contains(reason);
	}

	private Body with(Class<?> type) {
		return (workflow) -> {
			Object bill = bill(workflow, type);
			workflow.callStep("last", () -> call("last"));
			return bill.toString();
		};
	}

	@SuppressWarnings("unchecked")
	private <T> T bill(Named workflow, Class<T> type) {
		return workflow.callStep("bill", type, () -> {
			if (type != Bill.class) {
				call("again");
			}
			return (T) new Bill("b1", 5);
		});
	}

	private String call(String what) {
		this.durable.calls.add(what);
		return what;
	}

	record Bill(String number, int cents) {
	}

	record Gained(String number, int cents, String currency) {
	}

	record Lost(String number) {
	}

	record Other(String number, Bill cents) {
	}

}
