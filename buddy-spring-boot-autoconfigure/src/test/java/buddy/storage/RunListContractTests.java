package buddy.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.SessionConcurrency;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which runs every store lists, and what it does with idempotency keys.
 */
public abstract class RunListContractTests {

	private WorkflowSessionRepository repository;

	/** An empty store; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	@BeforeEach
	void open() {
		this.repository = emptyRepository();
	}

	@Test
	void runsAreListedNewestFirst() {
		begin("r1", "s1", "w1", "alice", 1000);
		begin("r3", "s2", "w2", "bob", 2000);
		begin("r2", "s1", "w1", "alice", 2000);
		begin("r4", "s3", "w1", null, 3000);
		assertThat(ids(RunQuery.all())).containsExactly("r4", "r3", "r2", "r1");
		RunSummary first = this.repository.listRuns(RunQuery.all(), RunPage.first(1)).get(0);
		assertThat(first).isEqualTo(
				new RunSummary("r4", "s3", "w1", null, null, RunStatus.RUNNING, Instant.ofEpochMilli(3000), null));
	}

	@Test
	void eachFilterNarrows() {
		begin("r1", "s1", "w1", "alice", 1000);
		complete("r2", "s1", "w1", "alice", 2000);
		begin("r3", "s2", "w2", "alice", 3000);
		begin("r4", "s3", "w1", "bob", 4000);
		assertThat(ids(RunQuery.all().ofWorkflow("w1"))).containsExactly("r4", "r2", "r1");
		assertThat(ids(RunQuery.all().ofSession("s1"))).containsExactly("r2", "r1");
		assertThat(ids(RunQuery.all().ofUser("alice"))).containsExactly("r3", "r2", "r1");
		assertThat(ids(RunQuery.all().withStatus(Set.of(RunStatus.COMPLETED)))).containsExactly("r2");
		assertThat(ids(RunQuery.all().withStatus(Set.of(RunStatus.RUNNING, RunStatus.COMPLETED)))).hasSize(4);
		assertThat(ids(RunQuery.all().begun(Instant.ofEpochMilli(2000), Instant.ofEpochMilli(4000))))
			.containsExactly("r3", "r2");
		assertThat(ids(RunQuery.all().begun(null, Instant.ofEpochMilli(1001)))).containsExactly("r1");
		assertThat(ids(RunQuery.all()
			.ofWorkflow("w1")
			.ofUser("alice")
			.ofSession("s1")
			.withStatus(Set.of(RunStatus.RUNNING))
			.begun(Instant.EPOCH, Instant.ofEpochMilli(5000)))).containsExactly("r1");
		assertThat(this.repository.listRuns(RunQuery.all().withStatus(Set.of(RunStatus.COMPLETED)), RunPage.first(1)))
			.singleElement()
			.satisfies((run) -> assertThat(run.endedAt()).isEqualTo(Instant.ofEpochMilli(2005)));
	}

	@Test
	void limitsBetweenMillisecondsAndFarAwayOnesAreExact() {
		begin("r1", "s1", "w1", "alice", 1000);
		begin("r2", "s1", "w1", "alice", 1001);
		Instant between = Instant.ofEpochMilli(1000).plusNanos(1);
		assertThat(ids(RunQuery.all().begun(between, null))).containsExactly("r2");
		assertThat(ids(RunQuery.all().begun(null, between))).containsExactly("r1");
		assertThat(ids(RunQuery.all().begun(Instant.MIN, Instant.MAX))).containsExactly("r2", "r1");
		assertThat(ids(RunQuery.all().begun(Instant.MAX, null))).isEmpty();
	}

	@Test
	void viewerSeesRunsOfOpenSessionsAlone() {
		begin("r1", "s1", "w1", "alice", 1000);
		begin("r2", "s2", "w1", "bob", 2000);
		begin("r3", "s3", "w1", null, 3000);
		begin("r4", "s4", "w2", "alice", 4000);
		assertThat(ids(RunQuery.all().visibleTo(SessionAccess.ofUser("alice")))).containsExactly("r4", "r3", "r1");
		assertThat(ids(RunQuery.all().visibleTo(SessionAccess.ofOwner("alice")))).containsExactly("r4", "r1");
		assertThat(ids(RunQuery.all().visibleTo(SessionAccess.ofUser(null)))).containsExactly("r3");
		assertThat(ids(RunQuery.all().visibleTo(new SessionAccess("alice", "w2")))).containsExactly("r4");
		assertThat(ids(RunQuery.all().visibleTo(new SessionAccess(null, null, false)))).isEmpty();
		assertThat(ids(RunQuery.all().ofUser("bob").visibleTo(SessionAccess.ofUser("alice")))).isEmpty();
		assertThat(ids(RunQuery.all().ofSession("s2").visibleTo(SessionAccess.ofUser("alice")))).isEmpty();
		assertThat(ids(RunQuery.all().ofUser("x' or '1'='1").visibleTo(SessionAccess.ofUser("alice")))).isEmpty();
	}

	@Test
	void nobodysRunsInASessionThatWasTakenOverAreItsUsers() {
		begin("r1", "s1", "w1", null, 1000);
		begin("r2", "s1", "w1", "alice", 2000);
		assertThat(ids(RunQuery.all().visibleTo(SessionAccess.ofUser("alice")))).containsExactly("r2", "r1");
		assertThat(ids(RunQuery.all().visibleTo(SessionAccess.ofUser("bob")))).isEmpty();
	}

	@Test
	void pagesNeitherRepeatNorLeaveOut() {
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 25; i++) {
			String id = "r%02d".formatted(i);
			begin(id, "s" + i % 3, "w1", "alice", 1000 + i / 4);
			expected.add(0, id);
		}
		RunQuery query = RunQuery.all().visibleTo(SessionAccess.ofUser("alice"));
		assertThat(pages(query, 4)).extracting(RunSummary::runId).isEqualTo(expected);
	}

	/** A store may find runs by their ids, which tell their time, as long as they do. */
	@Test
	void idsThatTellAnotherTimeChangeNothing() {
		long noon = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
		Random random = new Random(7);
		List<RunSummary> all = new ArrayList<>();
		for (int i = 0; i < 80; i++) {
			long at = noon + random.nextInt(40_000);
			long off = (i % 4 == 0) ? 15_000 - random.nextInt(30_000) : random.nextInt(20) - 10;
			String id = (i % 10 == 0) ? "%x-any".formatted(i)
					: RunIds.before(at + off) + "-7000-8000-%012d".formatted(i);
			String workflow = (i % 9 == 0) ? "rare" : "w1";
			complete(id, "s" + workflow, workflow, "alice", at);
			all.add(new RunSummary(id, "s" + workflow, workflow, "alice", null, RunStatus.COMPLETED,
					Instant.ofEpochMilli(at), Instant.ofEpochMilli(at + 5)));
		}
		all.sort(Comparator.comparing(RunSummary::createdAt).thenComparing(RunSummary::runId).reversed());
		Instant from = Instant.ofEpochMilli(noon + 9_000);
		Instant to = Instant.ofEpochMilli(noon + 21_000);

		for (int limit : new int[] { 1, 7, 100 }) {
			assertThat(pages(RunQuery.all(), limit)).isEqualTo(all);
			assertThat(pages(RunQuery.all().ofWorkflow("rare"), limit))
				.isEqualTo(all.stream().filter((run) -> run.workflowId().equals("rare")).toList());
			assertThat(pages(RunQuery.all().begun(from, to), limit)).isEqualTo(all.stream()
				.filter((run) -> !run.createdAt().isBefore(from) && run.createdAt().isBefore(to))
				.toList());
		}
	}

