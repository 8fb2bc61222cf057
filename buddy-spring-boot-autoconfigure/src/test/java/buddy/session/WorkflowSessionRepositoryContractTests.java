package buddy.session;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import buddy.json.Json;
import buddy.run.RunStatus;
import buddy.session.RunEnd.StateChange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every store of sessions and runs does. Each test has sessions of its own, so that
 * one database serves them all.
 */
public abstract class WorkflowSessionRepositoryContractTests {

	private static final long START = 1_700_000_000_000L;

	private final String session = "s-" + UUID.randomUUID();

	private final String workflow = "w-" + UUID.randomUUID();

	protected abstract WorkflowSessionRepository repository();

	@Test
	void firstRunCreatesItsSession() {
		OpenedSession opened = repository().begin(run("alice"));
		assertThat(opened.recorded()).isTrue();
		assertThat(opened.session()).usingRecursiveComparison()
			.ignoringFields("workflowData")
			.isEqualTo(repository().find(this.session).orElseThrow());
		assertThat(opened.session().userId()).isEqualTo("alice");
		assertThat(opened.session().sessionName()).isEqualTo("A name");
		assertThat(opened.session().state()).isNull();
		assertThat(opened.session().createdAt()).isEqualTo(START);
		assertThat(Json.readMap(opened.session().workflowData())).containsEntry("name", "Ünï");
	}

	@Test
	void runIsRunningUntilItEnds() {
		NewRun run = run(null);
		repository().begin(run);
		assertThat(repository().findRun(run.runId())).hasValueSatisfying((stored) -> {
			assertThat(stored.status()).isEqualTo(RunStatus.RUNNING);
			assertThat(Json.readMap(stored.input())).containsEntry("text", "漢字 🎈");
			assertThat(stored.response()).isNull();
			assertThat(stored.endedAt()).isNull();
			assertThat(stored.createdAt()).isEqualTo(START);
		});
		assertThat(repository().end(completed(run, null))).isEqualTo(EndOutcome.STORED);
		assertThat(repository().findRun(run.runId())).hasValueSatisfying((stored) -> {
			assertThat(stored.status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(Json.readMap(stored.response())).containsEntry("content", "done");
			assertThat(stored.endedAt()).isEqualTo(START + 500);
			assertThat(stored.createdAt()).isEqualTo(START);
		});
	}

	@Test
	void failedRunKeepsItsErrorAndLeavesTheState() {
		NewRun run = run(null);
		repository().begin(run);
		repository().end(new RunEnd(run, true, RunStatus.ERROR, null, "{\"message\":\"broken\"}", START + 5, null));
		StoredRun stored = repository().findRun(run.runId()).orElseThrow();
		assertThat(stored.status()).isEqualTo(RunStatus.ERROR);
		assertThat(Json.readMap(stored.error())).containsEntry("message", "broken");
		assertThat(found().state()).isNull();
		assertThat(found().version()).isZero();
		assertThat(found().updatedAt()).isEqualTo(START + 5);
	}

	@Test
	void changedStateRaisesTheVersionAndUnchangedStateDoesNot() {
		runWith(new StateChange("{\"count\":1}", 0));
		assertThat(Json.readMap(found().state())).containsEntry("count", 1);
		assertThat(found().version()).isEqualTo(1);
		runWith(null);
		assertThat(found().version()).isEqualTo(1);
		assertThat(Json.readMap(found().state())).containsEntry("count", 1);
		assertThat(found().createdAt()).isEqualTo(START);
	}

	@Test
	void endThatMissesTheVersionWritesNothing() {
		runWith(new StateChange("{\"count\":1}", 0));
		NewRun run = run(null);
		repository().begin(run);
		RunEnd end = completed(run, new StateChange("{\"count\":9}", 0));
		assertThat(repository().end(end)).isEqualTo(EndOutcome.VERSION_MISSED);
		assertThat(repository().findRun(run.runId()).orElseThrow().status()).isEqualTo(RunStatus.RUNNING);
		assertThat(Json.readMap(found().state())).containsEntry("count", 1);
		assertThat(repository().end(end.withState(new StateChange("{\"count\":2}", 1)))).isEqualTo(EndOutcome.STORED);
		assertThat(Json.readMap(found().state())).containsEntry("count", 2);
	}

	@Test
	void runEndsOnce() {
		NewRun run = run(null);
		repository().begin(run);
		assertThat(repository().end(completed(run, null))).isEqualTo(EndOutcome.STORED);
		RunEnd again = new RunEnd(run, true, RunStatus.ERROR, null, null, START + 900,
				new StateChange("{\"count\":7}", 0));
		assertThat(repository().end(again)).isEqualTo(EndOutcome.GONE);
		assertThat(repository().findRun(run.runId()).orElseThrow().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(found().state()).isNull();
		assertThat(found().version()).isZero();
	}

	@Test
	void endOfARunWhoseSessionWasDeletedIsGone() {
		NewRun run = run(null);
		repository().begin(run);
		assertThat(repository().delete(this.session)).isTrue();
		assertThat(repository().end(completed(run, new StateChange("{\"a\":1}", 0)))).isEqualTo(EndOutcome.GONE);
		assertThat(repository().find(this.session)).isEmpty();
		assertThat(repository().findRun(run.runId())).isEmpty();
	}

	@Test
	void runThatIsNotRecordedAtItsBeginIsStoredWholeAtItsEnd() {
		NewRun run = run("alice", false);
		OpenedSession opened = repository().begin(run);
		assertThat(opened.recorded()).isFalse();
		assertThat(repository().find(this.session)).isEmpty();
		RunEnd end = new RunEnd(run, false, RunStatus.COMPLETED, "{\"content\":\"done\"}", null, START + 500,
				new StateChange("{\"count\":1}", opened.session().version()));
		assertThat(repository().end(end)).isEqualTo(EndOutcome.STORED);
		assertThat(found().userId()).isEqualTo("alice");
		assertThat(Json.readMap(found().state())).containsEntry("count", 1);
		StoredRun stored = repository().findRun(run.runId()).orElseThrow();
		assertThat(stored.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(Json.readMap(stored.input())).containsEntry("text", "漢字 🎈");
	}

	@Test
	void anotherUserFindsNoSession() {
		repository().begin(run("alice"));
		NewRun bobs = run("bob");
		NewRun nobodys = run(null);
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> repository().begin(bobs));
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> repository().begin(nobodys));
		assertThat(repository().findRun(bobs.runId())).isEmpty();
		assertThat(repository().findRun(nobodys.runId())).isEmpty();
		assertThat(found().userId()).isEqualTo("alice");
	}

	@Test
	void anotherWorkflowIsToldTheOwner() {
		repository().begin(run(null));
		NewRun other = new NewRun(id(), this.session, "other", null, null, "{}", null, "{}", null, START, true);
		assertThatExceptionOfType(SessionWorkflowMismatchException.class).isThrownBy(() -> repository().begin(other))
			.withMessageContaining(this.workflow)
			.satisfies((ex) -> assertThat(ex.owningWorkflowId()).isEqualTo(this.workflow));
		assertThat(repository().findRun(other.runId())).isEmpty();
	}

	@Test
	void sessionOfNobodyIsTakenOverByItsFirstUser() {
		runWith(null);
		NewRun alices = run("alice");
		assertThat(repository().begin(alices).session().userId()).isEqualTo("alice");
		assertThat(found().userId()).isEqualTo("alice");
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> repository().begin(run("bob")));
	}

