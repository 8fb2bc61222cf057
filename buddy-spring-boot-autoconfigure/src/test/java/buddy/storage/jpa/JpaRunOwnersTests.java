package buddy.storage.jpa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.RunPage;
import buddy.session.SessionConcurrency;
import buddy.session.UnfinishedRun;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.ParkedRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which node runs what, and what becomes of a dead node's runs, on every database. A node
 * dies by its row, not by waiting.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaRunOwnersTests {

	private static final long LEASE = 3_600_000;

	private static final long DAY = 86_400_000;

	/** PostgreSQL reads its clock for each column, and may be paused in between. */
	private static final long MOMENT = 60_000;

	private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

	private final TestDatabase database;

	private final JpaStorage storage;

	private final RunOwners owners;

	private final JdbcTemplate jdbc;

	private WorkflowSessionRepository repository;

	JpaRunOwnersTests(TestDatabase database) {
		this.database = database;
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

	// nodes

	@Test
	void nodesAreListedWithTheirRunsTheLatestFirst() {
		this.owners.seen("n1", LEASE);
		this.owners.seen("n2", LEASE);
		this.jdbc.update("update buddy_node set started_at = started_at - 5000 where node_id = 'n1'");
		this.repository.begin(owned("r1", "s1", "n1"));
		this.repository.begin(owned("r2", "s2", "n1"));
		this.owners.left("n2");

		List<RunOwners.Node> nodes = this.owners.nodes(10, Duration.ofSeconds(10));

		assertThat(nodes).extracting(RunOwners.Node::nodeId).containsExactly("n2", "n1");
		assertThat(nodes).extracting(RunOwners.Node::alive).containsExactly(false, true);
		assertThat(nodes).extracting(RunOwners.Node::runs).containsExactly(0L, 2L);
		assertThat(nodes.get(1).expiresAt().toEpochMilli()).isEqualTo(column("n1", "expires_at"));
		assertThat(this.owners.nodes(1, Duration.ofSeconds(10))).hasSize(1);
	}

	@Test
	void nodeIsSeenFirstAndAgainByTheDatabasesClock() {
		this.owners.seen("n1", LEASE);
		long started = column("n1", "started_at");
		assertThat(column("n1", "seen_at")).isBetween(started, started + MOMENT);
		assertThat(column("n1", "expires_at")).isBetween(started + LEASE, started + LEASE + MOMENT);
		// embedded databases and servers of this machine share its clock
		assertThat(started).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 60_000);
		this.jdbc.update("update buddy_node set started_at = 1, expires_at = 3");

		this.owners.seen("n1", 2 * LEASE);

		assertThat(column("n1", "started_at")).isEqualTo(1);
		assertThat(column("n1", "seen_at")).isGreaterThanOrEqualTo(started);
		long seen = column("n1", "seen_at");
		assertThat(column("n1", "expires_at")).isBetween(seen + 2 * LEASE, seen + 2 * LEASE + MOMENT);
	}

	@Test
	void nodeThatWasNotSeenForMoreThanHalfALeaseIsAsNew() {
		this.owners.seen("n1", LEASE);
		this.jdbc.update("update buddy_node set started_at = 1, seen_at = seen_at - ?", LEASE / 2 - 60_000);
		this.owners.seen("n1", LEASE);
		assertThat(column("n1", "started_at")).isEqualTo(1);
		this.jdbc.update("update buddy_node set seen_at = seen_at - ?", LEASE / 2 + 1);

		this.owners.seen("n1", LEASE);

		assertStartedWhenSeen("n1");
	}

	@Test
	void nodeIsAsNewWhenTheClockWasSetBack() {
		this.owners.seen("n1", LEASE);
		this.jdbc.update("update buddy_node set started_at = 1, seen_at = seen_at + ?", LEASE / 2 - 60_000);
		this.owners.seen("n1", LEASE);
		assertThat(column("n1", "started_at")).isEqualTo(1);
		this.jdbc.update("update buddy_node set seen_at = seen_at + ?", LEASE / 2 + 60_000);

		this.owners.seen("n1", LEASE);

		assertStartedWhenSeen("n1");
	}

	private void assertStartedWhenSeen(String node) {
		long started = column(node, "started_at");
		assertThat(column(node, "seen_at")).isBetween(started, started + MOMENT);
	}

	@Test
	void nodeIsInsertedOnceWhenSeenByManyThreads() {
		CompletableFuture
			.allOf(IntStream.range(0, 8)
				.mapToObj((i) -> CompletableFuture.runAsync(() -> this.owners.seen("n1", LEASE)))
				.toArray(CompletableFuture[]::new))
			.join();

		assertThat(nodes()).containsExactly("n1");
	}

	@Test
	void newNodeForgetsNodesThatAreLongDeadAndOwnNothing() {
		for (String node : List.of("alive", "dead", "forgotten", "owner")) {
			this.owners.seen(node, LEASE);
		}
		this.repository.begin(run("r1", "s1").with(SessionConcurrency.MERGE, "owner"));
		end(run("r2", "s1").with(SessionConcurrency.MERGE, "forgotten"));
		this.jdbc.update("update buddy_node set expires_at = expires_at - ? where node_id = 'dead'", DAY);
		this.jdbc.update("update buddy_node set expires_at = expires_at - ? where node_id in ('forgotten', 'owner')",
				2 * DAY);

		this.owners.seen("alive", LEASE);
		assertThat(nodes()).hasSize(4);
		this.owners.seen("new", LEASE);

		assertThat(nodes()).containsExactly("alive", "dead", "new", "owner");
	}

	@Test
	void runThatItsNodeGivesUpIsAnOrphanAlthoughTheNodeLives() {
		this.owners.seen("n1", LEASE);
		this.owners.seen("n2", LEASE);
		NewRun run = run("r1", "s1").with(SessionConcurrency.MERGE, "n1");
		this.repository.begin(run);

		this.owners.giveUp("r1", 1, "n1");
		this.owners.giveUp("r1", 0, "n2");
		assertThat(this.owners.orphans("n2", 10).runIds()).isEmpty();
		this.owners.giveUp("r1", 0, "n1");

		assertThat(this.owners.orphans("n2", 10).runIds()).containsExactly("r1");
		assertThat(this.owners.orphans("n1", 10).runIds()).containsExactly("r1");
		assertThat(this.owners.runsOf("n1")).isEmpty();
	}

	@Test
	void newNodeOfAnEmbeddedDatabaseEndsTheLeasesOfProcessesThatAreGone() throws Exception {
		Process process = new ProcessBuilder("true").start();
		process.waitFor();
		long me = ProcessHandle.current().pid();
		String gone = process.pid() + "@here:aaaaaa";
		String restarted = me + "@here:bbbbbb";
		List<String> alive = List.of(me + "@here:cccccc", process.pid() + "@elsewhere:dddddd", "unknown",
				"1@here:eeeeee");
		Stream.concat(Stream.of(gone, restarted), alive.stream()).forEach((node) -> this.owners.seen(node, LEASE));
		this.jdbc.update("update buddy_node set expires_at = ?, seen_at = seen_at - 86400000 where node_id = ?",
				System.currentTimeMillis() + LEASE / 2, restarted);
		this.jdbc.update("update buddy_node set expires_at = ? where node_id = ?", System.currentTimeMillis() + LEASE,
				gone); // the nodes above have ended it already

		this.owners.seen(me + "@here:ffffff", LEASE);

		boolean embedded = this.database == TestDatabase.H2 || this.database == TestDatabase.SQLITE;
		assertThat(isOver(gone)).isEqualTo(embedded);
		assertThat(isOver(restarted)).isEqualTo(embedded);
		assertThat(alive).noneMatch(this::isOver);
	}

	private boolean isOver(String node) {
		return column(node, "expires_at") <= System.currentTimeMillis() + 1000;
	}

	@Test
	void nodeThatLeftIsDeadUntilItIsSeenAgain() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(owned("r1", "s1", "n1"));
		assertThat(unfinished("r1").ownerAlive()).isTrue();

		this.owners.left("n1");
		assertThat(unfinished("r1").ownerAlive()).isFalse();
		this.owners.left("n9");

		this.owners.seen("n1", LEASE);
		assertThat(unfinished("r1").ownerAlive()).isTrue();
	}

	// cancel

	@Test
	void firstReasonToCancelStays() {
		this.repository.begin(owned("r1", "s1", "n1"));
		this.repository.begin(owned("r2", "s1", "n2"));
		this.repository.begin(owned("r3", "s1", "n1"));

		assertThat(this.owners.requestCancel("r1", "first")).isTrue();
		assertThat(this.owners.requestCancel("r1", "second")).isTrue();
		assertThat(this.owners.requestCancel("r2", "x".repeat(255))).isTrue();

		assertThat(this.owners.runsOf("n1")).containsExactly(new RunOwners.OwnRun("r1", "first"),
				new RunOwners.OwnRun("r3", null));
		assertThat(this.owners.runsOf("n2")).hasSize(1);
		assertThat(this.owners.runsOf("n3")).isEmpty();
		assertThat(unfinished("r1").cancelReason()).isEqualTo("first");
	}

	@Test
	void runThatHasEndedOrNeverWasCannotBeAskedToStop() {
		NewRun run = owned("r1", "s1", "n1");
		this.repository.begin(run);
		this.owners.requestCancel("r1", "why");
		end(run);

		assertThat(this.owners.requestCancel("r1", "why")).isFalse();
		assertThat(this.owners.requestCancel("none", "why")).isFalse();
		assertThat(this.owners.runsOf("n1")).isEmpty();
	}

	@Test
	void waitingRunCanBeAskedToStop() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(rejecting("r1", "n1"));
		this.repository.begin(waiting("r2", "n1"));

		assertThat(this.owners.requestCancel("r2", "why")).isTrue();

		assertThat(this.owners.runsOf("n1")).containsExactly(new RunOwners.OwnRun("r1", null),
				new RunOwners.OwnRun("r2", "why"));
	}

	// what is unfinished

	@Test
	void unfinishedRunTellsWhoRunsIt() {
		this.owners.seen("n1", LEASE);
		NewRun run = TestRun.of("r1").user("alice").newRun().with(SessionConcurrency.MERGE, "n1");
		this.repository.begin(run);

		assertThat(unfinished("r1")).isEqualTo(new UnfinishedRun("r1", "s1", "w1", "alice", RunStatus.RUNNING,
				Instant.ofEpochMilli(1000), "n1", Instant.ofEpochMilli(column("n1", "started_at")),
				Instant.ofEpochMilli(column("n1", "seen_at")), true, null));
		assertThat(this.owners.findUnfinished("none")).isEmpty();
		this.repository.end(ended(run, RunStatus.ERROR));
		assertThat(this.owners.findUnfinished("r1")).isEmpty();
	}

	@Test
	void runWithoutANodeCountsAsAliveAndOneOfAnUnknownNodeDoesNot() {
		this.repository.begin(run("r1", "s1"));
		this.repository.begin(owned("r2", "s1", "n9"));

		assertThat(unfinished("r1")).returns(true, UnfinishedRun::ownerAlive).returns(null, UnfinishedRun::ownerNode);
		assertThat(unfinished("r2")).returns(false, UnfinishedRun::ownerAlive)
			.returns(null, UnfinishedRun::ownerStartedAt)
			.returns(null, UnfinishedRun::ownerSeenAt);
	}

	@Test
	void unfinishedRunsArePagedNewestFirst() {
		for (int i = 0; i < 7; i++) {
			this.repository.begin(TestRun.of("r" + i)
				.session("s" + i)
				.at(1000 + i / 2)
				.newRun()
				.with(SessionConcurrency.MERGE, "n1"));
		}
		end(run("r7", "s1"));

		List<UnfinishedRun> first = this.owners.unfinished(RunPage.first(4));
		List<UnfinishedRun> rest = this.owners.unfinished(RunPage.first(4).after(first.get(3).cursor()));

		assertThat(first).extracting(UnfinishedRun::runId).containsExactly("r6", "r5", "r4", "r3");
		assertThat(rest).extracting(UnfinishedRun::runId).containsExactly("r2", "r1", "r0");
	}

	@Test
	void nothingIsPartOfTheCallersTransaction() {
		this.owners.seen("n1", LEASE);
		this.repository.begin(owned("r1", "s1", "n1"));
		boolean oneWriter = SqlDialect.of(this.storage.dataSource()).hasOneWriter();

		new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()))
			.executeWithoutResult((status) -> {
				assertThat(this.owners.seen("n2", LEASE)).isFalse();
				this.owners.requestCancel("r1", "why");
				this.owners.left("n1");
				status.setRollbackOnly();
			});

		assertThat(nodes()).hasSize(1);
		assertThat(unfinished("r1").cancelReason()).isEqualTo(oneWriter ? null : "why");
		assertThat(unfinished("r1").ownerAlive()).isEqualTo(oneWriter);
	}

	@Test
	void overviewTellsTheOldestRunningRunAndTheNodesThatDiedWithRuns() {
		assertThat(this.owners.overview(Duration.ofSeconds(30))).isEqualTo(new RunOwners.Overview(null, 0, 0, 0));
		for (String node : List.of("alive", "dead", "done")) {
			this.owners.seen(node, LEASE);
		}
		this.repository.begin(owned("r1", "s1", "alive"));
		this.repository.begin(owned("r2", "s1", "dead"));
		this.repository.begin(owned("r3", "s2", "dead"));
		this.repository.begin(owned("r4", "s2", "never seen"));
		this.repository.begin(owned("r5", "s3", null));
		end(owned("r6", "s3", "done"));
		die("dead");
		die("done");
		this.jdbc.update("update buddy_workflow_run set created_at = 500 where run_id = 'r3'");
		this.jdbc.update("update buddy_workflow_run set created_at = 1, status = 'PAUSED' where run_id = 'r5'");
		this.jdbc.update("update buddy_workflow_run set created_at = 1 where run_id = 'r6'");

		assertThat(this.owners.overview(Duration.ofSeconds(30))).isEqualTo(new RunOwners.Overview(500L, 2, 3, 1));
	}

	@Test
	void parkedRunsAreFoundAmongTheNewestRuns() {
		NewRun nested = TestRun.of(id(0)).newRun();
		parked(nested, "interrupted", null);
		this.jdbc.update("update buddy_workflow_run set parent_run_id = ? where run_id = ?", id(1), id(0));
		List<String> reasons = List.of("interrupted", "step_mismatch", "step_unreadable", "input_unreadable",
				"step_interrupted", "poisoned", "session_busy", "rolled_back", "unheard of");
		for (int i = 0; i < reasons.size(); i++) {
			parked(TestRun.of(id(i + 1)).session("s2").user("alice").at(5000 + i).newRun(), reasons.get(i),
					"at x\n".repeat(2000));
		}
		this.repository.begin(owned(id(20), "s1", "n1"));
		end(owned(id(21), "s1", "n1"));
		// an imported run, whose id is not one of buddy's own
		parked(TestRun.of("fe7f0b6c-7b5f-4c39-9df5-5a4c4c7f2b11").newRun(), "interrupted", null);
		for (String error : List.of("{}", "{\"reason\":null}", "{\"message\":\"interrupted\"}")) {
			NewRun failed = TestRun.of(id(30 + error.length())).newRun();
			this.repository.begin(failed);
			this.repository.end(new RunEnd(failed, true, RunStatus.ERROR, null, error, 9000, null));
		}

		List<ParkedRun> parked = parked(200);

		assertThat(parked).extracting(ParkedRun::reason)
			.containsExactly("poisoned", "step_interrupted", "input_unreadable", "step_unreadable", "step_mismatch",
					"interrupted");
		assertThat(parked.get(0)).isEqualTo(new ParkedRun(id(6), "s2", "w1", "alice", "poisoned",
				Instant.ofEpochMilli(5005), Instant.ofEpochMilli(9000)));
		// five newer runs that are not parked, three with other reasons, and two that are
		assertThat(parked(10)).extracting(ParkedRun::reason).containsExactly("poisoned", "step_interrupted");
		assertThat(this.owners.parked(200, Instant.EPOCH, Duration.ofSeconds(30))).isEmpty();
	}

	@Test
	void parkedRunsAreFoundInOneStatementThatDoesNotGrowWithTheHistory() {
		for (int i = 0; i < 300; i++) {
			parked(TestRun.of(id(i)).newRun(), "interrupted", null);
		}
		this.storage.application().statements();

		assertThat(parked(200)).hasSize(200).first().extracting(ParkedRun::runId).isEqualTo(id(299));

		assertThat(this.storage.application().statements()).singleElement()
			.satisfies((select) -> assertThat(select.sql()).contains(" limit ?"));
	}

	/** An id like those that buddy creates, all of one millisecond. */
	private static String id(int number) {
		return RunIds.before(NOW.toEpochMilli()) + "-7000-8000-%012x".formatted(number);
	}

	private List<ParkedRun> parked(int newest) {
		return this.owners.parked(newest, NOW, Duration.ofSeconds(30));
	}

	private void parked(NewRun run, String reason, @Nullable String stackTrace) {
		this.repository.begin(run);
		String error = StorableJson.sanitize(new RunFailure("x.Y", "\"why\"", stackTrace, reason)).json();
		this.repository.end(new RunEnd(run, true, RunStatus.ERROR, null, error, 9000, null));
	}

	private void die(String node) {
		assertThat(this.jdbc.update("update buddy_node set expires_at = seen_at where node_id = ?", node)).isOne();
	}

	private long column(String node, String column) {
		return this.jdbc.queryForObject("select " + column + " from buddy_node where node_id = ?", Long.class, node);
	}

	private List<String> nodes() {
		return this.jdbc.queryForList("select node_id from buddy_node order by node_id", String.class);
	}

	private UnfinishedRun unfinished(String runId) {
		return this.owners.findUnfinished(runId).orElseThrow();
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