	@Test
	void secondRunWithAKeyIsRefusedAndNothingOfItIsStored() {
		IdempotencyKey key = key("k", "one");
		this.repository.begin(run("r1", "s1", "w1", "alice", 1000).withIdempotencyKey(key));
		assertThatExceptionOfType(IdempotencyKeyUsedException.class)
			.isThrownBy(() -> this.repository.begin(run("r2", "s2", "w1", "alice", 2000).withIdempotencyKey(key)))
			.satisfies((used) -> {
				assertThat(used.runId()).isEqualTo("r1");
				assertThat(used.sameRequest()).isTrue();
			});
		assertThatExceptionOfType(IdempotencyKeyUsedException.class)
			.isThrownBy(() -> this.repository
				.begin(run("r2", "s2", "w1", "alice", 2000).withIdempotencyKey(key("k", "another"))))
			.satisfies((used) -> assertThat(used.sameRequest()).isFalse());
		assertThat(this.repository.find("s2")).isEmpty();
		assertThat(ids(RunQuery.all())).containsExactly("r1");
	}

	@Test
	void exclusiveRunsAndThoseOnlyStoredAtTheirEndHaveKeysToo() {
		IdempotencyKey key = key("k", "one");
		NewRun reject = run("r1", "s1", "w1", "alice", 1000).with(SessionConcurrency.REJECT, null);
		this.repository.begin(reject.withIdempotencyKey(key));
		assertThatExceptionOfType(IdempotencyKeyUsedException.class).isThrownBy(() -> this.repository
			.begin(run("r2", "s2", "w1", "alice", 2000).with(SessionConcurrency.WAIT, null).withIdempotencyKey(key)));
		NewRun late = TestRun.of("r3")
			.session("s3")
			.user("alice")
			.unrecorded()
			.newRun()
			.withIdempotencyKey(key("late", "one"));
		assertThat(this.repository.begin(late).recorded()).isTrue();
	}

