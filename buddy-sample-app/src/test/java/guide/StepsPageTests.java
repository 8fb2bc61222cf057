package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import buddy.test.ScriptedAgents;
import buddy.test.TestWorkflows;
import buddy.workflow.RunStep;
import buddy.workflow.WorkflowScope;

import guide.StepSnippets.Bank;
import guide.StepSnippets.BranchExample;
import guide.StepSnippets.ChangeExample;
import guide.StepSnippets.FailureExample;
import guide.StepSnippets.LoopExample;
import guide.StepSnippets.Mails;
import guide.StepSnippets.ModeExample;
import guide.StepSnippets.RefundWorkflow;
import guide.StepSnippets.ResultExample;
import guide.StepSnippets.RetryExample;
import guide.StepSnippets.StateExample;
import guide.StepSnippets.TimeExample;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * The workflows of the page on steps do what it says, and its promises name tests that
 * there are.
 */
class StepsPageTests {

	private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+Tests)\\.(\\w+)`");

	private final TestWorkflows workflows = new TestWorkflows();

	private final Bank bank = new Bank();

	private final Mails mails = new Mails();

	@Test
	void whatIsRecordedIsNotRepeated() {
		ScriptedAgents agents = new ScriptedAgents();
		agents.agent("writer").replies("Dear customer");
		RefundWorkflow refund = this.workflows
			.proxy(new RefundWorkflow(agents.agents().named("writer").build(), this.bank, this.mails));

		String runId = interrupted("mail", () -> refund.run("A7", 500));

		assertThat(resume(runId)).isEqualTo("r-A7");
		assertThat(this.workflows.runs().find(runId)).hasSteps("agent:writer", "pay", "mail");
		assertThat(this.bank.keys).containsExactly(runId + ":pay");
		assertThat(this.mails.sent).containsExactly("A7: Dear customer", "A7: Dear customer");
	}

	@Test
	void resultsOfTheNamedTypesAreTaken() {
		ResultExample results = this.workflows.proxy(new ResultExample(this.bank));

		assertThat(resume(interrupted("receipts", () -> results.run("A7")))).isEqualTo(541);
		assertThat(this.bank.keys).hasSize(1);
	}

	@Test
	void branchesHaveKeysOfTheirOwn() {
		BranchExample branches = this.workflows.proxy(new BranchExample(this.bank));

		String runId = interrupted("book[1]/car", () -> branches.run(List.of("Rome", "Oslo")));

		assertThat(resume(runId)).isEqualTo(List.of("hotel in Rome with a car", "hotel in Oslo with a car"));
		assertThat(keys(runId)).containsExactlyInAnyOrder("book[0]/hotel", "book[0]/car", "book[1]/hotel",
				"book[1]/car");
	}

	@Test
	void changesOfTheStateCountOnce() {
		StateExample state = this.workflows.proxy(new StateExample());

		String runId = this.workflows.crashes().crashAfter("note").in(() -> WorkflowScope.session("s1").call(() -> {
			state.run("A7");
			return "";
		}));
		resume(runId);

		assertThat(this.workflows.runs().find(runId)).hasStateEntry("refunds", 1)
			.hasStateEntry("orders", List.of("A7"));
	}

	@Test
	void failureThatIsNamedComesBackAsItself() throws IOException {
		FailureExample failing = this.workflows.proxy(new FailureExample(this.bank, this.mails));

		assertThat(resume(interrupted("mail", () -> failing.run("A7", 5000)))).isEqualTo("declined");
		assertThat(this.bank.keys).isEmpty();
		assertThat(this.workflows.proxy(new RetryExample(this.bank)).run("EUR")).isEqualTo(1.08);
	}

	@Test
	void interruptedStepThatRunsAtMostOnceIsSettledByAsking() {
		ModeExample modes = this.workflows.proxy(new ModeExample(this.mails, (order) -> 7L));

		assertThat(resume(interrupted("mail", () -> modes.run("A7")))).isEqualTo(7L);
		assertThat(this.mails.sent).hasSize(1);
	}

	@Test
	void timeAndChanceAreTheSameAgain() {
		List<Object> seen = new ArrayList<>();
		TimeExample time = this.workflows.proxy(new TimeExample(Clock.systemUTC(), seen::add));

		resume(interrupted("exact", time::run));

		assertThat(seen).hasSize(2);
		assertThat(seen.get(0)).isEqualTo(seen.get(1));
	}

	@Test
	void listThatALoopGoesOverIsRecordedFirst() {
		List<String> open = new ArrayList<>(List.of("A7", "B8"));
		LoopExample loop = this.workflows.proxy(new LoopExample(this.bank, () -> List.copyOf(open)));

		String runId = interrupted("pay#2", () -> {
			loop.run();
			return null;
		});
		open.remove("A7");
		resume(runId);

		assertThat(keys(runId)).containsExactly("orders", "pay", "pay#2");
	}

	@Test
	void guardedChangesAreRecorded() {
		ChangeExample change = this.workflows.proxy(new ChangeExample());

		String runId = interrupted("letter", () -> change.run("A7"));

		assertThat(resume(runId)).isEqualTo("wrote of A7");
		assertThat(keys(runId)).containsExactly("add-fraud-check", "fraud-check", "rename-note", "letter");
	}

	/** Calls a workflow whose process dies before a step is recorded. */
	private String interrupted(String step, Callable<?> call) {
		return this.workflows.crashes().crashInside(step).in(call);
	}

	private @Nullable Object resume(String runId) {
		return this.workflows.crashes().resume(runId).content();
	}

	private List<String> keys(String runId) {
		return this.workflows.workflowRuns().steps(runId, null, 20).stream().map(RunStep::key).toList();
	}

	@Test
	void everyPromiseNamesTestsThatThereAre() throws IOException {
		String promises = Pages.section(Pages.DOCS.resolve("steps.md"), "## What is promised");
		List<String> rows = promises.lines().filter((line) -> line.startsWith("| P")).toList();
		assertThat(rows).hasSize(7);
		for (String row : rows) {
			List<MatchResult> tests = NAMED_TEST.matcher(row).results().toList();
			assertThat(tests).as(row).isNotEmpty();
			for (MatchResult test : tests) {
				assertThat(source(test.group(1))).as(row).containsPattern("void " + test.group(2) + "\\(");
			}
		}
	}

	private static String source(String test) throws IOException {
		for (String module : List.of("buddy-spring-boot-autoconfigure", "buddy-sample-app")) {
			try (Stream<Path> files = Files.walk(Pages.ROOT.resolve(module).resolve("src/test/java"))) {
				List<Path> found = files.filter((file) -> file.endsWith(test + ".java")).toList();
				if (!found.isEmpty()) {
					return Pages.read(found.get(0));
				}
			}
		}
		throw new AssertionError("There is no " + test);
	}

}
