package buddy.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.json.internal.Json;
import buddy.run.RunStatus;
import buddy.session.Ids;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionExistsException;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.session.SessionWorkflowMismatchException;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What every store of sessions and runs does.
 */
public abstract class WorkflowSessionRepositoryContractTests {

	private static final int THREADS = 16;

	private static final SessionAccess ALICE = SessionAccess.ofUser("alice");

	private WorkflowSessionRepository repository;

	/** An empty store; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	@BeforeEach
	void open() {
		this.repository = emptyRepository();
	}

	// begin

	@Test
	void beginCreatesTheSessionAndStoresTheRunAsRunning() {
		NewRun run = TestRun.of("r1")
			.user("alice")
			.newRun(new SessionSeed("A name", "{\"name\":\"W\"}", "{\"extra\":1}"))
			.parentRunId("parent")
			.input("{\"topic\":\"fusion\"}")
			.build();

		OpenedSession opened = this.repository.begin(run);

		assertThat(opened.recorded()).isTrue();
		StoredSession session = session("s1");
		assertThat(opened.session()).isEqualTo(run.newSession());
		assertThat(session.userId()).isEqualTo("alice");
		assertThat(session.workflowId()).isEqualTo("w1");
		assertThat(session.sessionName()).isEqualTo("A name");
		assertThat(session.state()).isNull();
		assertSameJson(session.workflowData(), "{\"name\":\"W\"}");
		assertSameJson(session.extraData(), "{\"extra\":1}");
		assertThat(session.createdAt()).isEqualTo(1000);
		assertThat(session.updatedAt()).isEqualTo(1000);
		assertThat(session.version()).isZero();
		StoredRun stored = run("r1");
		assertSameJson(stored.input(), "{\"topic\":\"fusion\"}");
		assertThat(stored).isEqualTo(TestRun.of("r1")
			.user("alice")
			.stored(RunStatus.RUNNING)
			.parentRunId("parent")
			.input(stored.input())
			.build());
	}

	@Test
	void beginOpensASessionThatExists() {
		complete(run("r1", "s1", "alice", 1000), "{\"count\":1}", 0);

		OpenedSession opened = this.repository.begin(run("r2", "s1", "alice", 2000));

		assertSameJson(opened.session().state(), "{\"count\":1}");
		assertThat(opened.session().version()).isEqualTo(1);
		assertThat(opened.session().createdAt()).isEqualTo(1000);
		assertThat(session("s1").createdAt()).isEqualTo(1000);
		assertThat(runIds("s1")).containsExactly("r2", "r1");
	}

	@Test
	void beginOfAnotherUserFindsNoSessionAndWritesNothing() {
		this.repository.begin(run("r1", "s1", "alice", 1000));
		StoredSession before = session("s1");

		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.begin(run("r2", "s1", "bob", 2000)));
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.begin(run("r3", "s1", null, 2000)));
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.begin(unrecorded("r4", "s1", "bob", 2000)));

		assertThat(session("s1")).isEqualTo(before);
		assertThat(runIds("s1")).containsExactly("r1");
	}

	@Test
	void beginOfAnotherWorkflowNamesTheOwnerAndWritesNothing() {
		this.repository.begin(run("r1", "s1", "alice", 1000));

		assertThatExceptionOfType(SessionWorkflowMismatchException.class)
			.isThrownBy(() -> this.repository.begin(runOf("w2", "r2", "s1", "alice")))
			.withMessageContaining("w1");

		assertThat(runIds("s1")).containsExactly("r1");
	}

	@Test
	void beginOfAnotherUserAndWorkflowDoesNotNameTheOwner() {
		this.repository.begin(run("r1", "s1", "alice", 1000));

		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.begin(runOf("w2", "r2", "s1", "bob")));
	}

	@Test
	void firstRunWithAUserTakesANobodysSessionOver() {
		this.repository.begin(run("r1", "s1", null, 1000));
		assertThat(session("s1").userId()).isNull();

		OpenedSession opened = this.repository.begin(run("r2", "s1", "alice", 2000));

		assertThat(opened.session().userId()).isEqualTo("alice");
		assertThat(session("s1").userId()).isEqualTo("alice");
		assertThat(session("s1").version()).isZero();
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> this.repository.begin(run("r3", "s1", null, 3000)));
	}

	@Test
	void beginRefusesARunIdThatIsTaken() {
		complete(run("r1", "s1", "alice", 1000), "{\"count\":1}", 0);

		assertThatThrownBy(() -> this.repository.begin(run("r1", "s1", "alice", 2000)))
			.isInstanceOf(RuntimeException.class);
		assertThatThrownBy(() -> this.repository.begin(run("r1", "s2", "alice", 2000)))
			.isInstanceOf(RuntimeException.class);

		assertThat(run("r1").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.repository.find("s2")).isEmpty();
	}

	@Test
	void idsOfFullLengthAndAnyAllowedCharacterAreKept() {
		String sessionId = "aZ09._:@-" + "x".repeat(Ids.MAX_SESSION_ID - 9);
		String workflowId = "w".repeat(Ids.MAX_SESSION_ID);
		for (String userId : List.of("auth0|42", "a+b@x", "Zoë 😀 O'Neil \\ \"%_", "u".repeat(Ids.MAX_USER_ID))) {
			String id = sessionId.substring(0, 126) + userId.length() % 100;
			this.repository
				.begin(TestRun.of("0199-" + userId.length()).session(id).workflow(workflowId).user(userId).newRun());

			assertThat(session(id).userId()).isEqualTo(userId);
			assertThat(session(id).workflowId()).isEqualTo(workflowId);
			assertThat(this.repository.list(SessionQuery.all().ofUser(userId), RunPage.first(10)))
				.extracting(SessionSummary::sessionId)
				.containsExactly(id);
		}
	}

	@Test
	void idsThatDifferInCaseOrTrailingSpaceAreDifferent() {
		this.repository.begin(run("r1", "A", "alice", 1000));
		this.repository.begin(run("r2", "a", "Alice", 1000));
		this.repository.begin(run("r3", "b", "alice ", 1000));
		this.repository.begin(run("R3", "c", "bob", 1000));

		assertThat(session("A").userId()).isEqualTo("alice");
		assertThat(session("a").userId()).isEqualTo("Alice");
		assertThat(this.repository.list(SessionQuery.all().ofUser("alice"), RunPage.first(10)))
			.extracting(SessionSummary::sessionId)
			.containsExactly("A");
		assertThat(run("r3").sessionId()).isEqualTo("b");
		assertThat(run("R3").sessionId()).isEqualTo("c");
	}

	// end

	@Test
	void endStoresTheRunAndTheChangedState() {
		NewRun run = run("r1", "s1", "alice", 1000);
		this.repository.begin(run);

		EndOutcome outcome = this.repository
			.end(new RunEnd(run, true, RunStatus.COMPLETED, "{\"content\":\"x\"}", null, 1500, change("{\"a\":1}", 0)));

		assertThat(outcome).isEqualTo(EndOutcome.STORED);
		StoredSession session = session("s1");
		assertSameJson(session.state(), "{\"a\":1}");
		assertThat(session.version()).isEqualTo(1);
		assertThat(session.createdAt()).isEqualTo(1000);
		assertThat(session.updatedAt()).isEqualTo(1500);
		StoredRun stored = run("r1");
		assertThat(stored.status()).isEqualTo(RunStatus.COMPLETED);
		assertSameJson(stored.response(), "{\"content\":\"x\"}");
		assertThat(stored.error()).isNull();
		assertThat(stored.createdAt()).isEqualTo(1000);
		assertThat(stored.endedAt()).isEqualTo(1500);
	}

	@Test
	void endWithoutAChangeTouchesTheSessionOnly() {
		complete(run("r1", "s1", "alice", 1000), "{\"a\":1}", 0);
		NewRun run = run("r2", "s1", "alice", 2000);
		this.repository.begin(run);

		assertThat(this.repository.end(ended(run, RunStatus.ERROR, 2500))).isEqualTo(EndOutcome.STORED);

		assertThat(session("s1").version()).isEqualTo(1);
		assertSameJson(session("s1").state(), "{\"a\":1}");
		assertThat(session("s1").updatedAt()).isEqualTo(2500);
		assertThat(run("r2").status()).isEqualTo(RunStatus.ERROR);
		assertSameJson(run("r2").error(), "{\"message\":\"why\"}");
	}

	@Test
	void timeOfLastUseNeverGoesBack() {
		NewRun late = run("r1", "s1", null, 1000);
		NewRun early = run("r2", "s1", null, 1000);
		this.repository.begin(late);
		this.repository.begin(early);

		this.repository.end(ended(late, RunStatus.COMPLETED, 9000));
		this.repository.end(ended(early, RunStatus.COMPLETED, 2000));

		assertThat(session("s1").updatedAt()).isEqualTo(9000);
	}

	@Test
	void endThatMissesTheVersionStoresNothingUntilItIsMerged() {
		NewRun mine = run("r1", "s1", null, 1000);
		this.repository.begin(mine);
		complete(run("r2", "s1", null, 1100), "{\"theirs\":1}", 0);
		RunEnd end = new RunEnd(mine, true, RunStatus.COMPLETED, "{}", null, 2000, change("{\"mine\":1}", 0));

		assertThat(this.repository.end(end)).isEqualTo(EndOutcome.VERSION_MISSED);
		assertThat(run("r1").status()).isEqualTo(RunStatus.RUNNING);
		assertSameJson(session("s1").state(), "{\"theirs\":1}");

		RunEnd merged = end.withState(change("{\"theirs\":1,\"mine\":1}", session("s1").version()));
		assertThat(this.repository.end(merged)).isEqualTo(EndOutcome.STORED);
		assertSameJson(session("s1").state(), "{\"theirs\":1,\"mine\":1}");
		assertThat(session("s1").version()).isEqualTo(2);
	}

	@Test
	void endOfAnEndedRunIsGoneAndChangesNothing() {
		NewRun run = run("r1", "s1", null, 1000);
		complete(run, "{\"a\":1}", 0);

		assertThat(this.repository
			.end(new RunEnd(run, true, RunStatus.COMPLETED, null, null, 3000, change("{\"a\":2}", 1))))
			.isEqualTo(EndOutcome.GONE);
		assertThat(this.repository
			.end(new RunEnd(run, true, RunStatus.COMPLETED, null, null, 3000, change("{\"a\":2}", 7))))
			.isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.end(ended(run, RunStatus.CANCELLED, 4000))).isEqualTo(EndOutcome.GONE);

		assertThat(run("r1").status()).isEqualTo(RunStatus.COMPLETED);
		assertSameJson(session("s1").state(), "{\"a\":1}");
		assertThat(session("s1").updatedAt()).isEqualTo(1001);
	}

	@Test
	void endOfADeletedSessionIsGone() {
		NewRun run = run("r1", "s1", null, 1000);
		this.repository.begin(run);
		this.repository.delete("s1", ALICE);

		assertThat(this.repository.end(ended(run, RunStatus.COMPLETED, 2000))).isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.end(new RunEnd(run, true, RunStatus.COMPLETED, null, null, 2000, change("{}", 0))))
			.isEqualTo(EndOutcome.GONE);

		assertThat(this.repository.find("s1")).isEmpty();
		assertThat(this.repository.findRun("r1")).isEmpty();
	}

	// runs that are stored at their end

	@Test
	void beginOfAnUnrecordedRunWritesNothing() {
		OpenedSession opened = this.repository.begin(unrecorded("r1", "s1", "alice", 1000));

		assertThat(opened.recorded()).isFalse();
		assertThat(opened.session().userId()).isEqualTo("alice");
		assertThat(this.repository.find("s1")).isEmpty();
		assertThat(this.repository.findRun("r1")).isEmpty();
	}

	@Test
	void endOfAnUnrecordedRunCreatesItsSession() {
		NewRun changing = unrecorded("r1", "s1", "alice", 1000);
		NewRun silent = unrecorded("r2", "s2", "alice", 1000);
		this.repository.begin(changing);
		this.repository.begin(silent);

		assertThat(this.repository.end(unrecordedEnd(changing, 1500, change("{\"a\":1}", 0))))
			.isEqualTo(EndOutcome.STORED);
		assertThat(this.repository.end(unrecordedEnd(silent, 1500, null))).isEqualTo(EndOutcome.STORED);

		assertSameJson(session("s1").state(), "{\"a\":1}");
		assertThat(session("s1").version()).isEqualTo(1);
		assertThat(session("s1").createdAt()).isEqualTo(1000);
		assertThat(session("s1").updatedAt()).isEqualTo(1500);
		assertThat(session("s2").state()).isNull();
		assertThat(session("s2").version()).isZero();
		assertThat(run("r1").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(run("r1").createdAt()).isEqualTo(1000);
		assertThat(run("r1").endedAt()).isEqualTo(1500);
		assertSameJson(run("r1").input(), "{}");
	}

	@Test
	void endOfAnUnrecordedRunUsesASessionThatExists() {
		complete(run("r1", "s1", null, 1000), "{\"a\":1}", 0);
		NewRun run = unrecorded("r2", "s1", "alice", 2000);
		OpenedSession opened = this.repository.begin(run);
		assertThat(opened.session().userId()).isEqualTo("alice");
		assertThat(session("s1").userId()).isNull();

		assertThat(this.repository.end(unrecordedEnd(run, 2500, change("{\"a\":2}", 0))))
			.isEqualTo(EndOutcome.VERSION_MISSED);
		assertThat(this.repository.findRun("r2")).isEmpty();
		assertThat(this.repository.end(unrecordedEnd(run, 2500, change("{\"a\":2}", 1)))).isEqualTo(EndOutcome.STORED);

		assertThat(session("s1").userId()).isEqualTo("alice");
		assertThat(session("s1").version()).isEqualTo(2);
		assertSameJson(session("s1").state(), "{\"a\":2}");
		assertThat(session("s1").createdAt()).isEqualTo(1000);
		assertThat(runIds("s1")).containsExactly("r2", "r1");
	}

	@Test
	void endOfAnUnrecordedRunLeavesASessionThatAnotherUserCreatedMeanwhile() {
		NewRun run = unrecorded("r1", "s1", "alice", 1000);
		this.repository.begin(run);
		this.repository.begin(run("r2", "s1", "bob", 1001));
		StoredSession bobs = session("s1");

		assertThat(this.repository.end(unrecordedEnd(run, 1500, null))).isEqualTo(EndOutcome.GONE);
		assertThat(this.repository.end(unrecordedEnd(run, 1500, change("{\"a\":1}", 0)))).isEqualTo(EndOutcome.GONE);

		assertThat(session("s1")).isEqualTo(bobs);
		assertThat(this.repository.findRun("r1")).isEmpty();
	}

	@Test
	void endOfAnUnrecordedRunDoesNotBringADeletedStateBack() {
		complete(run("r1", "s1", null, 1000), "{\"a\":1}", 0);
		NewRun run = unrecorded("r2", "s1", null, 2000);
		this.repository.begin(run);
		this.repository.delete("s1", ALICE);

		assertThat(this.repository.end(unrecordedEnd(run, 2500, change("{\"a\":2}", 1)))).isEqualTo(EndOutcome.GONE);

		assertThat(this.repository.find("s1")).isEmpty();
	}

	@Test
	void unrecordedRunEndsOnce() {
		NewRun run = unrecorded("r1", "s1", null, 1000);
		this.repository.begin(run);
		this.repository.end(unrecordedEnd(run, 1500, change("{\"a\":1}", 0)));

		assertThat(this.repository.end(unrecordedEnd(run, 2500, change("{\"a\":2}", 1)))).isEqualTo(EndOutcome.GONE);

		assertSameJson(session("s1").state(), "{\"a\":1}");
		assertThat(session("s1").updatedAt()).isEqualTo(1500);
	}

	// what is asked

	@Test
	void whatIsNotThereIsNotFound() {
		assertThat(this.repository.find("none")).isEmpty();
		assertThat(this.repository.findRun("none")).isEmpty();
		assertThat(this.repository.runs("none", RunPage.first(10))).isEmpty();
		assertThat(this.repository.list(SessionQuery.all(), RunPage.first(10))).isEmpty();
		assertThat(this.repository.rename("none", ALICE, "x")).isFalse();
		assertThat(this.repository.delete("none", ALICE)).isFalse();
		assertThat(this.repository.deleteRuns("none", ALICE)).isZero();
	}

	@Test
	void runsArePagedNewestFirstWithoutGapsAndRepeats() {
		List<StoredRun> runs = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			// five runs in each millisecond, their ids against the order of creation
			runs.add(endedRun("run-" + (char) ('z' - i % 26) + i, "s1", 1000 + i / 5));
		}
		this.repository.create(session("s1", "alice", 1000), runs);
		this.repository.create(session("s2", "alice", 1000), List.of(endedRun("other", "s2", 1005)));

		List<StoredRun> paged = pages(7, (page) -> this.repository.runs("s1", page),
				(run) -> new RunPage.Cursor(Instant.ofEpochMilli(run.createdAt()), run.runId()));

		assertThat(paged).hasSize(50).doesNotHaveDuplicates();
		assertThat(paged).isSortedAccordingTo((left, right) -> (left.createdAt() != right.createdAt())
				? Long.compare(right.createdAt(), left.createdAt()) : right.runId().compareTo(left.runId()));
		assertThat(this.repository.runs("s1", RunPage.first(3))).extracting(StoredRun::runId)
			.isEqualTo(paged.stream().limit(3).map(StoredRun::runId).toList());
	}

	@Test
	void sessionsArePagedLastUsedFirstInTheOrderOfTheirBytes() {
		List<String> ids = List.of("a", "B", "b", "_", "-", ".", "a-1", "a_1", "A", "a1", "10", "9", ":", "@");
		ids.forEach((id) -> this.repository.create(session(id, "alice", 1000), List.of()));

		List<SessionSummary> paged = pages(3, (page) -> this.repository.list(SessionQuery.all(), page),
				SessionSummary::cursor);

		List<String> expected = new ArrayList<>(ids);
		expected.sort(Collections.reverseOrder());
		assertThat(paged).extracting(SessionSummary::sessionId).isEqualTo(expected);
	}

	@Test
	void sessionsAreListedByWorkflowAndUser() {
		this.repository.begin(runOf("w1", "r1", "s1", "alice"));
		this.repository.begin(runOf("w1", "r2", "s2", "bob"));
		this.repository.begin(runOf("w2", "r3", "s3", "alice"));
		this.repository.begin(runOf("w2", "r4", "s4", null));

		assertThat(ids(SessionQuery.all())).containsExactly("s4", "s3", "s2", "s1");
		assertThat(ids(SessionQuery.ofWorkflow("w1"))).containsExactly("s2", "s1");
		assertThat(ids(SessionQuery.all().ofUser("alice"))).containsExactly("s3", "s1");
		assertThat(ids(SessionQuery.ofWorkflow("w2").ofUser("alice"))).containsExactly("s3");
		assertThat(ids(SessionQuery.ofWorkflow("W1"))).isEmpty();
	}

	@Test
	void lastUsedSessionComesFirst() {
		NewRun first = run("r1", "s1", null, 1000);
		this.repository.begin(first);
		this.repository.begin(run("r2", "s2", null, 2000));
		this.repository.end(ended(first, RunStatus.COMPLETED, 3000));

		assertThat(ids(SessionQuery.all())).containsExactly("s1", "s2");
	}

	// administration

	@Test
	void createStoresASessionWholeWithItsRuns() {
		StoredSession session = new StoredSession("s1", "w1", "alice", "Name", "{\"a\":1}", "{\"images\":[]}",
				"{\"name\":\"W\"}", "{\"e\":1}", "{\"more\":true}", 1000, 2000, 7);
		StoredRun run = TestRun.of("r1")
			.user("alice")
			.at(1100)
			.stored(RunStatus.ERROR)
			.input(null)
			.response("{\"content\":1}")
			.error("{\"message\":\"why\"}")
			.endedAt(1200L)
			.build();

		this.repository.create(session, List.of(run, endedRun("r2", "s1", 1300)));

		StoredSession stored = session("s1");
		assertThat(stored.sessionName()).isEqualTo("Name");
		assertThat(stored.version()).isEqualTo(7);
		assertThat(stored.updatedAt()).isEqualTo(2000);
		assertSameJson(stored.state(), "{\"a\":1}");
		assertSameJson(stored.media(), "{\"images\":[]}");
		assertSameJson(stored.additional(), "{\"more\":true}");
		assertThat(run("r1").input()).isNull();
		assertThat(run("r1").status()).isEqualTo(RunStatus.ERROR);
		assertThat(runIds("s1")).containsExactly("r2", "r1");
	}

	@Test
	void createRefusesATakenSessionIdAndWritesNothing() {
		this.repository.begin(run("r1", "s1", "alice", 1000));
		StoredSession before = session("s1");

		assertThatExceptionOfType(SessionExistsException.class)
			.isThrownBy(() -> this.repository.create(session("s1", "bob", 5000), List.of(endedRun("r2", "s1", 5000))))
			.withMessageContaining("s1");

		assertThat(session("s1")).isEqualTo(before);
		assertThat(this.repository.findRun("r2")).isEmpty();
	}

	@Test
	void createRefusesATakenRunIdAndWritesNothing() {
		this.repository.begin(run("r1", "s1", "alice", 1000));

		assertThatExceptionOfType(SessionExistsException.class).isThrownBy(() -> this.repository
			.create(session("s2", "bob", 5000), List.of(endedRun("r0", "s2", 5000), endedRun("r1", "s2", 5000))));

		assertThat(this.repository.find("s2")).isEmpty();
		assertThat(this.repository.findRun("r0")).isEmpty();
		assertThat(run("r1").sessionId()).isEqualTo("s1");
	}

	@Test
	void renameChangesNothingButTheName() {
		complete(run("r1", "s1", "alice", 1000), "{\"a\":1}", 0);
		StoredSession before = session("s1");

		assertThat(this.repository.rename("s1", ALICE, "Zoë's 😀 session")).isTrue();
		assertThat(session("s1").sessionName()).isEqualTo("Zoë's 😀 session");
		assertThat(this.repository.rename("s1", ALICE, "Zoë's 😀 session")).isTrue();
		assertThat(this.repository.rename("s1", ALICE, null)).isTrue();

		assertThat(session("s1")).isEqualTo(before);
	}

	@Test
	void deleteRemovesTheSessionWithItsRunsOnly() {
		this.repository.begin(run("r1", "s1", "alice", 1000));
		this.repository.begin(run("r2", "s2", "alice", 1000));

		assertThat(this.repository.delete("s1", ALICE)).isTrue();

		assertThat(this.repository.find("s1")).isEmpty();
		assertThat(this.repository.findRun("r1")).isEmpty();
		assertThat(this.repository.find("s2")).isPresent();
		assertThat(this.repository.findRun("r2")).isPresent();
		assertThat(this.repository.delete("s1", ALICE)).isFalse();
	}

	@Test
	void deleteRunsKeepsTheSessionAndTheRunInProgress() {
		complete(run("r1", "s1", "alice", 1000), "{\"a\":1}", 0);
		NewRun failed = run("r2", "s1", "alice", 1100);
		this.repository.begin(failed);
		this.repository.end(ended(failed, RunStatus.ERROR, 1200));
		this.repository.begin(run("r3", "s1", "alice", 1300));
		this.repository.begin(run("r4", "s2", "alice", 1300));

		assertThat(this.repository.deleteRuns("s1", ALICE)).isEqualTo(2);

		assertThat(runIds("s1")).containsExactly("r3");
		assertThat(runIds("s2")).containsExactly("r4");
		assertSameJson(session("s1").state(), "{\"a\":1}");
		assertThat(session("s1").version()).isEqualTo(1);
	}

	// JSON

	@Test
	void jsonIsKeptWhateverItHolds() {
		for (String json : List.of("{}", "{\"text\":\"Zoë 😀 \\u0001 \\n \\\" \\\\ ' ? : ; -- %s ${x} 日本\"}",
				"{\"\":1,\" a b \":{\"null\":null,\"true\":true,\"list\":[1,\"2\",[],{}]}}",
				"{\"big\":12345678901234567890123456789,\"long\":9223372036854775807,\"small\":-0.000000000000000123,\"decimal\":1234567890.123456789012345678}",
				nested(30), "{\"large\":\"" + "x".repeat(300_000) + "\"}")) {
			this.repository.delete("s1", ALICE);
			NewRun run = TestRun.of("r1").newRun(new SessionSeed(null, json, json)).input(json).build();
			this.repository.begin(run);
			assertThat(
					this.repository.end(new RunEnd(run, true, RunStatus.COMPLETED, json, json, 2000, change(json, 0))))
				.isEqualTo(EndOutcome.STORED);

			assertSameJson(session("s1").state(), json);
			assertSameJson(session("s1").workflowData(), json);
			assertSameJson(session("s1").extraData(), json);
			StoredRun stored = run("r1");
			assertSameJson(stored.input(), json);
			assertSameJson(stored.response(), json);
			assertSameJson(stored.error(), json);
			assertThat(this.repository.list(SessionQuery.all(), RunPage.first(1)))
				.containsExactly(session("s1").summary());
			assertThat(this.repository.runs("s1", RunPage.first(1))).containsExactly(stored);
		}
	}

	// many at once

	@Test
	void oneSessionIsCreatedWhenManyBeginAtOnce() throws Exception {
		for (int round = 0; round < 5; round++) {
			String sessionId = "s" + round;
			List<OpenedSession> opened = together(
					(i) -> this.repository.begin(run(sessionId + "-r" + i, sessionId, "alice", 1000 + i)));

			StoredSession session = session(sessionId);
			assertThat(opened).extracting(OpenedSession::session).containsOnly(session);
			assertThat(this.repository.runs(sessionId, RunPage.first(100))).hasSize(THREADS);
		}
	}

	@Test
	void oneUserTakesASessionOverWhenManyTryAtOnce() throws Exception {
		this.repository.begin(run("r0", "s1", null, 1000));

		List<String> winners = together((i) -> {
			try {
				return this.repository.begin(run("r1" + i, "s1", "user" + i, 1000 + i)).session().userId();
			}
			catch (SessionNotFoundException ex) {
				return "";
			}
		});

		assertThat(winners).filteredOn((winner) -> !winner.isEmpty()).containsExactly(session("s1").userId());
		assertThat(this.repository.runs("s1", RunPage.first(100))).hasSize(2);
	}

	@Test
	void oneOfManyEndsWithTheSameVersionIsStored() throws Exception {
		List<NewRun> runs = IntStream.range(0, THREADS).mapToObj((i) -> run("r" + i, "s1", null, 1000 + i)).toList();
		runs.forEach(this.repository::begin);

		List<EndOutcome> outcomes = together((i) -> this.repository.end(
				new RunEnd(runs.get(i), true, RunStatus.COMPLETED, null, null, 2000, change("{\"by\":" + i + "}", 0))));

		assertThat(outcomes).containsOnlyOnce(EndOutcome.STORED)
			.filteredOn((outcome) -> outcome != EndOutcome.STORED)
			.hasSize(THREADS - 1)
			.containsOnly(EndOutcome.VERSION_MISSED);
		assertThat(session("s1").version()).isEqualTo(1);
		assertSameJson(session("s1").state(), "{\"by\":" + outcomes.indexOf(EndOutcome.STORED) + "}");
		assertThat(this.repository.runs("s1", RunPage.first(100))).filteredOn((run) -> run.status().isTerminal())
			.hasSize(1);
	}

	@Test
	void unrecordedRunsThatCreateOneSessionAtOnceAreAllStored() throws Exception {
		List<EndOutcome> outcomes = together((i) -> {
			NewRun run = unrecorded("r" + i, "s1", "alice", 1000 + i);
			this.repository.begin(run);
			return this.repository.end(unrecordedEnd(run, 2000 + i, null));
		});

		assertThat(outcomes).containsOnly(EndOutcome.STORED);
		assertThat(session("s1").updatedAt()).isEqualTo(2000 + THREADS - 1);
		assertThat(this.repository.runs("s1", RunPage.first(100))).hasSize(THREADS);
	}

	@Test
	void noIncrementIsLostWhenManyRunsMeet() throws Exception {
		int each = 10;
		together((thread) -> {
			for (int i = 0; i < each; i++) {
				increment(run("r" + thread + "-" + i, "s1", null, 1000 + i));
			}
			return thread;
		});

		assertSameJson(session("s1").state(), "{\"count\":" + THREADS * each + "}");
		assertThat(session("s1").version()).isEqualTo(THREADS * each);
		assertThat(this.repository.runs("s1", RunPage.first(1000))).hasSize(THREADS * each)
			.extracting(StoredRun::status)
			.containsOnly(RunStatus.COMPLETED);
	}

	private void increment(NewRun run) {
		StoredSession session = this.repository.begin(run).session();
		while (true) {
			int count = (session.state() != null) ? (int) Json.readMap(session.state()).get("count") : 0;
			RunEnd end = new RunEnd(run, true, RunStatus.COMPLETED, null, null, 3000,
					change("{\"count\":" + (count + 1) + "}", session.version()));
			if (this.repository.end(end) == EndOutcome.STORED) {
				return;
			}
			session = session(run.sessionId());
		}
	}

	private static <T> List<T> together(Function<Integer, T> action) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			CyclicBarrier start = new CyclicBarrier(THREADS);
			List<Callable<T>> calls = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int number = i;
				calls.add(() -> {
					start.await();
					return action.apply(number);
				});
			}
			List<T> results = new ArrayList<>();
			for (Future<T> result : threads.invokeAll(calls)) {
				results.add(result.get());
			}
			return results;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void complete(NewRun run, String state, long version) {
		this.repository.begin(run);
		assertThat(this.repository
			.end(new RunEnd(run, true, RunStatus.COMPLETED, null, null, run.createdAt() + 1, change(state, version))))
			.isEqualTo(EndOutcome.STORED);
	}

	private StoredSession session(String sessionId) {
		return this.repository.find(sessionId).orElseThrow();
	}

	private StoredRun run(String runId) {
		return this.repository.findRun(runId).orElseThrow();
	}

	private List<String> runIds(String sessionId) {
		return this.repository.runs(sessionId, RunPage.first(100)).stream().map(StoredRun::runId).toList();
	}

	private List<String> ids(SessionQuery query) {
		return pages(1, (page) -> this.repository.list(query, page), SessionSummary::cursor).stream()
			.map(SessionSummary::sessionId)
			.toList();
	}

	private static <T> List<T> pages(int limit, Function<RunPage, List<T>> read, Function<T, RunPage.Cursor> cursor) {
		List<T> all = new ArrayList<>();
		RunPage page = RunPage.first(limit);
		List<T> items = read.apply(page);
		while (!items.isEmpty()) {
			assertThat(items).hasSizeLessThanOrEqualTo(limit);
			all.addAll(items);
			RunPage.Cursor last = cursor.apply(items.get(items.size() - 1));
			items = read.apply(page.after(RunPage.Cursor.parse(last.toString())));
		}
		return all;
	}

	private static void assertSameJson(String actual, String expected) {
		assertThat(actual).isNotNull();
		assertThat(Json.readTree(actual)).isEqualTo(Json.readTree(expected));
	}

	private static String nested(int depth) {
		return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
	}

	private static NewRun run(String runId, String sessionId, String userId, long createdAt) {
		return TestRun.of(runId).session(sessionId).user(userId).at(createdAt).newRun();
	}

	private static NewRun runOf(String workflowId, String runId, String sessionId, String userId) {
		return TestRun.of(runId).session(sessionId).workflow(workflowId).user(userId).newRun();
	}

	private static NewRun unrecorded(String runId, String sessionId, String userId, long createdAt) {
		return TestRun.of(runId).session(sessionId).user(userId).at(createdAt).unrecorded().newRun();
	}

	private static RunEnd ended(NewRun run, RunStatus status, long endedAt) {
		return new RunEnd(run, true, status, null, "{\"message\":\"why\"}", endedAt, null);
	}

	private static RunEnd unrecordedEnd(NewRun run, long endedAt, RunEnd.StateChange change) {
		return new RunEnd(run, false, RunStatus.COMPLETED, "{}", null, endedAt, change);
	}

	private static RunEnd.StateChange change(String state, long expectedVersion) {
		return new RunEnd.StateChange(state, expectedVersion);
	}

	private static StoredSession session(String sessionId, String userId, long at) {
		return new StoredSession(sessionId, "w1", userId, null, null, null, "{}", null, null, at, at, 0);
	}

	private static StoredRun endedRun(String runId, String sessionId, long createdAt) {
		return TestRun.of(runId)
			.session(sessionId)
			.user("alice")
			.at(createdAt)
			.stored(RunStatus.COMPLETED)
			.response("{}")
			.endedAt(createdAt + 1)
			.build();
	}

}
