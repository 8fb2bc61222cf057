package buddy.storage.jpa;

import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunStatus;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of the runs and sessions of a node that died, on every database. A node
 * dies by its row, not by waiting.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaOrphanTests {

	private static final long LEASE = 3_600_000;

	private final JpaStorage storage;

	private final RunOwners owners;

	private final JdbcTemplate jdbc;

	private WorkflowSessionRepository repository;

	JpaOrphanTests(TestDatabase database) {
		this.storage = JpaStorage.on(database, true);
		this.owners = this.storage.application().bean(RunOwners.class);
		this.jdbc = new JdbcTemplate(this.storage.dataSource());
	}

	@BeforeEach
	void empty() {
		this.repository = this.storage.application().emptyRepository();
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
	void orphanIsEndedAsCancelledAndItsSessionFreed() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		assertThat(this.owners.endOrphan("r1", cancelled("{\"message\":\"why\"}"))).isFalse();
		assertThat(status("r1")).isEqualTo(RunStatus.RUNNING);
		die("n1");

		assertThat(this.owners.endOrphan("r1", cancelled("{\"message\":\"why\"}"))).isTrue();
		assertThat(this.owners.endOrphan("r1", cancelled("{\"message\":\"why\"}"))).isFalse();

		assertThat(this.repository.findRun("r1").orElseThrow()).satisfies((run) -> {
			assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
			assertThat(run.error()).contains("why");
			assertThat(run.endedAt()).isEqualTo(5000);
		});
		assertThat(holder()).isNull();
		assertThat(this.repository.find("s1").orElseThrow().updatedAt()).isEqualTo(5000);
		assertThat(this.repository.end(ended(rejecting("r1", "n1"), RunStatus.COMPLETED))).isEqualTo(EndOutcome.GONE);
	}

	@Test
	void orphanThatOnlyWaitsLeavesTheHolderAlone() {
		this.owners.seen("n1", LEASE);
		this.owners.seen("n2", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		this.repository.begin(waiting("r2", "n2"));
		die("n2");

		assertThat(this.owners.endOrphan("r2", cancelled("{}"))).isTrue();

		assertThat(holder()).isEqualTo("r1");
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.enter(waiting("r2", "n2")));
	}

	@Test
	void runWithoutANodeIsNoOrphan() {
		this.repository.begin(run("r1", "s1"));

		assertThat(this.owners.endOrphan("r1", cancelled("{}"))).isFalse();
		assertThat(this.owners.endOrphan("none", cancelled("{}"))).isFalse();

		assertThat(status("r1")).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void orphansAreTheRunningAndWaitingRunsOfDeadNodesOldestFirst() {
		this.owners.seen("alive", LEASE);
		this.owners.seen("dead", LEASE);
		this.repository.begin(rejecting("r1", "alive"));
		this.repository.begin(waiting("r2", "dead"));
		this.repository.begin(owned("r3", "s2", "dead"));
		this.repository.begin(owned("r4", "s2", "never seen"));
		this.repository.begin(owned("r5", "s2", null));
		this.repository.begin(owned("r6", "s2", "asks"));
		this.repository.begin(owned("r7", "s2", "dead"));
		end(owned("r8", "s2", "dead"));
		this.jdbc.update("update buddy_workflow_run set status = 'PAUSED' where run_id = 'r7'");
		this.jdbc.update("update buddy_workflow_run set created_at = 500 where run_id = 'r4'");
		assertThat(this.owners.orphans("asks", 10).runIds()).containsExactly("r4");
		die("dead");

		assertThat(this.owners.orphans("asks", 10).runIds()).containsExactly("r4", "r2", "r3");
		assertThat(this.owners.orphans("asks", 2).runIds()).containsExactly("r4", "r2");
	}

	@Test
	void orphanIsEndedOnceByManyThreads() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		die("n1");

		long ended = IntStream.range(0, 8)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> endedOnceMore("r1")))
			.toList()
			.stream()
			.filter(CompletableFuture::join)
			.count();

		assertThat(ended).isOne();
		assertThat(status("r1")).isEqualTo(RunStatus.ERROR);
	}

	/** H2 may give up one of two that wait for each other. */
	private boolean endedOnceMore(String runId) {
		try {
			return this.owners.endOrphan(runId, new OrphanEnd(RunStatus.ERROR, "{}", 5000));
		}
		catch (PessimisticLockingFailureException ex) {
			return false;
		}
	}

	@Test
	void ownRunIsEndedByItsNodeAlone() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		this.repository.begin(waiting("r2", "n1"));

		assertThat(this.owners.endOwn(new RunOwners.OwnRun("r1", null), "n2", cancelled("{}"))).isFalse();
		assertThat(status("r1")).isEqualTo(RunStatus.RUNNING);
		assertThat(this.owners.endOwn(new RunOwners.OwnRun("r1", null), "n1", cancelled("{}"))).isTrue();
		assertThat(this.owners.endOwn(new RunOwners.OwnRun("r1", null), "n1", cancelled("{}"))).isFalse();
		assertThat(this.owners.endOwn(new RunOwners.OwnRun("r2", null), "n1", cancelled("{}"))).isTrue();

		assertThat(status("r1")).isEqualTo(RunStatus.CANCELLED);
		assertThat(status("r2")).isEqualTo(RunStatus.CANCELLED);
		assertThat(holder()).isNull();
	}

	// sessions of dead nodes

	@Test
	void sessionOfADeadHolderIsNotTakenByANodeThatMayHaveBeenAwayItself() {
		this.owners.seen("n1", LEASE);
		this.owners.seen("n2", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		this.repository.begin(waiting("r3", "n2"));
		die("n1");

		// as after an outage of the database: n2 was seen, n1 had no chance yet
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.repository.begin(rejecting("r2", "n2")));
		assertThat(this.repository.enter(waiting("r3", "n2"))).isEmpty();
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.repository.begin(rejecting("r2", null)));
		this.owners.seen("n1", LEASE);

		assertThat(this.repository.end(ended(rejecting("r1", "n1"), RunStatus.COMPLETED))).isEqualTo(EndOutcome.STORED);
	}

	@Test
	void sessionOfADeadHolderIsFreeAndTheOldHoldersEndIsGone() {
		this.owners.seen("n1", LEASE);
		steady("n2");
		this.repository.begin(rejecting("r1", "n1"));
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.repository.begin(rejecting("r2", "n2")));
		die("n1");

		assertThat(this.repository.begin(rejecting("r2", "n2")).waiting()).isFalse();

		assertThat(holder()).isEqualTo("r2");
		RunEnd.StateChange change = new RunEnd.StateChange("{\"a\":1}", 0);
		assertThat(this.repository.end(ended(rejecting("r1", "n1"), RunStatus.COMPLETED).withState(change)))
			.isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.end(ended(rejecting("r1", "n1"), RunStatus.ERROR))).isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.endMerged(ended(rejecting("r1", "n1"), RunStatus.COMPLETED),
				(session) -> new RunEnd.StateChange("{\"a\":1}", session.version())))
			.isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.find("s1").orElseThrow().state()).isNull();
		assertThat(holder()).isEqualTo("r2");
	}

	@Test
	void waitingRunEntersAfterADeadHolder() {
		this.owners.seen("n1", LEASE);
		steady("n2");
		this.repository.begin(waiting("r1", "n1"));
		this.repository.begin(waiting("r2", "n2"));
		assertThat(this.repository.enter(waiting("r2", "n2"))).isEmpty();
		die("n1");

		assertThat(this.repository.enter(waiting("r2", "n2"))).isPresent();

		assertThat(holder()).isEqualTo("r2");
	}

	@Test
	void waitingRunOfADeadNodeHoldsNobodyUp() {
		this.owners.seen("n1", LEASE);
		steady("n2");
		this.repository.begin(rejecting("r1", "n2"));
		this.repository.begin(waiting("r2", "n1"));
		this.repository.begin(waiting("r3", "n2"));
		this.repository.end(ended(rejecting("r1", "n2"), RunStatus.COMPLETED));
		assertThat(this.repository.enter(waiting("r3", "n2"))).isEmpty();
		die("n1");

		assertThat(this.repository.enter(waiting("r3", "n2"))).isPresent();
		this.repository.end(ended(waiting("r3", "n2"), RunStatus.COMPLETED));
		assertThat(this.repository.begin(rejecting("r4", "n2")).waiting()).isFalse();
	}

	@Test
	void earlierTimeInTheQueueComesFirst() {
		this.repository.begin(rejecting("r1", null));
		this.repository.begin(waiting("r2", null));
		this.repository.begin(waiting("r3", null));
		this.jdbc.update("update buddy_workflow_run set queued_at = queued_at - 3600000 where run_id = 'r3'");
		this.repository.end(ended(rejecting("r1", null), RunStatus.COMPLETED));

		assertThat(this.repository.enter(waiting("r2", null))).isEmpty();
		assertThat(this.repository.enter(waiting("r3", null))).isPresent();
	}

	@Test
	void holderThatWasDeletedByHandHoldsNothing() {
		this.repository.begin(rejecting("r1", null));
		this.jdbc.update("delete from buddy_workflow_run");

		assertThat(this.repository.begin(rejecting("r2", null)).waiting()).isFalse();
	}

	@Test
	void nodeThatWasLastSeenInTheFutureIsDeadUntilItIsSeenAgain() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		clockIsSetBack("n1", LEASE - 60_000);
		assertThat(this.owners.orphans("asks", 10).runIds()).isEmpty();
		clockIsSetBack("n1", 2 * LEASE);
		assertThat(this.owners.orphans("asks", 10).runIds()).containsExactly("r1");

		this.owners.seen("n1", LEASE);

		assertThat(this.owners.orphans("asks", 10).runIds()).isEmpty();
		clockIsSetBack("n1", 2 * LEASE);
		assertThat(this.owners.endOrphan("r1", cancelled("{}"))).isTrue();
		assertThat(this.repository.begin(rejecting("r2", null)).waiting()).isFalse();
	}

	@Test
	void sessionIsNotTakenBeforeItsHolderCouldBeSeenAfterTheClockWasSet() {
		this.owners.seen("n1", LEASE);
		steady("n2");
		this.jdbc.update("update buddy_node set started_at = started_at - ? where node_id = 'n2'", 4 * LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		clockIsSetBack("n1", 2 * LEASE);
		clockIsSetBack("n2", 2 * LEASE);

		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.repository.begin(rejecting("r2", "n2")));
		this.owners.seen("n2", LEASE);
		assertThatExceptionOfType(SessionBusyException.class)
			.isThrownBy(() -> this.repository.begin(rejecting("r2", "n2")));

		this.jdbc.update("update buddy_node set started_at = started_at - ? where node_id = 'n2'", LEASE / 2);
		assertThat(this.repository.begin(rejecting("r2", "n2")).waiting()).isFalse();
	}

	@Test
	void orphansComeWithTheTimeOfTheDatabase() {
		long before = System.currentTimeMillis();

		// embedded databases and servers of this machine share its clock
		assertThat(this.owners.orphans("asks", 10).now()).isBetween(before - 60_000, before + 60_000);
		this.repository.begin(owned("r1", "s2", "never seen"));
		assertThat(this.owners.orphans("asks", 10).now()).isBetween(before - 60_000, before + 60_000);
	}

	@Test
	void runThatBeganLaterThanTheClockSaysEndsWhenItBegan() {
		this.repository.begin(owned("r1", "s1", "never seen"));
		this.repository.begin(owned("r2", "s1", null));

		this.owners.endOrphan("r1", new OrphanEnd(RunStatus.ERROR, "{}", 10));
		this.repository.end(new RunEnd(owned("r2", "s1", null), true, RunStatus.ERROR, "{}", null, 10, null));

		assertThat(this.repository.findRun("r1").orElseThrow().endedAt()).isEqualTo(1000);
		assertThat(this.repository.findRun("r2").orElseThrow().endedAt()).isEqualTo(1000);
	}

	private static OrphanEnd cancelled(String error) {
		return new OrphanEnd(RunStatus.CANCELLED, error, 5000);
	}

	/** A node that has been seen for more than half a lease. */
	private void steady(String node) {
		this.owners.seen(node, LEASE);
		this.jdbc.update("update buddy_node set started_at = started_at - ? where node_id = ?", LEASE / 2, node);
	}

	private void die(String node) {
		assertThat(this.jdbc.update("update buddy_node set expires_at = seen_at where node_id = ?", node)).isOne();
	}

	/** As if it had been seen before the database's clock was set. */
	private void clockIsSetBack(String node, long millis) {
		this.jdbc.update("update buddy_node set seen_at = seen_at + ?, expires_at = expires_at + ?,"
				+ " started_at = started_at + ? where node_id = ?", millis, millis, millis, node);
	}

	private String holder() {
		return this.jdbc.queryForObject("select holder_run_id from buddy_workflow_session where session_id = 's1'",
				String.class);
	}

	private RunStatus status(String runId) {
		return this.repository.findRun(runId).orElseThrow().status();
	}

	private void end(NewRun run) {
		if (this.repository.findRun(run.runId()).isEmpty()) {
			this.repository.begin(run);
		}
		assertThat(this.repository.end(ended(run, RunStatus.COMPLETED))).isEqualTo(EndOutcome.STORED);
	}

	private static NewRun rejecting(String runId, String node) {
		return run(runId, "s1").with(SessionConcurrency.REJECT, node);
	}

	private static NewRun waiting(String runId, String node) {
		return run(runId, "s1").with(SessionConcurrency.WAIT, node);
	}

	private static NewRun owned(String runId, String sessionId, String node) {
		return run(runId, sessionId).with(SessionConcurrency.MERGE, node);
	}

	private static NewRun run(String runId, String sessionId) {
		return TestRun.of(runId).session(sessionId).newRun();
	}

	private static RunEnd ended(NewRun run, RunStatus status) {
		return new RunEnd(run, true, status, "{}", null, 2000, null);
	}

}
