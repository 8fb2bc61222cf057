package buddy.storage.jpa;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.session.StoredRun;
import buddy.session.StoredSession;
import buddy.session.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Exactly the statements that a run costs, on every database.
 */
class RunStatementTests {

	private static final Map<TestDatabase, TestApplication> applications = new EnumMap<>(TestDatabase.class);

	private final String session = "s-" + UUID.randomUUID();

	@AfterAll
	static void stop() {
		applications.values().forEach(TestApplication::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void firstRunOfASessionCostsFiveStatements(TestDatabase database) {
		assertThat(statementsOf(database, () -> tally(database).run(this.session, true))).satisfiesExactly(
				(begin) -> assertThat(begin.sql()).startsWith("select").contains("buddy_workflow_session"),
				(create) -> assertThat(create.sql()).startsWith("insert into buddy_workflow_session"),
				(insert) -> assertThat(insert.sql()).startsWith("insert into buddy_workflow_run"),
				(state) -> assertThat(state.sql()).startsWith("update buddy_workflow_session set session_state"),
				(end) -> assertThat(end.sql()).startsWith("update buddy_workflow_run"));
	}

	@ParameterizedTest
	@EnumSource
	void runThatChangesTheStateCostsOneSelectOneInsertAndTwoUpdates(TestDatabase database) {
		tally(database).run(this.session, true);
		assertThat(
				statementsOf(database, () -> tally(database).run(this.session, true)))
			.satisfiesExactly(
					(begin) -> assertThat(begin.sql()).startsWith("select").contains("buddy_workflow_session"),
					(insert) -> assertThat(insert.sql()).startsWith("insert into buddy_workflow_run"),
					(state) -> assertThat(state.sql()).startsWith("update buddy_workflow_session set session_state")
						.contains("version"),
					(end) -> assertThat(end.sql()).startsWith("update buddy_workflow_run"));
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
		assertThat(statements).satisfiesExactly(
				(begin) -> assertThat(begin.sql()).startsWith("select").contains("buddy_workflow_session"),
				(insert) -> assertThat(insert.sql()).startsWith("insert into buddy_workflow_run"),
				(touch) -> assertThat(touch.sql()).startsWith("update buddy_workflow_session set updated_at")
					.doesNotContain("version", "session_state"),
				(end) -> assertThat(end.sql()).startsWith("update buddy_workflow_run"));
		assertThat(statements).flatExtracting(Statement::values)
			.noneSatisfy((value) -> assertThat(String.valueOf(value)).contains(text));
		assertThat(stored(database).version()).isEqualTo(version);
	}

	@ParameterizedTest
	@EnumSource
	void earlierRunsCostNothing(TestDatabase database) {
		List<StoredRun> runs = IntStream.range(0, 1000)
			.mapToObj((i) -> new StoredRun(UUID.randomUUID().toString(), this.session, "tally", null, null,
					RunStatus.COMPLETED, "{}", "{}", null, i, (long) i))
			.toList();
		application(database).bean(WorkflowSessionRepository.class)
			.create(new StoredSession(this.session, "tally", null, null, null, null, null, null, null, 1, 1, 0), runs);
		tally(database).run(this.session, true);
		List<Statement> many = statementsOf(database, () -> tally(database).run(this.session, true));
		String other = "o-" + UUID.randomUUID();
		tally(database).run(other, true);
		List<Statement> few = statementsOf(database, () -> tally(database).run(other, true));
		assertThat(many).extracting(Statement::sql).isEqualTo(few.stream().map(Statement::sql).toList()).hasSize(4);
	}

	@ParameterizedTest
	@EnumSource
	void takingOverASessionOfNobodyCostsOneStatementMore(TestDatabase database) {
		tally(database).run(this.session, false);
		List<Statement> statements = statementsOf(database,
				() -> WorkflowScope.session(this.session).user("alice").call(() -> tally(database).run(null, false)));
		assertThat(statements).hasSize(5)
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
		assertThat(statements).hasSize(4)
			.noneSatisfy((statement) -> assertThat(statement.sql()).contains("set session_state"));
	}

	@ParameterizedTest
	@EnumSource
	void noConnectionIsHeldInsideOfRun(TestDatabase database) {
		tally(database).run(this.session, true);
		assertThat(tally(database).connectionsInside()).isZero();
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
		return applications.computeIfAbsent(database,
				(missing) -> TestApplication.start(missing.create(), Workflows.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		TallyWorkflow tallyWorkflow(javax.sql.DataSource dataSource) throws java.sql.SQLException {
			return new TallyWorkflow(dataSource.unwrap(HikariDataSource.class));
		}

	}

	static class TallyWorkflow extends Workflow {

		private final HikariDataSource pool;

		private int connectionsInside = -1;

		TallyWorkflow(HikariDataSource pool) {
			this.pool = pool;
		}

		int connectionsInside() {
			return this.connectionsInside;
		}

		RunResponse run(@SessionId String session, Boolean change) {
			this.connectionsInside = this.pool.getHikariPoolMXBean().getActiveConnections();
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
