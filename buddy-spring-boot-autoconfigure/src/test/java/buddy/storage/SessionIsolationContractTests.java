package buddy.storage;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.memory.MemoryOptions;
import buddy.memory.WorkflowMemory;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.session.UserRequiredException;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Who reads and writes what, in every store.
 */
public abstract class SessionIsolationContractTests {

	private static final SessionAccess ALICE = SessionAccess.ofUser("alice");

	private static final SessionAccess BOB = SessionAccess.ofUser("bob");

	private static final SessionAccess NOBODY = SessionAccess.ofUser(null);

	private static final SessionAccess ALICES_OTHER_WORKFLOW = new SessionAccess("alice", "w2");

	private WorkflowSessionRepository repository;

	private WorkflowSessions sessions;

	/** An empty store; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	@BeforeEach
	void open() {
		this.repository = emptyRepository();
		this.sessions = new DefaultWorkflowSessions(this.repository, () -> null, Clock.systemUTC());
	}

	@Test
	void anotherUserOrWorkflowNeitherWritesNorReads() {
		create("s1", "w1", "alice", 1000, 3);
		StoredSession before = this.repository.find("s1").orElseThrow();

		for (SessionAccess other : List.of(BOB, NOBODY, ALICES_OTHER_WORKFLOW, SessionAccess.ofOwner("bob"))) {
			assertThat(this.repository.rename("s1", other, "mine")).isFalse();
			assertThat(this.repository.deleteRuns("s1", other)).isZero();
			assertThat(this.repository.delete("s1", other)).isFalse();
			assertThat(this.repository.runs("s1", other, RunPage.first(10))).isEmpty();
			assertThat(this.repository.findRun("s1-r0", other)).isEmpty();
			assertThat(this.repository.find("s1", other)).isEmpty();
		}

		assertThat(this.repository.find("s1")).contains(before);
		assertThat(this.repository.findSummary("s1")).contains(before.summary());
		assertThat(this.repository.findSummary("s2")).isEmpty();
		assertThat(this.repository.runs("s1", RunPage.first(10))).hasSize(3);
		for (SessionAccess own : List.of(ALICE, new SessionAccess("alice", "w1"), SessionAccess.ofOwner("alice"))) {
			assertThat(this.repository.runs("s1", own, new RunPage(2, null))).extracting(StoredRun::runId)
				.containsExactly("s1-r2", "s1-r1");
			assertThat(this.repository.findRun("s1-r0", own)).isPresent();
			assertThat(this.repository.find("s1", own)).contains(this.repository.find("s1").orElseThrow());
			assertThat(this.repository.rename("s1", own, "mine")).isTrue();
		}
		assertThat(this.repository.deleteRuns("s1", ALICE)).isEqualTo(3);
		assertThat(this.repository.delete("s1", ALICE)).isTrue();
	}

	@Test
	void nobodysSessionIsOpenToAllButThoseWhoSeeOnlyTheirOwn() {
		create("s1", "w1", null, 1000, 1);
		SessionAccess owner = SessionAccess.ofOwner("alice");
		assertThat(this.repository.rename("s1", owner, "x")).isFalse();
		assertThat(this.repository.deleteRuns("s1", owner)).isZero();
		assertThat(this.repository.runs("s1", owner, RunPage.first(5))).isEmpty();
		assertThat(this.repository.findRun("s1-r0", owner)).isEmpty();
		assertThat(this.repository.find("s1", owner)).isEmpty();
		assertThat(this.repository.delete("s1", owner)).isFalse();

		for (SessionAccess open : List.of(ALICE, BOB, NOBODY)) {
			assertThat(this.repository.rename("s1", open, "x")).isTrue();
			assertThat(this.repository.runs("s1", open, RunPage.first(5))).hasSize(1);
			assertThat(this.repository.findRun("s1-r0", open)).isPresent();
			assertThat(this.repository.find("s1", open)).isPresent();
		}
		assertThat(this.repository.delete("s1", NOBODY)).isTrue();
	}

	@Test
	void sessionThatBecameAnothersLeaksNothingToARunThatGoesOn() {
		create("s1", "w1", "alice", 1000, 2);
		WorkflowMemory memory = new WorkflowMemory(this.repository, "s1", new SessionAccess("alice", "w1"),
				MemoryOptions.DEFAULT);
		assertThat(memory.runs()).hasSize(2);

		this.repository.delete("s1", ALICE);
		create("s1", "w1", "bob", 2000, 3);

		assertThat(memory.runs()).isEmpty();
		assertThat(memory.messages(10)).isEmpty();
		assertThat(memory.find("s1-r0")).isEmpty();
		assertThat(memory.clear()).isZero();
		assertThat(this.repository.runs("s1", BOB, RunPage.first(10))).hasSize(3);
	}

	@Test
	void viewerListsTheirOwnAndNobodysInOrderWithoutGapsAndRepeats() {
		IntStream.range(0, 30)
			.forEach((i) -> create("s" + i, "w" + i % 2, (i % 3 == 0) ? "alice" : (i % 3 == 1) ? null : "bob",
					1000 + i / 4, 0));
		List<String> expected = IntStream.range(0, 30)
			.filter((i) -> i % 3 != 2)
			.boxed()
			.sorted((left, right) -> (left / 4 != right / 4) ? right / 4 - left / 4
					: ("s" + right).compareTo("s" + left))
			.map((i) -> "s" + i)
			.toList();
		WorkflowSessions alice = this.sessions.asUser("alice");
		for (int limit : new int[] { 1, 2, 3, 5, 10, 19, 20, 21, 1000 }) {
			assertThat(list(alice, SessionQuery.all(), limit)).isEqualTo(expected);
		}
		assertThat(list(alice, SessionQuery.ofWorkflow("w1"), 3))
			.isEqualTo(expected.stream().filter((id) -> Integer.parseInt(id.substring(1)) % 2 == 1).toList());
		assertThat(list(alice, SessionQuery.all().ofUser("alice"), 3))
			.isEqualTo(expected.stream().filter((id) -> Integer.parseInt(id.substring(1)) % 3 == 0).toList());
		assertThat(list(alice, SessionQuery.ofWorkflow("w0").ofUser("alice"), 3))
			.isEqualTo(expected.stream().filter((id) -> Integer.parseInt(id.substring(1)) % 6 == 0).toList());
		assertThat(list(alice, SessionQuery.all().ofUser("bob"), 3)).isEmpty();
		assertThat(list(this.sessions, SessionQuery.all(), 3)).hasSize(10)
			.allMatch((id) -> Integer.parseInt(id.substring(1)) % 3 == 1);
		assertThat(list(this.sessions, SessionQuery.ofWorkflow("w1"), 3)).hasSize(5);
		assertThat(alice.recent(4)).extracting(SessionSummary::sessionId).isEqualTo(expected.subList(0, 4));
		assertThat(this.repository.list(SessionQuery.all().visibleTo(ALICES_OTHER_WORKFLOW), RunPage.first(5)))
			.isEmpty();
		assertThat(this.repository.list(SessionQuery.ofWorkflow("w0").visibleTo(new SessionAccess("alice", "w1")),
				RunPage.first(5)))
			.isEmpty();
	}

	@Test
	void sessionsAreFoundByAPartOfTheirNameAndEachPageLooksAtAThousand() {
		IntStream.range(0, 1200).forEach((i) -> create("s" + i, "w1", (i % 2 == 0) ? "alice" : "bob", 1000 + i, 0));
		for (int i : new int[] { 1199, 1198, 30, 20, 1 }) {
			this.repository.rename("s" + i, (i % 2 == 0) ? ALICE : BOB, "Tea with ÄDA " + i);
		}
		SessionQuery tea = SessionQuery.all().named("with äda");
		WorkflowSessions everybody = this.sessions.ofEverybody();

		Page<SessionSummary> first = everybody.list(tea, RunPage.first(10));

		assertThat(first.items()).extracting(SessionSummary::sessionId).containsExactly("s1199", "s1198");
		assertThat(first.next()).isEqualTo(new RunPage.Cursor(Instant.ofEpochMilli(1200), "s200"));
		Page<SessionSummary> second = everybody.list(tea, new RunPage(10, first.next()));
		assertThat(second.items()).extracting(SessionSummary::sessionId).containsExactly("s30", "s20", "s1");
		assertThat(second.next()).isNull();
		Page<SessionSummary> cut = everybody.list(tea, RunPage.first(1));
		assertThat(cut.items()).extracting(SessionSummary::sessionId).containsExactly("s1199");
		assertThat(everybody.list(tea, new RunPage(1, cut.next())).items()).extracting(SessionSummary::sessionId)
			.containsExactly("s1198");
		assertThat(this.sessions.asUser("alice").list(tea, RunPage.first(10)).items())
			.extracting(SessionSummary::sessionId)
			.containsExactly("s1198", "s30", "s20");
		assertThat(everybody.list(SessionQuery.all().named("coffee"), RunPage.first(10)).items()).isEmpty();
	}

	@Test
	void pageThatEndsWithTheListHasNoNextOne() {
		IntStream.range(0, 4).forEach((i) -> create("s" + i, "w1", (i % 2 == 0) ? "alice" : null, 1000, 0));
		create("s9", "w1", "bob", 900, 0);
		WorkflowSessions alice = this.sessions.asUser("alice");
		assertThat(alice.list(SessionQuery.all(), RunPage.first(4)).next()).isNull();
		assertThat(alice.list(SessionQuery.all(), RunPage.first(3)).next())
			.isEqualTo(new RunPage.Cursor(Instant.ofEpochMilli(1000), "s1"));
	}

	@Test
	void whereAUserIsRequiredNobodyIsRefusedAndSeesNothing() {
		create("s1", "w1", "alice", 1000, 1);
		create("s2", "w1", null, 1000, 1);
		WorkflowSessions strict = this.sessions.requiringUser();
		assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> strict.recent(5))
			.withMessageContaining("buddy.session.require-user");
		assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> strict.find("s2"));
		assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> strict.rename("s2", "x"));
		assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> strict.delete("s2"));
		assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> strict.findRun("s2-r0"));
		assertThat(strict.asUser("alice").recent(5)).extracting(SessionSummary::sessionId).containsExactly("s1");
		assertThat(strict.asUser("alice").find("s2")).isEmpty();
		assertThat(strict.asUser("alice").findRun("s2-r0")).isEmpty();
		assertThat(strict.asUser("alice").delete("s2")).isFalse();
		assertThat(strict.asUser(null).recent(5)).extracting(SessionSummary::sessionId).containsExactly("s2");
		assertThat(strict.asUser(null).find("s1")).isEmpty();
		WorkflowSession unowned = strict.asUser(null).exportSession("s2").withSessionId("s3");
		assertThatIllegalArgumentException().isThrownBy(() -> strict.asUser("alice").importSession(unowned))
			.withMessageContaining("nobody");
	}

	@Test
	void deletedUserLeavesNothingAndNobodyElseLosesAnything() {
		IntStream.range(0, 150).forEach((i) -> create("a" + i, "w" + i % 2, "alice", 1000 + i, i % 3));
		create("b", "w1", "bob", 1000, 2);
		create("n", "w1", null, 1000, 2);
		NewRun running = TestRun.of("running").session("a0").workflow("w0").user("alice").at(5000).newRun();
		this.repository.begin(running);

		WorkflowSessions.Deleted deleted = this.sessions.asUser("alice").deleteUser("alice");

		assertThat(deleted).isEqualTo(new WorkflowSessions.Deleted(150, 150));
		assertThat(this.repository.list(SessionQuery.all(), RunPage.first(10))).extracting(SessionSummary::sessionId)
			.containsExactly("n", "b");
		assertThat(this.repository.findRun("a2-r1")).isEmpty();
		assertThat(this.repository.findRun("running")).isEmpty();
		assertThat(this.repository.runs("b", RunPage.first(10))).hasSize(2);
		assertThat(this.repository.runs("n", RunPage.first(10))).hasSize(2);
		assertThat(this.repository.end(new RunEnd(running, true, RunStatus.COMPLETED, "{}", null, 6000, null)))
			.isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.find("a0")).isEmpty();
		assertThat(this.sessions.asUser("alice").deleteUser("alice")).isEqualTo(new WorkflowSessions.Deleted(0, 0));
	}

	@Test
	void userIsDeletedInThatUsersNameOnly() {
		create("s1", "w1", "alice", 1000, 1);
		for (WorkflowSessions other : List.of(this.sessions, this.sessions.asUser("bob"))) {
			assertThatIllegalArgumentException().isThrownBy(() -> other.deleteUser("alice"))
				.withMessageContaining("alice")
				.withMessageContaining("asUser");
		}
		assertThat(this.repository.find("s1")).isPresent();
	}

	@Test
	void runThatIsStoredAtItsEndNeverEndsInAnotherUsersSession() {
		create("s1", "w1", "alice", 1000, 1);
		NewRun run = TestRun.of("r").user("alice").at(5000).unrecorded().newRun();
		this.repository.begin(run);
		this.sessions.asUser("alice").deleteUser("alice");
		create("s1", "w1", "bob", 1000, 1);
		StoredSession bobs = this.repository.find("s1").orElseThrow();

		assertThat(this.repository.end(new RunEnd(run, false, RunStatus.COMPLETED, "{}", null, 6000, null)))
			.isEqualTo(EndOutcome.GONE);

		assertThat(this.repository.find("s1")).contains(bobs);
		List<WorkflowRun> runs = this.sessions.asUser("bob").runs("s1", RunPage.first(5)).items();
		assertThat(runs).hasSize(1);
	}

	private List<String> list(WorkflowSessions view, SessionQuery query, int limit) {
		List<String> ids = new java.util.ArrayList<>();
		RunPage page = RunPage.first(limit);
		while (true) {
			Page<SessionSummary> found = view.list(query, page);
			found.items().forEach((session) -> ids.add(session.sessionId()));
			if (found.next() == null) {
				return ids;
			}
			assertThat(found.items()).hasSize(limit);
			page = page.after(found.next());
		}
	}

	private void create(String sessionId, String workflowId, String userId, long usedAt, int runs) {
		this.repository.create(
				new StoredSession(sessionId, workflowId, userId, null, null, null, "{}", null, null, 1000, usedAt, 0),
				IntStream.range(0, runs)
					.mapToObj((i) -> TestRun.of(sessionId + "-r" + i)
						.session(sessionId)
						.workflow(workflowId)
						.user(userId)
						.at(1000 + i)
						.stored(RunStatus.COMPLETED)
						.response("{}")
						.endedAt(1001L + i)
						.build())
					.toList());
	}

}
