package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.agent.Agent;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.test.ScriptedAgents;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Exactly the statements that a run costs, on every database.
 */
class RunStatementTests {

	private static final String SELECT_SESSION = "select buddy_workflow_session";

	private static final String INSERT_SESSION = "insert buddy_workflow_session";

	private static final String UPDATE_SESSION = "update buddy_workflow_session";

	private static final String INSERT_RUN = "insert buddy_workflow_run";

	private static final String UPDATE_RUN = "update buddy_workflow_run";

	private static final String FUSED_BEGIN = "with … insert buddy_workflow_run";

	private static final String FUSED_END = "with … update both";

	private static final Map<TestDatabase, TestApplication> applications = new EnumMap<>(TestDatabase.class);

	private final String session = "s-" + UUID.randomUUID();

	@AfterAll
	static void stop() {
		applications.values().forEach(TestApplication::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void firstRunOfASessionCostsOneInsertMore(TestDatabase database) {
		List<String> first = kinds(statementsOf(database, () -> tally(database).run(this.session, true)));
		assertThat(first).isEqualTo(isFused(database) ? List.of(FUSED_BEGIN, INSERT_SESSION, INSERT_RUN, FUSED_END)
				: List.of(SELECT_SESSION, INSERT_SESSION, INSERT_RUN, UPDATE_SESSION, UPDATE_RUN));
	}

	@ParameterizedTest
	@EnumSource
	void runThatChangesTheStateCostsTwoStatementsOnPostgreSqlAndFourElsewhere(TestDatabase database) {
		tally(database).run(this.session, true);
		List<Statement> statements = statementsOf(database, () -> tally(database).run(this.session, true));
		assertThat(kinds(statements)).isEqualTo(runInASessionThatExists(database));
		assertThat(statements).anySatisfy((end) -> assertThat(end.sql()).contains("session_state =", "version = "));
	}

	@ParameterizedTest
	@EnumSource
	void unchangedStateIsNeitherBoundNorVersioned(TestDatabase database) {
		String text = "x".repeat(100_000);
		WorkflowScope.session(this.session)
			.sessionState(Map.of("text", text))
			.call(() -> tally(database).run(null, true));
		long version = stored(database).version();
		List<Statement> statements = statementsOf(database, () -> tally(database).run(this.session, false));
		assertThat(kinds(statements)).isEqualTo(runInASessionThatExists(database));
		assertThat(statements).noneSatisfy(
				(statement) -> assertThat(statement.sql()).containsAnyOf("session_state =", "version = version"));
		assertThat(statements).flatExtracting(Statement::values)
			.noneSatisfy((value) -> assertThat(String.valueOf(value)).contains(text));
		assertThat(stored(database).version()).isEqualTo(version);
	}

	@ParameterizedTest
	@EnumSource
	void earlierRunsCostNothing(TestDatabase database) {
		List<StoredRun> runs = IntStream.range(0, 10_000)
			.mapToObj((i) -> TestRun.of(UUID.randomUUID().toString())
				.session(this.session)
				.workflow("tally")
				.at(i)
				.stored(RunStatus.COMPLETED)
				.response("{}")
				.endedAt((long) i)
				.build())
			.toList();
		application(database).bean(WorkflowSessionRepository.class)
			.create(new StoredSession(this.session, "tally", null, null, null, null, null, null, null, 1, 1, 0), runs);
		tally(database).run(this.session, true);
		List<Statement> many = statementsOf(database, () -> tally(database).run(this.session, true));
		String other = "o-" + UUID.randomUUID();
		tally(database).run(other, true);
		List<Statement> few = statementsOf(database, () -> tally(database).run(other, true));
		assertThat(many).extracting(Statement::sql).isEqualTo(few.stream().map(Statement::sql).toList());
		assertThat(kinds(many)).isEqualTo(runInASessionThatExists(database));
	}

	@ParameterizedTest
	@EnumSource
	void takingOverASessionOfNobodyCostsOneStatementMore(TestDatabase database) {
		tally(database).run(this.session, false);
		List<Statement> statements = statementsOf(database,
				() -> WorkflowScope.session(this.session).user("alice").call(() -> tally(database).run(null, false)));
		assertThat(statements).hasSize(isFused(database) ? 4 : 5)
			.element(1)
			.satisfies(
					(takeOver) -> assertThat(takeOver.sql()).startsWith("update buddy_workflow_session set user_id"));
	}

	@ParameterizedTest
	@EnumSource
	void failedRunCostsAsMuchAndWritesNoState(TestDatabase database) {
		tally(database).run(this.session, true);
		List<Statement> statements = statementsOf(database,
				() -> assertThatIllegalStateException().isThrownBy(() -> tally(database).run(this.session, null)));
		assertThat(kinds(statements)).isEqualTo(runInASessionThatExists(database));
		assertThat(statements).noneSatisfy((statement) -> assertThat(statement.sql()).contains("session_state ="));
	}

	@ParameterizedTest
	@EnumSource
	void noConnectionIsHeldInsideOfRun(TestDatabase database) {
		tally(database).run(this.session, true);
		assertThat(tally(database).ranWithoutConnection()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void noConnectionIsHeldInsideOfRunWithOpenEntityManagerInView(TestDatabase database) {
		EntityManagerFactory factory = application(database).bean(EntityManagerFactory.class);
		try (EntityManager requests = factory.createEntityManager()) {
			TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(requests));
			tally(database).run(this.session, true);
			tally(database).run(this.session, true);
			assertThat(tally(database).ranWithoutConnection()).isTrue();
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
		}
	}

	@ParameterizedTest
	@EnumSource
	void callOfAnAgentWithoutToolsCostsOneStatementMore(TestDatabase database) {
		AskingWorkflow asking = application(database).bean(AskingWorkflow.class);
		asking.run(this.session, "first");
		List<String> kinds = new ArrayList<>(kinds(statementsOf(database, () -> asking.run(this.session, "second"))));
		// the events of the call are stored in batches, in their own time
		kinds.removeIf("insert buddy_workflow_run_event"::equals);
		List<String> expected = new ArrayList<>(runInASessionThatExists(database));
		expected.add(isFused(database) ? 1 : 2, "insert buddy_workflow_run_step");
		assertThat(kinds).isEqualTo(expected);
	}

	private static boolean isFused(TestDatabase database) {
		return database == TestDatabase.POSTGRESQL;
	}

	private static List<String> runInASessionThatExists(TestDatabase database) {
		return isFused(database) ? List.of(FUSED_BEGIN, FUSED_END)
				: List.of(SELECT_SESSION, INSERT_RUN, UPDATE_SESSION, UPDATE_RUN);
	}

	/** The verb and the table. */
	private static List<String> kinds(List<Statement> statements) {
		return statements.stream()
			.map((statement) -> !statement.sql().startsWith("with")
					? statement.sql().replaceFirst("^(\\w+) .*?(buddy_\\w+).*$", "$1 $2")
					: statement.sql().contains("insert into") ? FUSED_BEGIN : FUSED_END)
			.toList();
	}

	private List<Statement> statementsOf(TestDatabase database, Runnable run) {
		application(database).statements();
		run.run();
		return application(database).statements();
	}

	private StoredSession stored(TestDatabase database) {
		return application(database).bean(WorkflowSessionRepository.class).find(this.session).orElseThrow();
	}

	private static TallyWorkflow tally(TestDatabase database) {
		return application(database).bean(TallyWorkflow.class);
	}

	private static synchronized TestApplication application(TestDatabase database) {
		return applications.computeIfAbsent(database, RunStatementTests::start);
	}

	/**
	 * What a process sends beside its runs, it sends before the first and then no more.
	 */
	private static TestApplication start(TestDatabase database) {
		String[] properties = Stream
			.concat(Arrays.stream(database.create()), Stream.of("buddy.node.heartbeat-interval=1h",
					"buddy.node.lease=3h", "buddy.runs.cancel-poll-interval=1h"))
			.toArray(String[]::new);
		TestApplication application = TestApplication.start(properties, Workflows.class);
		application.bean(TallyWorkflow.class).run("before", true);
		return application;
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		TallyWorkflow tallyWorkflow(javax.sql.DataSource dataSource) throws java.sql.SQLException {
			return new TallyWorkflow(dataSource.unwrap(HikariDataSource.class));
		}

		@Bean
		AskingWorkflow askingWorkflow() {
			return new AskingWorkflow();
		}

	}

	static class AskingWorkflow extends Workflow {

		private final Agent agent;

		AskingWorkflow() {
			ScriptedAgents agents = new ScriptedAgents();
			agents.anyAgent().alwaysRepliesWith((question) -> "to " + question);
			this.agent = agents.agents().named("a").build();
		}

		RunResponse run(@SessionId String session, String question) {
			return this.agent.run(question);
		}

	}

	static class TallyWorkflow extends Workflow {

		private final HikariDataSource pool;

		private boolean ranWithoutConnection;

		TallyWorkflow(HikariDataSource pool) {
			this.pool = pool;
		}

		boolean ranWithoutConnection() {
			return this.ranWithoutConnection;
		}

		RunResponse run(@SessionId String session, Boolean change) {
			// the application's own background work borrows one for a moment
			Awaitility.await().until(() -> this.pool.getHikariPoolMXBean().getActiveConnections() == 0);
			this.ranWithoutConnection = true;
			if (change == null) {
				sessionState().put("lost", true);
				throw new IllegalStateException("as asked");
			}
			if (change) {
				sessionState().increment("count", 1);
			}
			return RunResponse.of(sessionState().get("count"));
		}

	}

}
