package buddy.storage.jpa;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionQuery;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What the repository does within a transaction of the caller, on each database, by each
 * kind of transaction manager, from pools with and without auto-commit.
 */
@ParameterizedClass(name = "{0}, {1}, auto-commit {2}")
@MethodSource("setups")
@ExtendWith(OutputCaptureExtension.class)
class JoinedTransactionTests {

	private static final String ONE_WRITER = "SQLite: nobody else writes while the caller's transaction is open";

	private final TestDatabase database;

	private final DataSource dataSource;

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	private final TransactionTemplate transaction;

	private final JdbcTemplate jdbc;

	JoinedTransactionTests(TestDatabase database, String kind, boolean autoCommit) {
		this.database = database;
		this.storage = JpaStorage.on(database, autoCommit);
		this.dataSource = this.storage.dataSource();
		this.repository = this.storage.repository();
		PlatformTransactionManager manager = kind.equals("JPA")
				? new JpaTransactionManager(this.storage.entityManagerFactory())
				: new JdbcTransactionManager(this.dataSource);
		this.transaction = new TransactionTemplate(manager);
		this.jdbc = new JdbcTemplate(this.dataSource);
		new TransactionTemplate(new JdbcTransactionManager(this.dataSource)).executeWithoutResult(
				(status) -> this.jdbc.execute("create table if not exists orders (id int primary key)"));
	}

	static Stream<Arguments> setups() {
		// without auto-commit, each idle connection to SQLite holds its write lock
		return Stream.of(TestDatabase.values())
			.flatMap((database) -> Stream.of("JPA", "JDBC")
				.flatMap((kind) -> Stream.of(true, false)
					.filter((autoCommit) -> autoCommit || database != TestDatabase.SQLITE)
					.map((autoCommit) -> Arguments.of(database, kind, autoCommit))));
	}

