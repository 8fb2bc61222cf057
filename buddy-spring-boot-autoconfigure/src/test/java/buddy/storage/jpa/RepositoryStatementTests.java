package buddy.storage.jpa;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionQuery;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What each verb of the repository costs: its statements, counted, and the connection
 * that is held after it, which is none.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class RepositoryStatementTests {

	private static final String SELECT_SESSION = "select buddy_workflow_session";

	private static final String INSERT_SESSION = "insert buddy_workflow_session";

	private static final String UPDATE_SESSION = "update buddy_workflow_session";

	private static final String INSERT_RUN = "insert buddy_workflow_run";

	private static final String UPDATE_RUN = "update buddy_workflow_run";

	private static final String FUSED_INSERT = "with … insert buddy_workflow_run";

	private static final String FUSED_UPDATE = "with … update both";

	private final TestDatabase database;

	private final boolean fused;

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	RepositoryStatementTests(TestDatabase database) {
		this.database = database;
		this.fused = database == TestDatabase.POSTGRESQL;
		this.storage = JpaStorage.on(database, true);
		this.repository = this.storage.repository();
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
		forgetStatements();
	}

	@AfterEach
	void noConnectionIsInUse() {
		this.storage.awaitNoConnectionInUse();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void runInANewSession() {
		OpenedSession opened = this.repository.begin(run("r1", null));
		expectStatements(this.fused ? FUSED_INSERT : SELECT_SESSION, INSERT_SESSION, INSERT_RUN);
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run("r1", null), "{\"secret\":1}"));
		expectStatements(end());
	}

	@Test
	void runInASessionThatExists() {
		seed(0);

		OpenedSession opened = this.repository.begin(run("r1", null));
		expectStatements(begin());
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run("r1", null), "{\"secret\":1}"));
		expectStatements(end());
	}

	@Test
	void runInASessionWithTenThousandEarlierRuns() {
		seed(10_000);

		OpenedSession opened = this.repository.begin(run("r1", null));
		expectStatements(begin());

		this.repository.end(end(opened, run("r1", null), "{\"secret\":1}"));
		expectStatements(end());
	}

	@Test
	void takingANobodysSessionOverCostsOneUpdate() {
		seed(0);

		this.repository.begin(run("r1", "alice"));

		expectStatements(this.fused ? FUSED_INSERT : SELECT_SESSION, UPDATE_SESSION, INSERT_RUN);
	}

	@Test
	void unchangedStateIsNotBound() {
		seed(0);
		this.repository.begin(run("r0", null));
		this.repository.end(end(new OpenedSession(session(), true), run("r0", null), "{\"secret\":1}"));
		OpenedSession opened = this.repository.begin(run("r1", null));
		forgetStatements();

		this.repository.end(end(opened, run("r1", null), null));

		List<Statement> statements = this.storage.application().statements();
		assertThat(statements).extracting(RepositoryStatementTests::summary).containsExactly(end());
		assertThat(statements).flatExtracting(Statement::values)
			.allSatisfy((value) -> assertThat(String.valueOf(value)).doesNotContain("secret"));
		assertThat(statements.get(0).sql()).doesNotContain("session_state", "version");
	}

	@Test
	void missedVersionCostsOneSelect() {
		seed(0);
		OpenedSession opened = this.repository.begin(run("r1", null));
		this.repository.begin(run("r2", null));
		this.repository.end(end(opened, run("r2", null), "{\"theirs\":1}"));
		forgetStatements();

		this.repository.end(end(opened, run("r1", null), "{\"mine\":1}"));
		expectStatements(this.fused ? FUSED_UPDATE : UPDATE_SESSION, "select buddy_workflow_run");

		this.repository.find("s1");
		expectStatements(SELECT_SESSION);
	}

	@ParameterizedTest
	@CsvSource({ "REJECT, 0", "REJECT, 10000", "WAIT, 0", "WAIT, 10000" })
	void runThatHoldsItsSessionCostsOneStatementMore(SessionConcurrency exclusive, int earlier) {
		seed(earlier);
		NewRun run = run("r1", null).with(exclusive, null);

		OpenedSession opened = this.repository.begin(run);
		expectStatements(SELECT_SESSION, UPDATE_SESSION, INSERT_RUN);
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run, "{\"a\":1}"));
		expectStatements(UPDATE_SESSION, UPDATE_RUN);
	}

	@Test
	void runThatHoldsANewSessionCostsNoStatementMore() {
		this.repository.begin(run("r1", null).with(SessionConcurrency.REJECT, null));

		expectStatements(SELECT_SESSION, INSERT_SESSION, INSERT_RUN);
	}

	@Test
	void runThatIsRefusedCostsOneSelect() {
		this.repository.begin(run("r1", null).with(SessionConcurrency.REJECT, null));
		forgetStatements();

		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.repository.begin(run("r2", null).with(SessionConcurrency.REJECT, null)));

		expectStatements(SELECT_SESSION);
	}

	@Test
	void runThatWaitsCostsOneSelectForEachTimeItAsks() {
		NewRun first = run("r1", null).with(SessionConcurrency.WAIT, null);
		NewRun second = run("r2", null).with(SessionConcurrency.WAIT, null);
		OpenedSession opened = this.repository.begin(first);
		forgetStatements();

		this.repository.begin(second);
		expectStatements(SELECT_SESSION, INSERT_RUN);
		this.repository.enter(second);
		expectStatements(SELECT_SESSION);
		assertNoConnectionIsHeld();
		this.repository.end(end(opened, first, null));
		expectStatements(UPDATE_SESSION, UPDATE_RUN);
		this.repository.enter(second);
		expectStatements(SELECT_SESSION, UPDATE_SESSION, UPDATE_RUN, SELECT_SESSION);
	}

	@Test
	void mergedEndCostsOneSelectMore() {
		seed(0);
		OpenedSession opened = this.repository.begin(run("r1", null));
		forgetStatements();

		this.repository.endMerged(end(opened, run("r1", null), null),
				(session) -> new RunEnd.StateChange("{\"a\":1}", session.version()));

		expectStatements(SELECT_SESSION, UPDATE_SESSION, UPDATE_RUN);
	}

	@Test
	void heartbeatOfANodeIsOneStatement() {
		RunOwners owners = this.storage.application().bean(RunOwners.class);
		owners.seen("n1", 60_000);
		forgetStatements();

		owners.seen("n1", 60_000);

		if (this.database == TestDatabase.POSTGRESQL || this.database == TestDatabase.MARIADB) {
			expectStatements(); // it is on a connection of its own
		}
		else {
			assertThat(this.storage.application().statements()).singleElement()
				.satisfies((renew) -> assertThat(renew.sql()).startsWith("update buddy_node"));
		}
	}

	@Test
	void runThatIsStoredAtItsEnd() {
		NewRun run = TestRun.of("r1").unrecorded().newRun();
		OpenedSession opened = this.repository.begin(run);
		expectStatements(SELECT_SESSION);
		assertNoConnectionIsHeld();

		this.repository.end(end(opened, run, "{\"a\":1}"));
		expectStatements(UPDATE_SESSION, SELECT_SESSION, INSERT_SESSION, INSERT_RUN);

		NewRun next = TestRun.of("r2").unrecorded().newRun();
		OpenedSession again = this.repository.begin(next);
		expectStatements(SELECT_SESSION);
		this.repository.end(end(again, next, "{\"a\":2}"));
		expectStatements(this.fused ? new String[] { FUSED_INSERT } : new String[] { UPDATE_SESSION, INSERT_RUN });
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

		this.repository.runs("s1", new RunPage(10, new RunPage.Cursor(Instant.ofEpochMilli(1500), "x")));

		expectStatements("select buddy_workflow_run");
	}

	private void seed(int runs) {
		StoredSession session = new StoredSession("s1", "w1", null, null, null, null, "{}", null, null, 1000, 1000, 0);
		this.repository.create(session,
				IntStream.range(0, runs)
					.mapToObj((i) -> TestRun.of("seed" + i)
						.at(1000 + i)
						.stored(RunStatus.COMPLETED)
						.response("{}")
						.endedAt(1001L + i)
						.build())
					.toList());
		forgetStatements();
	}

	private StoredSession session() {
		return this.repository.find("s1").orElseThrow();
	}

	private void assertNoConnectionIsHeld() {
		this.storage.awaitNoConnectionInUse();
	}

	private static NewRun run(String runId, String userId) {
		return TestRun.of(runId).user(userId).at(5000).newRun();
	}

	private static RunEnd end(OpenedSession opened, NewRun run, String state) {
		RunEnd.StateChange change = (state != null) ? new RunEnd.StateChange(state, opened.session().version()) : null;
		return new RunEnd(run, opened.recorded(), RunStatus.COMPLETED, "{}", null, 6000, change);
	}

	private String[] begin() {
		return this.fused ? new String[] { FUSED_INSERT } : new String[] { SELECT_SESSION, INSERT_RUN };
	}

	private String[] end() {
		return this.fused ? new String[] { FUSED_UPDATE } : new String[] { UPDATE_SESSION, UPDATE_RUN };
	}

	private void forgetStatements() {
		this.storage.application().statements();
	}

	/** Expects statements since the last call. */
	private void expectStatements(String... summaries) {
		assertThat(this.storage.application().statements()).extracting(RepositoryStatementTests::summary)
			.containsExactly(summaries);
	}

	/** The verb and the table. */
	private static String summary(Statement statement) {
		if (statement.sql().startsWith("with")) {
			return statement.sql().contains("insert") ? FUSED_INSERT : FUSED_UPDATE;
		}
		// a select may ask other tables first, in its columns
		String first = statement.sql().startsWith("select") ? "^.*" : "^.*?";
		String table = statement.sql().replaceFirst(first + "(buddy_workflow_(session|run)).*$", "$1");
		return statement.sql().split(" ")[0] + " " + table;
	}

}