	@Test
	void keyIsFreeAgainWhenItsRunIsGone() {
		IdempotencyKey key = key("k", "one");
		this.repository.begin(run("r1", "s1", "w1", "alice", 1000).withIdempotencyKey(key));
		this.repository.delete("s1", SessionAccess.ofUser("alice"));
		this.repository.begin(run("r2", "s1", "w1", "alice", 2000).withIdempotencyKey(key));
		assertThat(ids(RunQuery.all())).containsExactly("r2");
	}

	@Test
	void keysAreApartByWorkflowUserAndText() {
		Set<String> keys = Set.of(keyOf("w", "u", "k"), keyOf("w", null, "k"), keyOf("w", "uk", ""),
				keyOf("wu", "", "k"), keyOf("w", "", "uk"));
		assertThat(keys).hasSize(5).allSatisfy((key) -> assertThat(key).matches("[0-9a-f]{64}"));
	}

	private static IdempotencyKey key(String text, String request) {
		return IdempotencyKey.of(TestRun.of("any").user("alice").key(), text, request);
	}

	private static String keyOf(String workflowId, String userId, String text) {
		return IdempotencyKey.of(TestRun.of("any").workflow(workflowId).user(userId).key(), text, "").key();
	}

	private List<String> ids(RunQuery query) {
		return this.repository.listRuns(query, RunPage.first(100)).stream().map(RunSummary::runId).toList();
	}

	private List<RunSummary> pages(RunQuery query, int limit) {
		List<RunSummary> seen = new ArrayList<>();
		RunPage page = RunPage.first(limit);
		List<RunSummary> found = this.repository.listRuns(query, page);
		while (!found.isEmpty()) {
			seen.addAll(found);
			page = page.after(found.get(found.size() - 1).cursor());
			found = this.repository.listRuns(query, page);
		}
		return seen;
	}

	private void begin(String runId, String sessionId, String workflowId, String userId, long at) {
		this.repository.begin(run(runId, sessionId, workflowId, userId, at));
	}

	private void complete(String runId, String sessionId, String workflowId, String userId, long at) {
		NewRun run = run(runId, sessionId, workflowId, userId, at);
		this.repository.begin(run);
		this.repository.end(new RunEnd(run, true, RunStatus.COMPLETED, "{\"content\":\"x\"}", null, at + 5, null));
	}

	private static NewRun run(String runId, String sessionId, String workflowId, String userId, long at) {
		return TestRun.of(runId)
			.session(sessionId)
			.workflow(workflowId)
			.user(userId)
			.at(at)
			.newRun(new SessionSeed(null, "{}", null))
			.input("{\"a\":1}")
			.build();
	}

}