	@BeforeEach
	void empty() {
		new TransactionTemplate(new JdbcTransactionManager(this.dataSource)).executeWithoutResult((status) -> {
			this.storage.application().emptyRepository();
			this.jdbc.update("delete from orders");
		});
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
	void runIsStoredAtItsEndAndCommittedWithTheCallersWork() throws Exception {
		NewRun run = run("r1", "s1");
		inTransaction(() -> {
			OpenedSession opened = this.repository.begin(run);
			assertThat(opened.recorded()).isFalse();
			assertThat(this.repository.find("s1")).isEmpty();
			order(1);
			assertThat(this.repository.end(end(opened, run, RunStatus.COMPLETED, "{\"a\":1}")))
				.isEqualTo(EndOutcome.STORED);
			assertThat(this.repository.find("s1")).isPresent();
			assertThat(this.repository.findRun("r1")).isPresent();
			assertThat(this.repository.runs("s1", RunPage.first(5))).hasSize(1);
			assertThat(this.repository.list(SessionQuery.all(), RunPage.first(5))).hasSize(1);
			assertThat(outside(() -> this.repository.findRun("r1"))).isEmpty();
		});

		this.storage.awaitLateWrites();
		assertThat(orders()).isEqualTo(1);
		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
		assertThat(session("s1").version()).isEqualTo(1);
	}

	@Test
	void goodEndOfARolledBackTransactionIsRecordedAsErrorWithoutItsState() throws Exception {
		complete("r0", "s1", "{\"a\":0}");
		NewRun run = run("r1", "s1");
		this.transaction.executeWithoutResult((status) -> {
			OpenedSession opened = this.repository.begin(run);
			order(1);
			assertThat(this.repository.end(end(opened, run, RunStatus.COMPLETED, "{\"a\":1}")))
				.isEqualTo(EndOutcome.STORED);
			status.setRollbackOnly();
		});

		this.storage.awaitLateWrites();
		assertThat(orders()).isZero();
		StoredRun stored = this.repository.findRun("r1").orElseThrow();
		assertThat(stored.status()).isEqualTo(RunStatus.ERROR);
		assertThat(stored.error()).contains("\"rolled_back\"").contains("message");
		assertThat(stored.endedAt()).isEqualTo(2000);
		assertThat(session("s1").version()).isEqualTo(1);
		assertThat(session("s1").state()).contains("0");
	}

	@Test
	void bodysErrorIsRecordedThoughTheCallersWorkIsRolledBack() throws Exception {
		NewRun run = run("r1", "s1");
		assertThatThrownBy(() -> inTransaction(() -> {
			OpenedSession opened = this.repository.begin(run);
			order(1);
			assertThat(this.repository.end(end(opened, run, RunStatus.ERROR, "{\"a\":1}")))
				.isEqualTo(EndOutcome.STORED);
			throw new IllegalArgumentException("the body's");
		})).isInstanceOf(IllegalArgumentException.class).hasMessage("the body's");

		this.storage.awaitLateWrites();
		assertThat(orders()).isZero();
		assertThat(status("r1")).isEqualTo(RunStatus.ERROR);
		assertThat(this.repository.findRun("r1").orElseThrow().error()).contains("why");
		assertThat(session("s1").state()).isNull();
	}

	@Test
	void bodysErrorIsRecordedThoughTheCallerCommits() throws Exception {
		NewRun run = run("r1", "s1");
		inTransaction(() -> {
			OpenedSession opened = this.repository.begin(run);
			order(1);
			this.repository.end(end(opened, run, RunStatus.CANCELLED, null));
			assertThat(this.repository.findRun("r1")).isEmpty();
		});

		this.storage.awaitLateWrites();
		assertThat(orders()).isEqualTo(1);
		assertThat(status("r1")).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void runsOfOneTransactionAreRecordedTogether() throws Exception {
		NewRun good = run("r1", "s1");
		NewRun bad = run("r2", "s1");
		inTransaction(() -> {
			OpenedSession first = this.repository.begin(good);
			this.repository.end(end(first, good, RunStatus.COMPLETED, "{\"a\":1}"));
			OpenedSession second = this.repository.begin(bad);
			assertThat(second.session().version()).isEqualTo(1);
			this.repository.end(end(second, bad, RunStatus.ERROR, null));
		});

		this.storage.awaitLateWrites();
		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
		assertThat(status("r2")).isEqualTo(RunStatus.ERROR);
	}

	@Test
	void runThatBeganBeforeTheTransactionEndsWithIt() throws Exception {
		NewRun committed = run("r1", "s1");
		NewRun rolledBack = run("r2", "s2");
		OpenedSession first = this.repository.begin(committed);
		OpenedSession second = this.repository.begin(rolledBack);
		assertThat(first.recorded()).isTrue();

		inTransaction(() -> this.repository.end(end(first, committed, RunStatus.COMPLETED, "{\"a\":1}")));
		this.transaction.executeWithoutResult((status) -> {
			this.repository.end(end(second, rolledBack, RunStatus.COMPLETED, "{\"a\":1}"));
			status.setRollbackOnly();
		});

		this.storage.awaitLateWrites();
		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
		assertThat(status("r2")).isEqualTo(RunStatus.ERROR);
		assertThat(session("s2").state()).isNull();
	}

	@Test
	void endThatCannotBeStoredLeavesTheCallersTransactionAlive() throws Exception {
		complete("r1", "s1", "{\"a\":0}");
		NewRun again = run("r1", "s1");
		inTransaction(() -> {
			order(1);
			OpenedSession opened = this.repository.begin(again);
			assertThat(this.repository.end(end(opened, again, RunStatus.COMPLETED, "{\"a\":1}")))
				.isEqualTo(EndOutcome.GONE);
			order(2);
		});

		assertThat(orders()).isEqualTo(2);
		assertThat(session("s1").version()).isEqualTo(1);
		assertThat(session("s1").state()).contains("0");
	}

	@Test
	void versionThatAnotherRunChangedMeanwhileIsMissedThenReadAndMerged() throws Exception {
		assumeTrue(this.database != TestDatabase.SQLITE, ONE_WRITER);
		complete("r0", "s1", "{\"a\":0}");
		NewRun run = run("r1", "s1");
		inTransaction(() -> {
			OpenedSession opened = this.repository.begin(run);
			outside(() -> {
				complete("r2", "s1", "{\"theirs\":1}");
				return true;
			});
			RunEnd end = end(opened, run, RunStatus.COMPLETED, "{\"mine\":1}");
			assertThat(this.repository.end(end)).isEqualTo(EndOutcome.VERSION_MISSED);
			long version = session("s1").version();
			assertThat(version).isEqualTo(2);
			assertThat(this.repository.end(end.withState(new RunEnd.StateChange("{\"both\":1}", version))))
				.isEqualTo(EndOutcome.STORED);
		});

		this.storage.awaitLateWrites();
		assertThat(session("s1").state()).contains("both");
		assertThat(session("s1").version()).isEqualTo(3);
		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void sessionThatAnotherRunCreatedMeanwhileIsUsed() throws Exception {
		assumeTrue(this.database != TestDatabase.SQLITE, ONE_WRITER);
		NewRun run = run("r1", "s1");
		inTransaction(() -> {
			OpenedSession opened = this.repository.begin(run);
			outside(() -> this.repository.begin(run("r2", "s1")));
			assertThat(this.repository.end(end(opened, run, RunStatus.COMPLETED, null))).isEqualTo(EndOutcome.STORED);
		});

		assertThat(this.repository.runs("s1", RunPage.first(5))).extracting(StoredRun::runId)
			.containsExactly("r2", "r1");
	}

	@Test
	void readOnlyTransactionIsNotJoined() {
		// SQLite: where its transactions take the write lock at once, a read-only one
		// does too
		assumeTrue(this.database != TestDatabase.SQLITE, ONE_WRITER);
		TransactionTemplate readOnly = new TransactionTemplate(this.transaction.getTransactionManager());
		readOnly.setReadOnly(true);
		readOnly.executeWithoutResult((status) -> {
			assertThat(orders()).isZero();
			OpenedSession opened = this.repository.begin(run("r1", "s1"));
			assertThat(opened.recorded()).isTrue();
			assertThat(outside(() -> this.repository.findRun("r1"))).isPresent();
			assertThat(this.repository.end(end(opened, run("r1", "s1"), RunStatus.COMPLETED, "{\"a\":1}")))
				.isEqualTo(EndOutcome.STORED);
			assertThat(this.repository.findRun("r1").orElseThrow().status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(orders()).isZero();
			status.setRollbackOnly();
		});

		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void readOnlyTransactionIsJoinedWhereItKeepsOthersFromWriting() {
		assumeTrue(this.database == TestDatabase.SQLITE, "only SQLite has one writer at a time");
		TransactionTemplate readOnly = new TransactionTemplate(this.transaction.getTransactionManager());
		readOnly.setReadOnly(true);
		readOnly.executeWithoutResult((status) -> {
			assertThat(orders()).isZero();
			OpenedSession opened = this.repository.begin(run("r1", "s1"));
			assertThat(opened.recorded()).isFalse();
			this.repository.end(end(opened, run("r1", "s1"), RunStatus.COMPLETED, "{\"a\":1}"));
		});

		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void transactionOfAnotherDataSourceIsNotJoined() {
		try (HikariDataSource other = new HikariDataSource()) {
			other.setJdbcUrl("jdbc:h2:mem:");
			TransactionTemplate others = new TransactionTemplate(new JdbcTransactionManager(other));
			others.executeWithoutResult((status) -> {
				OpenedSession opened = this.repository.begin(run("r1", "s1"));
				assertThat(opened.recorded()).isTrue();
				this.storage.awaitNoConnectionInUse();
				this.repository.end(end(opened, run("r1", "s1"), RunStatus.COMPLETED, "{\"a\":1}"));
				assertThat(this.repository.find("s1")).isPresent();
				assertThat(this.repository.runs("s1", RunPage.first(1))).hasSize(1);
				this.storage.awaitNoConnectionInUse();
				status.setRollbackOnly();
			});
		}

		assertThat(status("r1")).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void connectionThatATransactionOfAnotherDataSourceHoldsIsNotJoined() {
		assumeTrue(this.database != TestDatabase.SQLITE, ONE_WRITER);
		try (HikariDataSource other = new HikariDataSource()) {
			other.setJdbcUrl("jdbc:h2:mem:");
			TransactionTemplate others = new TransactionTemplate(new JdbcTransactionManager(other));
			others.executeWithoutResult((status) -> {
				assertThat(orders()).isZero();
				OpenedSession opened = this.repository.begin(run("r1", "s1"));
				assertThat(opened.recorded()).isTrue();
				status.setRollbackOnly();
			});
		}

		assertThat(status("r1")).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void ownersAreCheckedWithinATransaction() {
		this.repository.begin(TestRun.of("r0").user("alice").newRun());

		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> inTransaction(() -> this.repository.begin(run("r1", "s1"))));
	}

	@Test
	void administrationJoinsTheTransaction() {
		complete("r1", "s1", "{\"a\":1}");
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.repository.rename("s1", SessionAccess.ofUser(null), "New")).isTrue();
			assertThat(session("s1").sessionName()).isEqualTo("New");
			assertThat(this.repository.deleteRuns("s1", SessionAccess.ofUser(null))).isEqualTo(1);
			assertThat(this.repository.runs("s1", RunPage.first(1))).isEmpty();
			assertThat(this.repository.delete("s1", SessionAccess.ofUser(null))).isTrue();
			status.setRollbackOnly();
		});

		assertThat(session("s1").sessionName()).isNull();
		assertThat(this.repository.runs("s1", RunPage.first(1))).hasSize(1);
	}

	@Test
	void recordThatCannotBeWrittenAfterTheTransactionIsLogged(CapturedOutput output) throws Exception {
		WorkflowSessionRepository full = this.storage.repository((task) -> {
			throw new RejectedExecutionException("full");
		});
		inTransaction(() -> full.end(end(full.begin(run("r1", "s1")), run("r1", "s1"), RunStatus.ERROR, null)));
		complete("r2", "s2", "{\"a\":1}");
		inTransaction(
				() -> this.repository.end(new RunEnd(run("r2", "s2"), false, RunStatus.ERROR, null, null, 2000, null)));
		this.storage.awaitLateWrites();

		assertThat(output).contains("WARN")
			.contains("Run 'r1' of session 's1' ended as ERROR")
			.contains("Run 'r2' of session 's2' ended as ERROR");
	}

	@Test
	void recordIsWrittenOnAThreadThatIsStillInTheTransactionsCompletion() {
		assumeTrue(this.database != TestDatabase.SQLITE, ONE_WRITER);
		WorkflowSessionRepository sameThread = this.storage.repository(Runnable::run);
		inTransaction(
				() -> sameThread.end(end(sameThread.begin(run("r1", "s1")), run("r1", "s1"), RunStatus.ERROR, null)));

		assertThat(status("r1")).isEqualTo(RunStatus.ERROR);
	}

	private void inTransaction(Runnable action) {
		this.transaction.executeWithoutResult((TransactionStatus status) -> action.run());
	}

	/** On another thread, which sees what is committed. */
	private static <T> T outside(Supplier<T> action) {
		return CompletableFuture.supplyAsync(action).join();
	}

	private void order(int id) {
		this.jdbc.update("insert into orders (id) values (?)", id);
	}

	private int orders() {
		return this.jdbc.queryForObject("select count(*) from orders", Integer.class);
	}

	private void complete(String runId, String sessionId, String state) {
		NewRun run = run(runId, sessionId);
		OpenedSession opened = this.repository.begin(run);
		assertThat(this.repository.end(end(opened, run, RunStatus.COMPLETED, state))).isEqualTo(EndOutcome.STORED);
	}

	private StoredSession session(String sessionId) {
		return this.repository.find(sessionId).orElseThrow();
	}

	private RunStatus status(String runId) {
		return this.repository.findRun(runId).orElseThrow().status();
	}

	private static NewRun run(String runId, String sessionId) {
		return TestRun.of(runId).session(sessionId).newRun();
	}

	private static RunEnd end(OpenedSession opened, NewRun run, RunStatus status, String state) {
		RunEnd.StateChange change = (state != null) ? new RunEnd.StateChange(state, opened.session().version()) : null;
		String error = (status != RunStatus.COMPLETED) ? "{\"message\":\"why\"}" : null;
		return new RunEnd(run, opened.recorded(), status, "{}", error, 2000, change);
	}

}
