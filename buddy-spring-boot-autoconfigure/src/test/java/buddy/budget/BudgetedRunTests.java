package buddy.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.budget.AskedModel.Asking;
import buddy.budget.AskedModel.Calling;
import buddy.budget.AskedModel.Streaming;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.event.EventPosition;
import buddy.event.RunEventStore;
import buddy.event.StoredEvent;
import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Question;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Runs with budgets, on two nodes with one database and a model behind HTTP.
 */
@ExtendWith(OutputCaptureExtension.class)
class BudgetedRunTests {

	private static final List<TestApplication> nodes = new ArrayList<>();

	@BeforeAll
	static void start() {
		AskedModel.start();
		String[] database = TestDatabase.POSTGRESQL.create();
		String[] budgets = { "buddy.prices[gpt-4o-mini].input=0.15", "buddy.prices[gpt-4o-mini].output=0.6",
				"buddy.budgets.daily.per=user", "buddy.budgets.daily.period=day", "buddy.budgets.daily.tokens=40",
				"buddy.budgets.daily.workflows=limited,streaming", //
				"buddy.budgets.money.per=workflow", "buddy.budgets.money.period=month",
				"buddy.budgets.money.cost=0.000006", "buddy.budgets.money.workflows=costly", //
				"buddy.budgets.soft.per=session", "buddy.budgets.soft.tokens=20", "buddy.budgets.soft.warn-at=0.5",
				"buddy.budgets.soft.when-exceeded=warn", "buddy.budgets.soft.workflows=warned", //
				"buddy.budgets.asking.per=application", "buddy.budgets.asking.period=week",
				"buddy.budgets.asking.tokens=18", "buddy.budgets.asking.when-exceeded=ask",
				"buddy.budgets.asking.role=BOSS", "buddy.budgets.asking.workflows=asked", //
				"buddy.budgets.slow.per=run", "buddy.budgets.slow.time=1h", "buddy.budgets.slow.workflows=timed",
				"buddy.budgets.whole.per=run", "buddy.budgets.whole.tokens=1000",
				"buddy.budgets.whole.workflows=calling,free" };
		for (int i = 0; i < 2; i++) {
			nodes.add(TestApplication.start(Stream.of(database, budgets).flatMap(Stream::of).toArray(String[]::new),
					AskedModel.Workflows.class));
		}
	}

	@AfterAll
	static void stop() {
		nodes.forEach(TestApplication::close);
	}

	@BeforeEach
	void empty() {
		AskedModel.start();
		nodes.get(0).emptyRepository();
	}

	/** So that runs have an order. */
	private static void tick() {
		AskedModel.clock.advance(Duration.ofMillis(1));
	}

	private static Asking asking(int node, String id) {
		tick();
		return nodes.get(node).bean(id, Asking.class);
	}

	@Test
	void callsOfAllNodesAreCountedAndTheNextOneIsRefused() {
		ofAnn(() -> asking(0, "limited").run("call"));
		ofAnn(() -> asking(1, "limited").run("call"));
		ofAnn(() -> asking(0, "limited").run("call"));
		assertThat(usage(1, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("54");

		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> ofAnn(() -> asking(1, "limited").run("call")))
			.withMessage("Budget 'daily' of user 'ann' is used up: tokens 54 of 40; it begins anew at "
					+ AskedModel.clock.instant().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1))
					+ " (buddy.budgets.daily)")
			.satisfies((ex) -> assertThat(ex.resource()).isEqualTo(BudgetResource.TOKENS));