	@Test
	void idsAreKeptToTheLetter() {
		String longest = "S".repeat(Ids.MAX_SESSION_ID);
		String user = "auth0|Ünï+a@b 漢";
		for (String id : List.of(longest.substring(36) + UUID.randomUUID(), this.session, this.session.toUpperCase())) {
			repository().begin(new NewRun(id(), id, this.workflow, user, null, "{}", null, "{}", null, START, true));
		}
		assertThat(repository().list(new SessionQuery(this.workflow, user), RunPage.first(10))).hasSize(3);
		assertThat(repository().list(new SessionQuery(this.workflow, user.toLowerCase()), RunPage.first(10))).isEmpty();
		assertThat(repository().find(this.session.toUpperCase())).isPresent();
	}

	@Test
	void createdSessionIsFoundWithAllItHolds() {
		StoredSession created = stored(this.session, START);
		StoredRun run = endedRun(id(), START, "{\"input\":1}");
		repository().create(created, List.of(run));
		StoredSession found = found();
		assertThat(found).usingRecursiveComparison()
			.ignoringFields("state", "media", "workflowData", "extraData", "additional")
			.isEqualTo(created);
		assertThat(List.of(found.state(), found.media(), found.workflowData(), found.extraData(), found.additional()))
			.map(Json::readTree)
			.isEqualTo(java.util.stream.Stream
				.of(created.state(), created.media(), created.workflowData(), created.extraData(), created.additional())
				.map(Json::readTree)
				.toList());
		assertThat(repository().runs(this.session, RunPage.first(10))).singleElement()
			.satisfies((stored) -> assertThat(Json.readTree(stored.input())).isEqualTo(Json.readTree(run.input())));
	}

