package buddy.storage.jpa;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * How runs share and hold a session within a transaction of the caller, on every
 * database.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JoinedSessionConcurrencyTests {

	private final TestDatabase database;

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	private final TransactionTemplate transaction;

	JoinedSessionConcurrencyTests(TestDatabase database) {
		this.database = database;
		this.storage = JpaStorage.on(database, true);
		this.repository = this.storage.repository();
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()));
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void runCannotHoldASessionWithinATransaction() {
		for (SessionConcurrency exclusive : new SessionConcurrency[] { SessionConcurrency.REJECT,
				SessionConcurrency.WAIT }) {
			NewRun run = run("r1").with(exclusive, null);
			this.transaction.executeWithoutResult(
					(status) -> assertThatIllegalStateException().isThrownBy(() -> this.repository.begin(run))
						.withMessageContaining("workflow 'w1'")
						.withMessageContaining("session 's1'")
						.withMessageContaining("'" + exclusive.name().toLowerCase(Locale.ROOT) + "'")
						.withMessageContaining("outside of the transaction")
						.withMessageContaining("'merge'"));
		}

		assertThat(this.repository.find("s1")).isEmpty();
	}

	@Test
	void openedSessionTellsWhetherTheRunIsPartOfTheTransaction() {
		assertThat(this.repository.begin(run("r1")).joined()).isFalse();
		NewRun unrecorded = TestRun.of("r2").unrecorded().newRun();
		assertThat(this.repository.begin(unrecorded).joined()).isFalse();

		this.transaction.executeWithoutResult((status) -> {
			OpenedSession opened = this.repository.begin(run("r3"));
			assertThat(opened.joined()).isTrue();
			assertThat(opened.recorded()).isFalse();
		});
	}

	@Test
	void holderThatEndsWithinATransactionFreesItsSessionWithTheCommit() throws Exception {
		NewRun run = run("r1").with(SessionConcurrency.REJECT, null);
		this.repository.begin(run);
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.repository.end(ended(run, true, null))).isEqualTo(EndOutcome.STORED);
			status.setRollbackOnly();
		});
		this.storage.awaitLateWrites();

		assertThat(this.repository.findRun("r1").orElseThrow().status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.repository.begin(run("r2").with(SessionConcurrency.REJECT, null)).waiting()).isFalse();
	}

	@Test
	void endIsMergedWithWhatAnotherRunCommittedMeanwhile() {
		assumeTrue(this.database != TestDatabase.SQLITE, "nobody else writes while the caller's transaction is open");
		NewRun run = run("r1");
		this.repository.begin(run("r0"));
		this.transaction.executeWithoutResult((status) -> {
			OpenedSession opened = this.repository.begin(run);
			CompletableFuture
				.supplyAsync(
						() -> this.repository.end(ended(run("r0"), true, new RunEnd.StateChange("{\"theirs\":1}", 0))))
				.join();
			assertThat(this.repository.endMerged(ended(run, opened.recorded(), null),
					(session) -> new RunEnd.StateChange(session.state().replace("}", ",\"mine\":1}"),
							session.version())))
				.isEqualTo(EndOutcome.STORED);
		});

		assertThat(this.repository.find("s1").orElseThrow().state()).contains("theirs", "mine");
		assertThat(this.repository.findRun("r1").orElseThrow().status()).isEqualTo(RunStatus.COMPLETED);
	}

	private static NewRun run(String runId) {
		return TestRun.of(runId).newRun();
	}

	private static RunEnd ended(NewRun run, boolean recorded, RunEnd.StateChange change) {
		return new RunEnd(run, recorded, RunStatus.COMPLETED, "{}", null, 2000, change);
	}

}