		assertThat(AskedModel.requests()).isEqualTo(3);
		StoredRun run = lastRun();
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.reason()).isEqualTo("budget_exceeded");
		WorkflowScope.ofUser("bob").call(() -> asking(0, "limited").run("call"));
	}

	@Test
	void budgetBeginsAnewWithItsPeriodAndTheRefusedRunIsResumed() throws Exception {
		ofAnn(() -> asking(0, "limited").run("call call call"));
		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> ofAnn(() -> asking(0, "limited").run("call call")));
		String runId = lastRun().runId();
		AskedModel.clock.advance(Duration.ofDays(1));

		nodes.get(1).bean(WorkflowRuns.class).ofEverybody().resume(runId).response().toCompletableFuture().get();

		assertThat(run(runId).status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(usage(0, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("36");
		assertThat(AskedModel.requests()).isEqualTo(5);
	}

	@Test
	void runThatIsContinuedCountsWhatItRepeatsNotAgain() throws Exception {
		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> ofAnn(() -> asking(0, "limited").run("call tool call call")));
		String runId = lastRun().runId();
		assertThat(AskedModel.requests()).isEqualTo(3);
		nodes.get(0).bean(Budgets.class).raise("daily", "ann", new BudgetRaise(true, 18L, null, null));

		nodes.get(1).bean(WorkflowRuns.class).ofEverybody().resume(runId).response().toCompletableFuture().get();

		assertThat(run(runId).status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(AskedModel.requests()).isEqualTo(4);
		assertThat(usage(0, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("72");
	}

	@Test
	void refusalIsNoFailureOfAStepAndCannotBeCaught() {
		ofAnn(() -> asking(0, "limited").run("call call call"));
		for (String how : List.of("step", "caught", "together")) {
			assertThatExceptionOfType(BudgetExceededException.class).as(how)
				.isThrownBy(() -> ofAnn(() -> asking(0, "limited").run(how)));
			assertThat(lastRun().reason()).isEqualTo("budget_exceeded");
			assertThat(nodes.get(0).bean(WorkflowRuns.class).ofEverybody().steps(lastRun().runId(), null, 10))
				.isEmpty();
		}
		assertThat(AskedModel.requests()).isEqualTo(3);
	}

	@Test
	void eachRequestOfAnAgentWithToolsCounts() {
		AskedModel.callsToolFirst();

		ofAnn(() -> asking(0, "limited").run("tool"));

		assertThat(usage(0, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("36");
		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> ofAnn(() -> asking(0, "limited").run("tool tool")));
		assertThat(AskedModel.requests()).isEqualTo(3);
	}

	@Test
	void callOfAnAgentThatWasRefusedHalfWayGoesOnThere() throws Exception {
		AskedModel.callsToolFirst();
		ofAnn(() -> asking(0, "limited").run("tool"));
		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> ofAnn(() -> asking(0, "limited").run("tool")));
		String runId = lastRun().runId();
		assertThat(nodes.get(0).bean(WorkflowRuns.class).ofEverybody().steps(runId, null, 10))
			.extracting((step) -> step.key())
			.containsExactly("agent:acting/model", "agent:acting/tool:look");
		nodes.get(0).bean(Budgets.class).raise("daily", "ann", BudgetRaise.asMuchAgain());

		nodes.get(1).bean(WorkflowRuns.class).ofEverybody().resume(runId).response().toCompletableFuture().get();

		assertThat(AskedModel.requests()).isEqualTo(4);
		assertThat(usage(1, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("72");
	}

	@Test
	void streamsCountAndAreRefused() {
		AskedModel.streams();
		Streaming streaming = nodes.get(0).bean(Streaming.class);
		for (int i = 0; i < 3; i++) {
			WorkflowScope.ofUser("ann").call(streaming::run).collectList().block();
		}
		assertThat(usage(0, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("54");

		List<RunResponseEvent> events = new ArrayList<>();
		tick();
		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("ann").call(streaming::run).doOnNext(events::add).blockLast());
		assertThat(AskedModel.requests()).isEqualTo(3);
		assertThat(lastRun().reason()).isEqualTo("budget_exceeded");
		assertThat(events).extracting(RunResponseEvent::event).contains("WorkflowError");
	}

	@Test
	void streamIsRefusedBetweenItsTools() {
		AskedModel.streamsToolFirst();
		Streaming streaming = nodes.get(0).bean(Streaming.class);
		List<RunResponseEvent> first = WorkflowScope.ofUser("ann").call(streaming::run).collectList().block();
		assertThat(first).extracting(RunResponseEvent::event).contains("ToolCallCompleted", "RunCompleted");
		assertThat(usage(0, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("36");

		List<RunResponseEvent> events = new ArrayList<>();
		tick();
		assertThatExceptionOfType(BudgetExceededException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("ann").call(streaming::run).doOnNext(events::add).blockLast());

		assertThat(events).extracting(RunResponseEvent::event)
			.contains("ToolCallCompleted", "WorkflowError")
			.doesNotContain("RunCompleted");
		assertThat(AskedModel.requests()).isEqualTo(3);
		assertThat(lastRun().reason()).isEqualTo("budget_exceeded");
		assertThat(usage(0, "daily", "ann").used(BudgetResource.TOKENS)).isEqualByComparingTo("54");
	}

	@Test
	void budgetCostsOneStatementBeforeACallAndOneAfterIt() {
		ofAnn(() -> asking(0, "limited").run("call"));
		nodes.get(0).statements();

		ofAnn(() -> asking(0, "limited").run("call"));
		assertThat(ofBudgets()).satisfiesExactly((read) -> assertThat(read).startsWith("select "),
				(add) -> assertThat(add).startsWith("update buddy_workflow_budget set tokens = tokens + ?"),
				(warn) -> assertThat(warn).startsWith("update buddy_workflow_budget set warned = true"));
		ofAnn(() -> asking(0, "limited").run("call"));
		assertThat(ofBudgets()).hasSize(2);
		asking(0, "unlimited").run("call tool step");
		assertThat(ofBudgets()).isEmpty();
	}

	private static List<String> ofBudgets() {
		return nodes.get(0)
			.statements()
			.stream()
			.map(TestApplication.Statement::sql)
			.filter((sql) -> sql.contains("buddy_workflow_budget"))
			.toList();
	}

	@Test
	void costIsThatOfThePriceTable() {
		asking(0, "costly").run("call");

		// 11 tokens at 0.15 and 7 at 0.6 a million
		assertThat(usage(0, "money", "costly").used(BudgetResource.COST)).isEqualByComparingTo("0.00000585");
		asking(0, "costly").run("call");
		assertThatThrownBy(() -> asking(0, "costly").run("call")).isInstanceOf(BudgetExceededException.class)
			.hasMessageContaining("cost 0.0000117 of 0.000006; it begins anew at 20");
	}

	@Test
	void warningIsAnEventAndALogEntryOnce(CapturedOutput output) {
		WorkflowScope.session("s1").run(() -> asking(0, "warned").run("call call"));
		String runId = lastRun().runId();
		WorkflowScope.session("s1").run(() -> asking(1, "warned").run("call"));

		assertThat(output).containsOnlyOnce("Budget 'soft' of session 's1' has used 18 of 20 (tokens) in its period");
		assertThat(nodes.get(0).bean(RunEventStore.class).read(runId, EventPosition.START, 100))
			.extracting(StoredEvent::name)
			.containsOnlyOnce("BudgetWarning");
	}

	@Test
	void nestedRunCountsForTheRunThatCalledIt() {
		nodes.get(0).bean(Calling.class).run();

		List<BudgetUsage> used = nodes.get(0).bean(Budgets.class).list("whole", null, null, 10);

		assertThat(used).singleElement()
			.satisfies((usage) -> assertThat(usage.used(BudgetResource.TOKENS)).isEqualByComparingTo("36"));
	}

	@Test
	void timeIsThatOfExecutions() {
		asking(0, "timed").run("call");

		assertThat(nodes.get(0).bean(Budgets.class).list("slow", null, null, 10)).singleElement()
			.satisfies((usage) -> assertThat(usage.used(BudgetResource.TIME)).isPositive()
				.isLessThan(BigDecimal.valueOf(100)));
	}

	@Test
	void personRaisesTheBudgetAndTheRunGoesOn() {
		assertThat(asking(0, "asked").run("call tool").isPaused()).isTrue();
		String runId = lastRun().runId();
		Question question = onlyQuestion();
		assertThat(question.role()).isEqualTo("BOSS");
		assertThat(Json.write(question.shown())).startsWith(
				"{\"budget\":\"asking\",\"per\":\"application\",\"scope\":\"\",\"resource\":\"tokens\",\"used\":18,"
						+ "\"limit\":18,\"period_end\":");

		answer(1, question, Map.of("approved", true, "tokens", 20));

		awaitStatus(runId, RunStatus.COMPLETED);
		assertThat(AskedModel.requests()).isEqualTo(2);
		BudgetUsage usage = usage(0, "asking", "");
		assertThat(usage.raised(BudgetResource.TOKENS)).isEqualByComparingTo("20");
		assertThat(usage.used(BudgetResource.TOKENS)).isEqualByComparingTo("36");
		assertThat(asking(0, "asked").run("call").isPaused()).isFalse();
		assertThat(asking(0, "asked").run("call").isPaused()).isTrue();
	}

	@Test
	void budgetThatWasRaisedMeanwhileIsNotRaisedAgain() {
		asking(0, "asked").run("call call");
		String first = lastRun().runId();
		asking(0, "asked").run("call");
		String second = lastRun().runId();
		List<Question> questions = nodes.get(0)
			.bean(WorkflowRuns.class)
			.ofEverybody()
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
		assertThat(questions).hasSize(2);

		Question ofFirst = questions.stream().filter((one) -> one.runId().equals(first)).findFirst().orElseThrow();
		answer(0, ofFirst, new BudgetRaise(true, 100L, null, null));
		awaitStatus(first, RunStatus.COMPLETED);
		Question ofSecond = questions.stream().filter((one) -> one.runId().equals(second)).findFirst().orElseThrow();
		answer(1, ofSecond, BudgetRaise.asMuchAgain());
		awaitStatus(second, RunStatus.COMPLETED);

		assertThat(usage(0, "asking", "").raised(BudgetResource.TOKENS)).isEqualByComparingTo("100");
	}

	@Test
	void budgetThatIsNotRaisedEndsTheRun() {
		asking(0, "asked").run("call call");
		String runId = lastRun().runId();
		assertThat(run(runId).status()).isEqualTo(RunStatus.PAUSED);

		answer(0, onlyQuestion(), BudgetRaise.refused());

		awaitStatus(runId, RunStatus.ERROR);
		assertThat(run(runId).reason()).isEqualTo("budget_exceeded");
		assertThat(run(runId).error()).contains("it was not raised");
	}

	@Test
	void whereARunCannotWaitItIsRefused() {
		asking(0, "asked").run("call");

		assertThatExceptionOfType(BudgetExceededException.class).isThrownBy(() -> asking(0, "asked").run("step"))
			.withMessageContaining("nobody can be asked");
		assertThat(lastRun().reason()).isEqualTo("budget_exceeded");
	}

	@Test
	void branchesAskEachAndTheRunGoesOnWithAnswers() {
		asking(0, "asked").run("call together");
		String runId = lastRun().runId();
		List<Question> questions = nodes.get(0)
			.bean(WorkflowRuns.class)
			.ofEverybody()
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
		assertThat(questions).hasSize(2);

		answer(0, questions.get(0), BudgetRaise.asMuchAgain());
		await().until(() -> AskedModel.requests() == 2 && run(runId).status() == RunStatus.PAUSED);
		answer(1, questions.get(1), BudgetRaise.asMuchAgain());

		awaitStatus(runId, RunStatus.COMPLETED);
		assertThat(usage(0, "asking", "").raised(BudgetResource.TOKENS)).isEqualByComparingTo("36");
	}

	private static void answer(int node, Question question, Object answer) {
		nodes.get(node).bean(WorkflowRuns.class).ofEverybody().answer(question.runId(), question.question(), answer);
	}

	private static Question onlyQuestion() {
		List<Question> open = nodes.get(0)
			.bean(WorkflowRuns.class)
			.ofEverybody()
			.questions(new QuestionFilter(QuestionStatus.OPEN, null, null), null, 10);
		assertThat(open).hasSize(1);
		return open.get(0);
	}

	private static void awaitStatus(String runId, RunStatus status) {
		await().untilAsserted(() -> assertThat(run(runId).status()).isEqualTo(status));
	}

	private RunResponse ofAnn(java.util.function.Supplier<RunResponse> call) {
		return WorkflowScope.ofUser("ann").call(call::get);
	}

	private static BudgetUsage usage(int node, String budget, String scope) {
		return nodes.get(node).bean(Budgets.class).usage(budget, scope).orElseThrow();
	}

	private static StoredRun lastRun() {
		return run(nodes.get(0)
			.bean(WorkflowSessionRepository.class)
			.listRuns(RunQuery.all(), RunPage.first(1))
			.get(0)
			.runId());
	}

	private static StoredRun run(String runId) {
		return nodes.get(0).bean(WorkflowSessionRepository.class).findRun(runId).orElseThrow();
	}

}
