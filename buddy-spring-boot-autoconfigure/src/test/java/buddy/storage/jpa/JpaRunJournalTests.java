package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.JournalWrite;
import buddy.durable.RunJournal;
import buddy.durable.RunJournalContractTests;
import buddy.durable.StepHead;
import buddy.durable.StoredStep;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.storage.NewRun;
import buddy.storage.RunOwners;
import buddy.storage.RunTake;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ParameterizedClass(name = "{0}")
@EnumSource(TestDatabase.class)
class JpaRunJournalTests extends RunJournalContractTests {

	private final TestDatabase database;

	private final TestApplication application;

	private final JdbcTemplate jdbc;

	JpaRunJournalTests(TestDatabase database) {
		this.database = database;
		this.application = JpaStorage.on(database, true).application();
		this.jdbc = new JdbcTemplate(this.application.bean(DataSource.class));
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.application.emptyRepository();
	}

	@Override
	protected RunJournal journal() {
		return this.application.bean(RunJournal.class);
	}

	@Test
	void stepThatMeetsATakeOverWaitsForItAndIsRefused() throws Exception {
		NewRun run = begin();
		assertThat(duringTakeOver(run, () -> journal().append(done(run.runId(), "s", 0, 0, "1"))))
			.isEqualTo(JournalWrite.FENCED);
		assertThat(journal().heads(run.runId())).isEmpty();
	}

	@Test
	void outcomeOfAStartedStepThatMeetsATakeOverIsRefused() throws Exception {
		NewRun run = begin();
		journal().append(new StoredStep(run.runId(), started("s", 0, 0)));
		assertThat(duringTakeOver(run, () -> journal().update(done(run.runId(), "s", 0, 0, "1"))))
			.isEqualTo(JournalWrite.FENCED);
		assertThat(journal().heads(run.runId())).containsExactly(started("s", 0, 0));
	}

	@Test
	void stepWithinATransactionThatMeetsATakeOverIsRefused() throws Exception {
		NewRun run = begin();
		assertThat(
				duringTakeOver(run, () -> journal().writeInTransaction(() -> done(run.runId(), "s", 0, 0, "1"), false)))
			.isEqualTo(JournalWrite.FENCED);
		assertThat(journal().heads(run.runId())).isEmpty();
	}

	@Test
	void runInProgressIsTakenOnlyFromANodeWhoseLeaseIsOver() {
		RunOwners owners = this.application.bean(RunOwners.class);
		owners.seen("n1", 60_000);
		owners.seen("n2", 60_000);
		for (boolean waits : new boolean[] { false, true }) {
			NewRun run = begin("n1");
			if (waits) {
				this.jdbc.update("update buddy_workflow_run set status = 'PENDING', queued_at = 5 where run_id = ?",
						run.runId());
			}
			RunStatus status = waits ? RunStatus.PENDING : RunStatus.RUNNING;
			RunTake take = new RunTake(run.runId(), 0, status, "n2", true, waits);
			assertThat(journal().take(take)).as("by a node while the other lives").isFalse();

			owners.left("n1");
			assertThat(journal().take(take)).isTrue();
			owners.seen("n1", 60_000);

			assertThat(this.jdbc.queryForMap(
					"select epoch, status, owner_node, recoveries, queued_at from buddy_workflow_run where run_id = ?",
					run.runId()))
				.hasEntrySatisfying("epoch", (epoch) -> assertThat(epoch).hasToString("1"))
				.hasEntrySatisfying("status", (now) -> assertThat(now).isEqualTo(status.name()))
				.hasEntrySatisfying("owner_node", (owner) -> assertThat(owner).isEqualTo("n2"))
				.hasEntrySatisfying("recoveries", (times) -> assertThat(times).hasToString("1"))
				.hasEntrySatisfying("queued_at", (at) -> assertThat(at).isEqualTo(waits ? at : null));
		}
	}

	@Test
	void leaseOfAnOwnerIsReadByTheDatabasesClock() {
		RunOwners owners = this.application.bean(RunOwners.class);
		owners.seen("n1", 3_600_000);
		NewRun run = begin("n1");
		RunTake take = new RunTake(run.runId(), 0, RunStatus.RUNNING, "n2", true, false);
		this.jdbc.update("update buddy_node set seen_at = seen_at - 3540000, expires_at = expires_at - 3540000");
		assertThat(journal().take(take)).isFalse();
		this.jdbc.update("update buddy_node set seen_at = seen_at - 61000, expires_at = expires_at - 61000");
		assertThat(journal().take(take)).isTrue();
	}

