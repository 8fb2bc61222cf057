package guide;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import buddy.run.Cancellation;
import buddy.run.RunPausedException;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.test.RecordedRun;
import buddy.test.TestWorkflows;

import guide.WaitSnippets.Approval;
import guide.WaitSnippets.Caller;
import guide.WaitSnippets.ChargeExample;
import guide.WaitSnippets.Mailer;
import guide.WaitSnippets.OptionsExample;
import guide.WaitSnippets.Others;
import guide.WaitSnippets.Receipt;
import guide.WaitSnippets.RefundWorkflow;
import guide.WaitSnippets.SleepExample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * The workflows of the page on people and time do what it says.
 */
class PeoplePageTests {

	private final TestWorkflows workflows = new TestWorkflows();

	private final Others others = new Others();

	@Test
	void runGoesOnWithTheAnswer() {
		RefundWorkflow refund = this.workflows.proxy(new RefundWorkflow(this.others));
		Caller caller = new Caller(refund, this.workflows.workflowRuns());
		RunWait wait = caller.call().get(0);
		assertThat(wait.key()).isEqualTo("approve");

		caller.answer(wait.runId());
		assertThat(this.others.calls.get(0)).isEqualTo("write A7");
	}

	@Test
	void tokenOfALinkAnswersOnce() {
		RefundWorkflow refund = this.workflows.proxy(new RefundWorkflow(this.others));
		String runId = String.valueOf(refund.run("A7", 500).runId());
		Mailer mailer = new Mailer(this.workflows.workflowRuns(), this.others);

		String token = mailer.ask(runId);
		assertThat(mailer.answer(token)).isPresent();
		assertThat(mailer.answer(token)).as("a double click").isPresent();
		assertThat(this.workflows.workflowRuns().answerByToken(token, Map.of("approved", false))).isEmpty();
	}

	@Test
	void refusalIsTheResult() {
		RefundWorkflow refund = this.workflows.proxy(new RefundWorkflow(this.others));
		String runId = String.valueOf(refund.run("A7", 500).runId());

		RecordedRun run = this.workflows.answer(runId, "approve", new Approval(false, "too much"));
		assertThat(run).completed().hasContent("refused: too much");
		assertThat(this.others.calls).containsExactly("write A7");
	}

	@Test
	void defaultIsTheAnswerIfNobodyGivesOne() {
		OptionsExample example = this.workflows.proxy(new OptionsExample());
		String runId = paused(() -> example.run("A7"));

		RecordedRun run = this.workflows.pass(Duration.ofDays(3), runId);
		assertThat(run).completed().hasContent("nobody answered");
	}

	@Test
	void sleepIsOverWhenItsTimeHasCome() {
		SleepExample example = this.workflows.proxy(new SleepExample(this.others));
		String runId = paused(() -> example.run("A7"));
		assertThat(this.others.calls).containsExactly("write A7");

		assertThat(this.workflows.pass(Duration.ofDays(3), runId)).completed();
		assertThat(this.others.calls).containsExactly("write A7", "write closed A7");
	}

	@Test
	void runThatIsNotAnsweredBeforeItsDeadlineIsCancelled() {
		Caller caller = new Caller(this.workflows.proxy(new RefundWorkflow(this.others)),
				this.workflows.workflowRuns());
		String runId = String.valueOf(caller.callInTime().runId());

		RecordedRun run = this.workflows.pass(Duration.ofDays(7), runId);
		assertThat(run).hasStatus(RunStatus.CANCELLED);
		assertThat(run.run().failure().reason()).isEqualTo(Cancellation.DEADLINE);
	}

	@Test
	void personSaysWhetherAnInterruptedStepHasHappened() {
		ChargeExample example = this.workflows.proxy(new ChargeExample((order, cents) -> new Receipt("r0")));
		String runId = this.workflows.crashes().crashInside("charge").in(() -> example.run("A7", 500));
		assertThat(this.workflows.crashes().resume(runId).isPaused()).isTrue();

		RecordedRun run = this.workflows.answer(runId, "charge",
				Map.of("happened", true, "result", Map.of("number", "r1")));
		assertThat(run).completed().hasContent("r1");
	}

	private static String paused(Runnable call) {
		return catchThrowableOfType(RunPausedException.class, call::run).runId();
	}

}