	@Test
	void createRefusesATakenSessionOrRunAndWritesNothing() {
		StoredRun run = endedRun(id(), START, "{}");
		repository().create(stored(this.session, START), List.of(run));
		assertThatExceptionOfType(SessionExistsException.class)
			.isThrownBy(() -> repository().create(stored(this.session, START), List.of(endedRun(id(), START, "{}"))))
			.withMessageContaining(this.session);
		String other = this.session + "-other";
		StoredRun fresh = new StoredRun(id(), other, this.workflow, null, null, RunStatus.COMPLETED, "{}", "{}", null,
				START, START);
		StoredRun taken = new StoredRun(run.runId(), other, this.workflow, null, null, RunStatus.COMPLETED, "{}", "{}",
				null, START, START);
		assertThatExceptionOfType(SessionExistsException.class)
			.isThrownBy(() -> repository().create(stored(other, START), List.of(fresh, taken)));
		assertThat(repository().find(other)).isEmpty();
		assertThat(repository().findRun(fresh.runId())).isEmpty();
		assertThat(repository().runs(this.session, RunPage.first(10))).hasSize(1);
	}

	@Test
	void jsonSurvives() {
		String deep = "{\"a\":".repeat(29) + "[1]" + "}".repeat(29);
		for (String json : List.of(deep, "{\"n\":123456789012345678901234567890,\"d\":1.5E-7,\"z\":0.1}",
				"{\"t\":\"tab\\t quote\\\" back\\\\ \\u0001 漢 🎈\",\"l\":[],\"o\":{},\"x\":null,\"b\":true}")) {
			String id = "j-" + UUID.randomUUID();
			StoredSession session = new StoredSession(id, this.workflow, null, null, json, null, null, null, null,
					START, START, 0);
			repository().create(session, List.of());
			assertThat(Json.readTree(repository().find(id).orElseThrow().state())).isEqualTo(Json.readTree(json));
		}
	}

	@Test
	void runsComeNewestFirstPageByPageWithoutGapsOrRepeats() {
		List<String> ids = IntStream.range(0, 25).mapToObj((i) -> id()).sorted().toList();
		List<StoredRun> runs = IntStream.range(0, 25)
			.mapToObj((i) -> endedRun(ids.get(i), START + i / 4, "{}"))
			.toList();
		repository().create(stored(this.session, START), runs);
		List<String> seen = new ArrayList<>();
		RunPage page = RunPage.first(4);
		List<StoredRun> found = repository().runs(this.session, page);
		while (!found.isEmpty()) {
			found.forEach((run) -> seen.add(run.runId()));
			page = page.after(found.get(found.size() - 1).cursor());
			found = repository().runs(this.session, page);
		}
		List<String> expected = new ArrayList<>(ids);
		java.util.Collections.reverse(expected);
		assertThat(seen).isEqualTo(expected);
	}