	@Test
	void runThatIsPausedOrStoredForLaterIsTaken() {
		for (RunStatus status : List.of(RunStatus.PAUSED, RunStatus.PENDING)) {
			NewRun run = begin();
			this.jdbc.update("update buddy_workflow_run set status = ?, resume_at = 5, cancel_requested = 'x'"
					+ " where run_id = ?", status.name(), run.runId());
			assertThat(journal().take(new RunTake(run.runId(), 0, status, "n2", false, false))).isTrue();
			assertThat(this.jdbc
				.queryForMap(
						"select status, owner_node, recoveries, resume_at, cancel_requested from buddy_workflow_run"
								+ " where run_id = ?",
						run.runId())
				.values()).containsExactly("RUNNING", "n2", null, null, null);
		}
	}

	@Test
	void nodesOfAllExecutionsAreListed() {
		RunOwners owners = this.application.bean(RunOwners.class);
		NewRun run = begin("n1 of a host");
		owners.seen("n1 of a host", 60_000);
		owners.handOver(run.runId(), 0, "n1 of a host");
		assertThat(journal().take(new RunTake(run.runId(), 0, RunStatus.RUNNING, "n2", true, false))).isTrue();
		owners.giveUp(run.runId(), 1, "n2");
		assertThat(journal().take(new RunTake(run.runId(), 1, RunStatus.RUNNING, "n3", true, false))).isTrue();
		assertThat(owners.executions(run.runId())).containsExactly(new RunOwners.Execution(0, "n1 of a host"),
				new RunOwners.Execution(1, "n2"), new RunOwners.Execution(2, "n3"));
		assertThat(owners.executions("none")).isEmpty();
	}

	@Test
	void nodesOfManyExecutionsAreListedAsFarAsThereIsRoom() {
		RunOwners owners = this.application.bean(RunOwners.class);
		NewRun run = begin("n".repeat(128));
		for (int epoch = 0; epoch < 40; epoch++) {
			assertThat(journal()
				.take(new RunTake(run.runId(), epoch, RunStatus.RUNNING, "n".repeat(126) + (10 + epoch), true, false)))
				.isTrue();
		}
		assertThat(owners.executions(run.runId())).hasSizeBetween(29, 35)
			.startsWith(new RunOwners.Execution(0, "n".repeat(128)), new RunOwners.Execution(1, "n".repeat(126) + 10))
			.endsWith(new RunOwners.Execution(40, "n".repeat(126) + 49));
	}

	@Test
	void ofTwoNodesWhoTakeARunOfADeadOneOneHasIt() throws Exception {
		for (int round = 0; round < 10; round++) {
			NewRun run = begin("dead");
			CyclicBarrier start = new CyclicBarrier(2);
			List<CompletableFuture<Boolean>> takes = Stream.of("n1", "n2").map((node) -> {
				CompletableFuture<Boolean> taken = new CompletableFuture<>();
				new Thread(() -> taken.completeAsync(() -> {
					meet(start);
					return journal().take(new RunTake(run.runId(), 0, RunStatus.RUNNING, node, true, false));
				}, Runnable::run)).start();
				return taken;
			}).toList();
			boolean first = takes.get(0).get();
			boolean second = takes.get(1).get();
			assertThat(first).isNotEqualTo(second);
			assertThat(this.jdbc.queryForObject("select owner_node from buddy_workflow_run where run_id = ?",
					String.class, run.runId()))
				.isEqualTo(first ? "n1" : "n2");
		}
	}

