package buddy.storage.jpa;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.RunJournal;
import buddy.durable.StepBody;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.workflow.DurableOptions;
import buddy.workflow.DurableOptions.InTransaction;
import buddy.workflow.RunStep;
import buddy.workflow.StartedRun;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Runs with steps on each database, from their beginning over failures to their end.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@ExtendWith(OutputCaptureExtension.class)
class StoredStepsTests {

	private final TestDatabase database;

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	private final JdbcTemplate jdbc;

	private final WorkflowRunner runner;

	private final RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());

	private final List<String> calls = new ArrayList<>();

	StoredStepsTests(TestDatabase database) {
		this.database = database;
		this.storage = JpaStorage.on(database, true);
		this.repository = this.storage.repository();
		this.jdbc = new JdbcTemplate(this.storage.dataSource());
		this.jdbc.execute("create table if not exists bookings (id varchar(20) primary key)");
		this.runner = runner(true, InTransaction.WARN);
	}

	private WorkflowRunner runner(boolean recordStart, InTransaction inTransaction) {
		return WorkflowRunner.over(() -> this.repository)
			.recordStart(recordStart)
			.durable(this.storage.application().bean(RunJournal.class),
					new DurableOptions(true, 0, Duration.ofSeconds(60), DurableOptions.Recovery.MARK, false, 5,
							DurableOptions.ChangedPrompt.WARN, inTransaction))
			.build();
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
		this.jdbc.update("delete from bookings");
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void failedRunIsRetriedFromItsLastStep() throws Exception {
		boolean[] works = { false };
		Scripted bean = proxy("pay", (workflow) -> {
			long paid = workflow.state().increment("paid", 1);
			String first = workflow.call("a", () -> {
				workflow.state().put("by", Map.of("name", "é\"ü", "rate", 0.5));
				return called("a");
			});
			List<String> branches = workflow.branches("each", List.of("x", "y"),
					(item) -> workflow.call("item", () -> called("item " + item)));
			return first + branches + paid + workflow.call("b", () -> {
				called("b");
				if (!works[0]) {
					throw new IllegalStateException("not yet");
				}
				return "!";
			});
		});
		assertThatThrownBy(() -> WorkflowScope.session("s1").call(bean::run)).hasMessage("not yet");
		StoredRun failed = onlyRun();
		assertThat(runs().steps(failed.runId(), null, 10)).extracting(RunStep::key)
			.containsExactlyInAnyOrder("a", "each[0]/item", "each[1]/item", "b");
		works[0] = true;

		assertThat(ended(runs().retry(failed.runId())).content()).isEqualTo("a[item x, item y]1!");

		assertThat(this.calls).containsExactlyInAnyOrder("a", "item x", "item y", "b", "b");
		StoredRun run = onlyRun();
		assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(run.epoch()).isOne();
		assertThat(run.error()).isNull();
		assertThat(Json.readMap(String.valueOf(this.repository.find("s1").orElseThrow().state())))
			.containsEntry("paid", 1)
			.containsKey("by");
		assertThat(runs().steps(run.runId(), "a", 10)).hasSize(3);
		assertThat(runs().steps(run.runId(), null, 10)).extracting(RunStep::epoch).contains(0, 1);
	}

	@Test
	void runThatIsNotStoredWhenItBeginsIsStoredWithItsFirstStep() {
		Scripted bean = Workflows.proxy(new Scripted("late", (workflow) -> {
			assertThat(all()).isEmpty();
			workflow.state().put("x", 1);
			workflow.call("a", () -> called("a"));
			assertThat(onlyRun().status()).isEqualTo(RunStatus.RUNNING);
			return workflow.call("b", () -> called("b"));
		}), runner(false, InTransaction.WARN));

		assertThat(bean.run()).isEqualTo("b");
		assertThat(onlyRun().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(runs().steps(onlyRun().runId(), null, 10)).hasSize(2);
	}

	@Test
	void transactionalStepIsStoredWithWhatItWrites() {
		Scripted bean = proxy("book", (workflow) -> {
			workflow.call("good", StepOptions.of(StepMode.TRANSACTIONAL), () -> book("good"));
			return workflow.call("bad", StepOptions.of(StepMode.TRANSACTIONAL), () -> {
				book("bad");
				throw new IllegalStateException("no");
			});
		});
		assertThatThrownBy(bean::run).hasMessage("no");

		assertThat(this.jdbc.queryForList("select id from bookings", String.class)).containsExactly("good");
		assertThat(runs().steps(onlyRun().runId(), null, 10)).extracting((step) -> step.key() + " " + step.status())
			.containsExactly("good DONE", "bad FAILED");
	}

	@Test
	void stepsWithinATransactionOfTheCallerAreNotRecordedWhichIsLoggedOnce(CapturedOutput output) {
		String id = "joined-on-" + this.database.name().toLowerCase(Locale.ROOT);
		Scripted bean = proxy(id,
				(workflow) -> workflow.call("a", () -> called("a")) + workflow.call("b", () -> called("b")));
		TransactionTemplate callers = new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()));
		for (int i = 0; i < 2; i++) {
			callers.executeWithoutResult((status) -> assertThat(bean.run()).isEqualTo("ab"));
		}

		assertThat(all()).hasSize(2).allSatisfy((run) -> assertThat(runs().steps(run.runId(), null, 10)).isEmpty());
		assertThat(output).containsOnlyOnce("Steps of workflow '" + id + "' are not recorded");
	}

	@Test
	void stepsWithinATransactionAreRefusedBeforeTheirBodyWhereThatIsWanted() {
		WorkflowRunner strict = runner(true, InTransaction.FAIL);
		TransactionTemplate transaction = new TransactionTemplate(
				new JdbcTransactionManager(this.storage.dataSource()));
		Scripted joined = Workflows.proxy(new Scripted("strict", (workflow) -> workflow.call("a", () -> called("a"))),
				strict);
		transaction.executeWithoutResult((status) -> assertThatThrownBy(joined::run)
			.hasMessageContaining("cannot be recorded within a transaction")
			.hasMessageContaining("buddy.durable.in-transaction=warn"));
		Scripted within = Workflows.proxy(new Scripted("within", (workflow) -> {
			String first = workflow.call("first", () -> called("first"));
			return transaction.execute((status) -> first + workflow.call("a", () -> called("a")));
		}), strict);
		assertThatThrownBy(within::run).hasMessageContaining("Step 'a'");

		assertThat(this.calls).containsExactly("first");
		Scripted outside = Workflows.proxy(new Scripted("outside", (workflow) -> workflow.call("t",
				StepOptions.of(StepMode.TRANSACTIONAL), () -> book("t") + workflow.call("inner", () -> "!"))), strict);
		assertThat(outside.run()).isEqualTo("t!");
		Awaitility.await().until(() -> all().size() == 3);
	}

	@Test
	void failedStepThatRunsAtMostOnceIsCalledAgainIfItHasNotHappened() throws Exception {
		List<StepOutcome> answers = new ArrayList<>(
				List.of(StepOutcome.unknown(), StepOutcome.notHappened(), StepOutcome.happened("found")));
		StepOptions once = StepOptions.of(StepMode.AT_MOST_ONCE).reconcile(() -> answers.remove(0));
		Scripted bean = proxy("once", (workflow) -> workflow.call("pay", once, () -> {
			called("pay");
			throw new IllegalStateException("timed out");
		}));
		assertThatThrownBy(bean::run).hasMessage("timed out");
		String runId = onlyRun().runId();

		assertThatThrownBy(() -> ended(runs().retry(runId)))
			.hasMessageContaining("whether it has happened is not known");
		assertThat(onlyRun().reason()).isEqualTo(RunFailure.STEP_INTERRUPTED);
		assertThatThrownBy(() -> ended(runs().resume(runId))).hasMessageContaining("timed out");
		assertThat(this.calls).containsExactly("pay", "pay");
		assertThat(ended(runs().retry(runId)).content()).isEqualTo("found");

		assertThat(this.calls).hasSize(2);
		assertThat(runs().steps(runId, null, 10)).extracting((step) -> step.key() + " " + step.status())
			.containsExactly("pay DONE");
	}

	@Test
	void stepWithinATransactionOfTheCodeIsRefusedInARunThatIsStored() {
		TransactionTemplate transaction = new TransactionTemplate(
				new JdbcTransactionManager(this.storage.dataSource()));
		Scripted bean = proxy("gap",
				(workflow) -> transaction.execute(
						(status) -> workflow.call("first", StepOptions.of(StepMode.TRANSACTIONAL), () -> book("first"))
								+ workflow.call("b", () -> called("b"))));

		assertThatThrownBy(bean::run).hasMessageContaining("Step 'b'")
			.hasMessageContaining("call the step outside of it, or make the step TRANSACTIONAL");
		assertThat(this.calls).isEmpty();
		assertThat(this.jdbc.queryForList("select id from bookings", String.class)).isEmpty();
	}

	@Test
	void transactionalStepIsRefusedWithinATransactionOfTheCaller() {
		Scripted bean = proxy("joined",
				(workflow) -> workflow.call("a", StepOptions.of(StepMode.TRANSACTIONAL), () -> called("a")));
		new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()))
			.executeWithoutResult((status) -> assertThatThrownBy(bean::run).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("part of a transaction of its caller"));
		assertThat(this.calls).isEmpty();
		// stored once the transaction is over
		Awaitility.await().until(() -> all().size() == 1);
	}

	@Test
	void nestedRunIsFoundByItsCall() throws Exception {
		boolean[] works = { false };
		Scripted child = proxy("child", (workflow) -> workflow.call("pay", () -> called("pay")));
		Scripted parent = proxy("parent", (workflow) -> {
			Object paid = child.run();
			if (!works[0]) {
				throw new IllegalStateException("not yet");
			}
			return paid + workflow.call("close", () -> called("close"));
		});
		assertThatThrownBy(parent::run).hasMessage("not yet");
		String runId = all().stream().filter((run) -> run.parentRunId() == null).findFirst().orElseThrow().runId();
		works[0] = true;

		assertThat(ended(runs().retry(runId)).content()).isEqualTo("payclose");
		assertThat(all()).hasSize(2);
		assertThat(this.calls).containsExactly("pay", "close");
	}

	@Test
	void forkHasTheStepsBeforeItsFirst() throws Exception {
		Scripted bean = proxy("forked", (workflow) -> {
			workflow.state().increment("n", 1);
			return workflow.call("a", () -> called("a")) + workflow.call("b", () -> called("b"));
		});
		WorkflowScope.session("s1").call(bean::run);
		String original = onlyRun().runId();

		assertThat(ended(runs().fork(original, "b")).content()).isEqualTo("ab");

		assertThat(this.calls).containsExactly("a", "b", "b");
		assertThat(all()).hasSize(2).extracting((run) -> run.origin().forkedFrom()).contains(original);
		assertThat(Json.readMap(String.valueOf(this.repository.find("s1").orElseThrow().state()))).containsEntry("n",
				1);
	}

	@Test
	void recordedStepsAreReadInPages() throws Exception {
		boolean[] works = { false };
		Scripted bean = proxy("many", (workflow) -> {
			for (int i = 0; i < 450; i++) {
				workflow.call("s", () -> "x");
			}
			if (!works[0]) {
				throw new IllegalStateException("not yet");
			}
			return workflow.call("last", () -> called("last"));
		});
		assertThatThrownBy(bean::run).hasMessage("not yet");
		works[0] = true;
		this.storage.application().statements();

		ended(runs().retry(onlyRun().runId()));

		assertThat(this.storage.application()
			.statements()
			.stream()
			.map(Object::toString)
			.filter((sql) -> sql.contains("buddy_workflow_run_step")
					&& (sql.contains("step_key in") || sql.contains("step_key = k.wanted"))))
			.hasSize(3);
		assertThat(this.calls).containsExactly("last");
	}

	@Test
	void verifyStoresNothing() {
		Scripted bean = proxy("verified", (workflow) -> {
			workflow.call("a", () -> called("a"));
			throw new IllegalStateException("boom");
		});
		assertThatThrownBy(bean::run).hasMessage("boom");
		StoredRun failed = onlyRun();

		assertThat(runs().verify(failed.runId()).matches()).isTrue();
		assertThat(onlyRun()).isEqualTo(failed);
	}

	private String called(String what) {
		synchronized (this.calls) {
			this.calls.add(what);
		}
		return what;
	}

	private String book(String id) {
		this.jdbc.update("insert into bookings (id) values (?)", id);
		return id;
	}

	private Scripted proxy(String id, Script script) {
		Scripted bean = Workflows.proxy(new Scripted(id, script), this.runner);
		this.workflows.register(id, bean);
		return bean;
	}

	private WorkflowRuns runs() {
		return this.runner.runs(() -> null, this.workflows);
	}

	private List<StoredRun> all() {
		return this.repository.listRuns(RunQuery.all(), RunPage.first(10))
			.stream()
			.map((run) -> this.repository.findRun(run.runId()).orElseThrow())
			.toList();
	}

	private StoredRun onlyRun() {
		assertThat(all()).hasSize(1);
		return all().get(0);
	}

	private static RunResponse ended(StartedRun run) throws Exception {
		return run.response().toCompletableFuture().get(30, TimeUnit.SECONDS);
	}

	interface Script {

		Object run(Scripted workflow);

	}

	static class Scripted extends Workflow {

		private final Script script;

		Scripted(String id, Script script) {
			super(WorkflowSettings.builder().workflowId(id).build());
			this.script = script;
		}

		public Object run() {
			return this.script.run(this);
		}

		<T, E extends Exception> T call(String name, StepBody<T, E> body) throws E {
			return step(name, body);
		}

		<T, E extends Exception> T call(String name, StepOptions options, StepBody<T, E> body) throws E {
			return step(name, options, body);
		}

		<T, R> List<R> branches(String name, List<T> items, java.util.function.Function<T, R> branch) {
			return parallel(name, items, branch);
		}

		buddy.session.SessionState state() {
			return sessionState();
		}

	}

}