	@Test
	void sessionsComeLastUsedFirstPageByPage() {
		for (int i = 0; i < 10; i++) {
			repository().create(stored("l-" + i + "-" + this.session, START + i / 3), List.of());
		}
		SessionQuery query = SessionQuery.ofWorkflow(this.workflow);
		List<String> seen = new ArrayList<>();
		RunPage page = RunPage.first(3);
		List<StoredSession> found = repository().list(query, page);
		while (!found.isEmpty()) {
			found.forEach((session) -> seen.add(session.sessionId().substring(2, 3)));
			StoredSession last = found.get(found.size() - 1);
			page = page.after(new RunPage.Cursor(last.updatedAt(), last.sessionId()));
			found = repository().list(query, page);
		}
		assertThat(String.join("", seen)).isEqualTo("9876543210");
		String first = "l-0-" + this.session;
		NewRun run = new NewRun(id(), first, this.workflow, null, null, "{}", null, "{}", null, START + 50, true);
		repository().begin(run);
		repository().end(new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, START + 100, null));
		assertThat(repository().list(query, RunPage.first(1))).singleElement()
			.satisfies((session) -> assertThat(session.sessionId()).isEqualTo(first));
	}

	@Test
	void sessionsAreFoundByWorkflowAndUser() {
		repository().begin(run("alice"));
		assertThat(repository().list(new SessionQuery(this.workflow, "alice"), RunPage.first(5))).hasSize(1);
		assertThat(repository().list(new SessionQuery(this.workflow, "bob"), RunPage.first(5))).isEmpty();
		assertThat(repository().list(new SessionQuery("none-" + this.workflow, "alice"), RunPage.first(5))).isEmpty();
		assertThat(repository().list(new SessionQuery(null, "alice"), RunPage.first(1000)))
			.anySatisfy((session) -> assertThat(session.sessionId()).isEqualTo(this.session));
		assertThat(repository().list(SessionQuery.all(), RunPage.first(1))).hasSize(1);
	}

	@Test
	void renameChangesTheNameAlone() {
		runWith(new StateChange("{\"count\":1}", 0));
		StoredSession before = found();
		assertThat(repository().rename(this.session, "Fusion, ünïcode 漢")).isTrue();
		assertThat(found().sessionName()).isEqualTo("Fusion, ünïcode 漢");
		assertThat(found().version()).isEqualTo(before.version());
		assertThat(found().createdAt()).isEqualTo(before.createdAt());
		assertThat(repository().rename(this.session, null)).isTrue();
		assertThat(found().sessionName()).isNull();
		assertThat(repository().rename("none-" + this.session, "x")).isFalse();
	}

	@Test
	void renameDuringARunStays() {
		NewRun run = run(null);
		repository().begin(run);
		repository().rename(this.session, "Renamed");
		repository().end(completed(run, new StateChange("{\"a\":1}", 0)));
		runWith(null);
		assertThat(found().sessionName()).isEqualTo("Renamed");
	}

	@Test
	void deleteTakesTheRunsWithIt() {
		NewRun run = run(null);
		repository().begin(run);
		assertThat(repository().delete(this.session)).isTrue();
		assertThat(repository().find(this.session)).isEmpty();
		assertThat(repository().findRun(run.runId())).isEmpty();
		assertThat(repository().delete(this.session)).isFalse();
	}

	@Test
	void deletedRunsLeaveTheSessionAndTheRunsThatGoOn() {
		runWith(new StateChange("{\"count\":1}", 0));
		runWith(null);
		NewRun open = run(null);
		repository().begin(open);
		assertThat(repository().deleteRuns(this.session)).isEqualTo(2);
		assertThat(repository().runs(this.session, RunPage.first(5))).singleElement()
			.satisfies((run) -> assertThat(run.runId()).isEqualTo(open.runId()));
		assertThat(Json.readMap(found().state())).containsEntry("count", 1);
	}

	@Test
	void manyThatCreateOneSessionMakeOne() throws Exception {
		List<OpenedSession> opened = atOnce(16, () -> repository().begin(run(null)));
		assertThat(opened).allSatisfy((one) -> assertThat(one.session().sessionId()).isEqualTo(this.session));
		assertThat(repository().runs(this.session, RunPage.first(100))).hasSize(16);
	}

	@Test
	void ofManyEndsWithOneVersionOneIsStored() throws Exception {
		List<NewRun> runs = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			NewRun run = run(null);
			repository().begin(run);
			runs.add(run);
		}
		java.util.Iterator<NewRun> next = runs.iterator();
		List<EndOutcome> outcomes = atOnce(8, () -> {
			NewRun run;
			synchronized (next) {
				run = next.next();
			}
			return repository().end(completed(run, new StateChange("{\"by\":\"" + run.runId() + "\"}", 0)));
		});
		assertThat(outcomes).filteredOn((outcome) -> outcome == EndOutcome.STORED).hasSize(1);
		assertThat(outcomes).filteredOn((outcome) -> outcome == EndOutcome.VERSION_MISSED).hasSize(7);
		assertThat(found().version()).isEqualTo(1);
		assertThat(repository().runs(this.session, RunPage.first(100)))
			.filteredOn((run) -> run.status() == RunStatus.COMPLETED)
			.singleElement()
			.satisfies((run) -> assertThat(Json.readMap(found().state())).containsEntry("by", run.runId()));
	}

	private <T> List<T> atOnce(int threads, Callable<T> call) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<T>> futures = IntStream.range(0, threads).mapToObj((i) -> executor.submit(() -> {
				barrier.await();
				return call.call();
			})).toList();
			List<T> results = new ArrayList<>();
			for (Future<T> future : futures) {
				results.add(future.get());
			}
			return results;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private void runWith(StateChange change) {
		NewRun run = run(null);
		repository().begin(run);
		assertThat(repository().end(completed(run, change))).isEqualTo(EndOutcome.STORED);
	}

	private NewRun run(String user) {
		return run(user, true);
	}

	private NewRun run(String user, boolean recordStart) {
		return new NewRun(id(), this.session, this.workflow, user, null, "{\"text\":\"漢字 🎈\"}", "A name",
				"{\"name\":\"Ünï\"}", null, START, recordStart);
	}

	private RunEnd completed(NewRun run, StateChange change) {
		return new RunEnd(run, true, RunStatus.COMPLETED, "{\"content\":\"done\"}", null, START + 500, change);
	}

	private StoredSession stored(String sessionId, long updatedAt) {
		return new StoredSession(sessionId, this.workflow, null, "Ünï", "{\"a\":[1,2.5,null]}", "{\"images\":[]}",
				"{\"name\":\"n\"}", "{\"tenant\":\"acme\"}", "{\"memory\":{\"x\":1}}", START, updatedAt, 0);
	}

	private StoredRun endedRun(String runId, long createdAt, String input) {
		return new StoredRun(runId, this.session, this.workflow, null, null, RunStatus.COMPLETED, input,
				"{\"content\":1}", null, createdAt, createdAt);
	}

	private StoredSession found() {
		return repository().find(this.session).orElseThrow();
	}

	private static String id() {
		return UUID.randomUUID().toString();
	}

}