	private static void meet(CyclicBarrier start) {
		try {
			start.await();
		}
		catch (InterruptedException | BrokenBarrierException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private NewRun begin(String ownerNode) {
		NewRun run = TestRun.of(UUID.randomUUID().toString()).newRun().with(SessionConcurrency.MERGE, ownerNode);
		this.application.bean(WorkflowSessionRepository.class).begin(run);
		return run;
	}

	@Test
	void appendIsOneStatement() {
		NewRun run = begin();
		this.application.statements();
		journal().append(done(run.runId(), "s", 0, 0, "1"));
		assertThat(this.application.statements()).hasSize(1);
		journal().append(new StoredStep(run.runId(), started("t", 1, 0)));
		this.application.statements();
		journal().update(done(run.runId(), "t", 1, 0, "1"));
		assertThat(this.application.statements())
			.hasSize((this.database == TestDatabase.POSTGRESQL || this.database == TestDatabase.MARIADB) ? 1 : 2);
	}

	@Test
	void withinATransactionOfTheCallerOnlyAStepThatIsPartOfItIsWritten() {
		List<PlatformTransactionManager> managers = List.of(
				new JdbcTransactionManager(this.application.bean(DataSource.class)),
				this.application.bean(PlatformTransactionManager.class));
		NewRun run = begin();
		for (PlatformTransactionManager manager : managers) {
			String key = manager.getClass().getSimpleName();
			new TransactionTemplate(manager).executeWithoutResult((status) -> {
				assertThat(journal().append(done(run.runId(), "s", 0, 0, "1"))).isEqualTo(JournalWrite.IN_TRANSACTION);
				assertThat(journal().update(done(run.runId(), "s", 0, 0, "1"))).isEqualTo(JournalWrite.IN_TRANSACTION);
				assertThat(journal().writeInTransaction(() -> done(run.runId(), "t", 0, 0, "1"), false))
					.isEqualTo(JournalWrite.STORED);
				status.setRollbackOnly();
			});
			assertThat(journal().heads(run.runId())).extracting(StepHead::key).doesNotContain("t");
			new TransactionTemplate(manager).executeWithoutResult(
					(status) -> assertThat(journal().writeInTransaction(() -> done(run.runId(), key, 0, 0, "1"), false))
						.isEqualTo(JournalWrite.STORED));
			assertThat(journal().heads(run.runId())).extracting(StepHead::key).contains(key);
		}
	}

	@Test
	void whatAFencedStepDidWithinATransactionIsUndone() {
		NewRun run = begin();
		Supplier<StoredStep> fenced = () -> {
			this.jdbc.update("update buddy_workflow_session set session_name = 'booked' where session_id = 's1'");
			return done(run.runId(), "s", 0, 7, "1");
		};
		assertThat(journal().writeInTransaction(fenced, false)).isEqualTo(JournalWrite.FENCED);
		assertThat(sessionName()).isNull();

		new TransactionTemplate(new JdbcTransactionManager(this.application.bean(DataSource.class)))
			.executeWithoutResult(
					(status) -> assertThat(journal().writeInTransaction(fenced, false)).isEqualTo(JournalWrite.FENCED));
		assertThat(sessionName()).isNull();

		TransactionTemplate callers = new TransactionTemplate(this.application.bean(PlatformTransactionManager.class));
		assertThatExceptionOfType(UnexpectedRollbackException.class).isThrownBy(() -> callers.executeWithoutResult(
				(status) -> assertThat(journal().writeInTransaction(fenced, false)).isEqualTo(JournalWrite.FENCED)));
		assertThat(sessionName()).isNull();
	}

	private @Nullable String sessionName() {
		return this.jdbc.queryForObject("select session_name from buddy_workflow_session where session_id = 's1'",
				String.class);
	}

	/**
	 * Writes while another connection has taken the run and not committed yet: without
	 * the lock, the write would not see that, and be there afterwards.
	 */
	private JournalWrite duringTakeOver(NewRun run, Supplier<JournalWrite> write) throws Exception {
		CompletableFuture<JournalWrite> written = new CompletableFuture<>();
		try (Connection other = this.application.bean(DataSource.class).getConnection()) {
			other.setAutoCommit(false);
			try (PreparedStatement take = other
				.prepareStatement("update buddy_workflow_run set epoch = coalesce(epoch, 0) + 1 where run_id = ?")) {
				take.setString(1, run.runId());
				assertThat(take.executeUpdate()).isOne();
			}
			Thread writer = new Thread(() -> {
				try {
					written.complete(write.get());
				}
				catch (RuntimeException ex) {
					written.completeExceptionally(ex);
				}
			});
			writer.start();
			// MariaDB renews what it tells of locks only if nobody has asked for 100 ms
			Awaitility.await().pollInterval(Duration.ofMillis(200)).until(() -> written.isDone() || isBlocked(writer));
			other.commit();
			other.setAutoCommit(true);
		}
		return written.get(30, TimeUnit.SECONDS);
	}

	private boolean isBlocked(Thread writer) {
		return switch (this.database) {
			case POSTGRESQL ->
				count("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'") > 0;
			case MARIADB ->
				count("select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'") > 0;
			case H2 -> count("select count(*) from information_schema.sessions where blocker_id is not null") > 0;
			// its driver waits for the one writer in native code
			case SQLITE -> writer.isAlive() && isIn(writer, "org.sqlite");
		};
	}

	private static boolean isIn(Thread thread, String type) {
		for (StackTraceElement frame : thread.getStackTrace()) {
			if (frame.getClassName().startsWith(type) && frame.isNativeMethod()) {
				return true;
			}
		}
		return false;
	}

	private int count(String sql) {
		Integer count = this.jdbc.queryForObject(sql, Integer.class);
		return (count != null) ? count : 0;
	}

}
