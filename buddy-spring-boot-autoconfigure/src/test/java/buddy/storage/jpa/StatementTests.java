package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManager;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.proxy.ParameterSetOperation;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.run.RunStatus;
import buddy.session.NewRun;
import buddy.session.OpenedSession;
import buddy.session.RunEnd;
import buddy.session.RunPage;
import buddy.session.SessionQuery;
import buddy.session.StoredRun;
import buddy.session.StoredSession;
import buddy.session.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a run costs: its statements, counted, and the connection it holds between them,
 * which is none.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class StatementTests {

	private static final String SELECT_SESSION = "select buddy_workflow_session";

	private static final String INSERT_SESSION = "insert buddy_workflow_session";

	private static final String UPDATE_SESSION = "update buddy_workflow_session";

	private static final String INSERT_RUN = "insert buddy_workflow_run";

	private static final String UPDATE_RUN = "update buddy_workflow_run";

	private final HikariDataSource pool;

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	private final Statements statements = new Statements();

	StatementTests(TestDatabase database) {
		this.pool = database.open();
		this.storage = JpaStorage.open(ProxyDataSourceBuilder.create(this.pool).listener(this.statements).build(),
				database);
		this.repository = this.storage.repository();
		this.statements.executed.clear();
	}

	@AfterEach
	void close() {
		assertNoConnectionIsHeld();
		this.storage.close();
		this.pool.close();
	}

	@Test
	void runInANewSession() {
		OpenedSession opened = this.repository.begin(run("r1", null));
		this.statements.expect(SELECT_SESSION, INSERT_SESSION, INSERT_RUN);
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run("r1", null), "{\"secret\":1}"));
		this.statements.expect(UPDATE_SESSION, UPDATE_RUN);
	}

	@Test
	void runInASessionThatExists() {
		seed(0);

		OpenedSession opened = this.repository.begin(run("r1", null));
		this.statements.expect(SELECT_SESSION, INSERT_RUN);
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run("r1", null), "{\"secret\":1}"));
		this.statements.expect(UPDATE_SESSION, UPDATE_RUN);
	}

	@Test
	void runInASessionWithAThousandEarlierRuns() {
		seed(1000);

		OpenedSession opened = this.repository.begin(run("r1", null));
		this.statements.expect(SELECT_SESSION, INSERT_RUN);

		this.repository.end(end(opened, run("r1", null), "{\"secret\":1}"));
		this.statements.expect(UPDATE_SESSION, UPDATE_RUN);
	}

	@Test
	void takingANobodysSessionOverCostsOneUpdate() {
		seed(0);

		this.repository.begin(run("r1", "alice"));

		this.statements.expect(SELECT_SESSION, UPDATE_SESSION, INSERT_RUN);
	}

	@Test
	void unchangedStateIsNotBound() {
		seed(0);
		this.repository.begin(run("r0", null));
		this.repository.end(end(new OpenedSession(session(), true), run("r0", null), "{\"secret\":1}"));
		OpenedSession opened = this.repository.begin(run("r1", null));
		this.statements.executed.clear();

		this.repository.end(end(opened, run("r1", null), null));

		assertThat(this.statements.executed).extracting(Statement::parameters)
			.allSatisfy((parameters) -> assertThat(parameters.toString()).doesNotContain("secret"));
		assertThat(this.statements.executed.get(0).sql()).doesNotContain("session_state").doesNotContain("version");
		this.statements.expect(UPDATE_SESSION, UPDATE_RUN);
	}

	@Test
	void missedVersionCostsOneSelect() {
		seed(0);
		OpenedSession opened = this.repository.begin(run("r1", null));
		this.repository.begin(run("r2", null));
		this.repository.end(end(opened, run("r2", null), "{\"theirs\":1}"));
		this.statements.executed.clear();

		this.repository.end(end(opened, run("r1", null), "{\"mine\":1}"));
		this.statements.expect(UPDATE_SESSION, "select buddy_workflow_run");

		this.repository.find("s1");
		this.statements.expect(SELECT_SESSION);
	}

	@Test
	void runThatIsStoredAtItsEnd() {
		NewRun run = new NewRun("r1", "s1", "w1", null, null, "{}", null, "{}", null, 1000, false);
		OpenedSession opened = this.repository.begin(run);
		this.statements.expect(SELECT_SESSION);
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run, "{\"a\":1}"));
		this.statements.expect(UPDATE_SESSION, SELECT_SESSION, INSERT_SESSION, INSERT_RUN);

		NewRun next = new NewRun("r2", "s1", "w1", null, null, "{}", null, "{}", null, 1000, false);
		OpenedSession again = this.repository.begin(next);
		this.statements.expect(SELECT_SESSION);
		this.repository.end(end(again, next, "{\"a\":2}"));
		this.statements.expect(UPDATE_SESSION, INSERT_RUN);
	}

	@Test
	void nothingIsHeldWhereTheEntityManagerIsBoundToTheRequest() {
		seed(3);
		try (EntityManager requests = this.storage.entityManagerFactory().createEntityManager()) {
			TransactionSynchronizationManager.bindResource(this.storage.entityManagerFactory(),
					new EntityManagerHolder(requests));
			OpenedSession opened = this.repository.begin(run("r1", null));
			assertNoConnectionIsHeld();
			assertThat(this.repository.findRun("r1")).map(StoredRun::status).contains(RunStatus.RUNNING);
			assertThat(this.repository.runs("s1", RunPage.first(2))).hasSize(2);
			assertThat(this.repository.list(SessionQuery.all(), RunPage.first(2))).hasSize(1);
			assertNoConnectionIsHeld();
			this.repository.end(end(opened, run("r1", null), "{\"a\":1}"));
			assertThat(this.repository.findRun("r1")).map(StoredRun::status).contains(RunStatus.COMPLETED);
			assertNoConnectionIsHeld();
			assertThat(TransactionSynchronizationManager.unbindResource(this.storage.entityManagerFactory()))
				.extracting("entityManager")
				.isSameAs(requests);
		}
	}

	@Test
	void pageOfRunsIsOneStatementThatReadsNoMore() {
		seed(1000);

		this.repository.runs("s1", new RunPage(10, new RunPage.Cursor(1500, "x")));

		this.statements.expect("select buddy_workflow_run");
	}

	private void seed(int runs) {
		StoredSession session = new StoredSession("s1", "w1", null, null, null, null, "{}", null, null, 1000, 1000, 0);
		this.repository.create(session,
				IntStream.range(0, runs)
					.mapToObj((i) -> new StoredRun("seed" + i, "s1", "w1", null, null, RunStatus.COMPLETED, "{}", "{}",
							null, 1000 + i, 1001L + i))
					.toList());
		this.statements.executed.clear();
	}

	private StoredSession session() {
		return this.repository.find("s1").orElseThrow();
	}

	private void assertNoConnectionIsHeld() {
		assertThat(this.pool.getHikariPoolMXBean().getActiveConnections()).isZero();
	}

	private static NewRun run(String runId, String userId) {
		return new NewRun(runId, "s1", "w1", userId, null, "{}", null, "{}", null, 5000, true);
	}

	private static RunEnd end(OpenedSession opened, NewRun run, String state) {
		RunEnd.StateChange change = (state != null) ? new RunEnd.StateChange(state, opened.session().version()) : null;
		return new RunEnd(run, opened.recorded(), RunStatus.COMPLETED, "{}", null, 6000, change);
	}

	/** One statement as it was executed. */
	private record Statement(String sql, List<Object> parameters, String connection, Thread thread) {

		/** The verb and the table. */
		String summary() {
			String table = this.sql.replaceFirst("(?s)^.*?(buddy_workflow_(session|run)).*$", "$1");
			return this.sql.strip().split("\\s")[0] + " " + table;
		}

	}

	/** The statements, in the order of their execution. */
	private static final class Statements implements QueryExecutionListener {

		private final List<Statement> executed = new ArrayList<>();

		@Override
		public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
		}

		@Override
		public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
			queries.forEach((query) -> this.executed.add(new Statement(query.getQuery(),
					query.getParametersList()
						.stream()
						.flatMap(List::stream)
						.map(ParameterSetOperation::getArgs)
						.map((arguments) -> arguments[1])
						.toList(),
					execution.getConnectionId(), Thread.currentThread())));
		}

		/** Expects statements by one verb of the repository, then forgets them. */
		void expect(String... summaries) {
			assertThat(this.executed).extracting(Statement::summary).containsExactly(summaries);
			assertThat(this.executed).extracting(Statement::thread).containsOnly(Thread.currentThread());
			assertThat(this.executed.stream().map(Statement::connection).distinct()).hasSize(1);
			this.executed.clear();
		}

	}

}
