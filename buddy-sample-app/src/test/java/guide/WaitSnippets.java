package guide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionOptions;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.run.RunResponse;
import buddy.run.RunWait;
import buddy.workflow.Question;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

/**
 * The code of the page on people and time, which {@link PeoplePageTests} runs.
 */
class WaitSnippets {

	record Approval(boolean approved, @Nullable String note) {
	}

	/** Stands for other systems. */
	static class Others {

		final List<String> calls = new ArrayList<>();

		String write(String text) {
			this.calls.add("write " + text);
			return "Dear customer of " + text;
		}

		String pay(String order, int cents, String key) {
			this.calls.add("pay " + order + " " + cents);
			return key;
		}

	}

	static class RefundWorkflow extends Workflow {

		private final Others letters;

		private final Others bank;

		RefundWorkflow(Others others) {
			this.letters = others;
			this.bank = others;
		}

		public RunResponse run(String order, int cents) {
			String letter = step("letter", () -> this.letters.write(order));
			Approval approval = awaitInput("approve", Approval.class,
					QuestionOptions.showing(Map.of("order", order, "cents", cents)));
			if (!approval.approved()) {
				return RunResponse.of("refused: " + approval.note());
			}
			step("pay", () -> this.bank.pay(order, cents, stepKey()));
			return RunResponse.of(letter);
		}

	}

	record Receipt(String number) {
	}

	/** Stands for a bank that cannot be asked. */
	interface Bank {

		Receipt charge(String order, int cents);

	}

	static class ChargeExample extends Workflow {

		private final Bank bank;

		ChargeExample(Bank bank) {
			this.bank = bank;
		}

		public String run(String order, int cents) {
			StepOptions options = StepOptions.of(StepMode.AT_MOST_ONCE)
				.askIfInterrupted(QuestionOptions.showing(Map.of("order", order)).role("CLERK"));
			Receipt receipt = step("charge", Receipt.class, options, () -> this.bank.charge(order, cents));
			return receipt.number();
		}

	}

	static class Caller {

		private final RefundWorkflow refund;

		private final WorkflowRuns runs;

		Caller(RefundWorkflow refund, WorkflowRuns runs) {
			this.refund = refund;
			this.runs = runs;
		}

		RunResponse callInTime() {
			RunResponse response = WorkflowScope.empty()
				.deadline(Duration.ofDays(7))
				.call(() -> this.refund.run("A7", 500));
			return response;
		}

		List<RunWait> call() {
			RunResponse response = this.refund.run("A7", 500);
			List<RunWait> waits = response.waitsFor();
			return waits;
		}

		Question answer(String runId) {
			this.runs.answer(runId, "approve", new Approval(true, "fine"));
			return this.runs.question(runId, "approve").orElseThrow();
		}

	}

	static class Mailer {

		private final WorkflowRuns runs;

		private final Others letters;

		Mailer(WorkflowRuns runs, Others letters) {
			this.runs = runs;
			this.letters = letters;
		}

		String ask(String runId) {
			String token = this.runs.answerToken(runId, "approve");
			this.letters.write("https://shop.example.org/approve#" + token);
			return token;
		}

		Optional<Question> answer(String token) {
			Optional<Question> answered = this.runs.answerByToken(token, Map.of("approved", true, "note", "by mail"));
			return answered;
		}

	}

	static class OptionsExample extends Workflow {

		public String run(String order) {
			QuestionOptions options = QuestionOptions.showing(Map.of("order", order))
				.assignee("ann")
				.role("APPROVER")
				.expiresIn(Duration.ofDays(3), new Approval(false, "nobody answered"));
			return String.valueOf(awaitInput("approve", Approval.class, options).note());
		}

	}

	static class SleepExample extends Workflow {

		private final Others letters;

		SleepExample(Others others) {
			this.letters = others;
		}

		public void run(String order) {
			step("remind", () -> this.letters.write(order));
			sleep("cool-down", Duration.ofDays(3));
			step("close", () -> this.letters.write("closed " + order));
		}

	}

}
