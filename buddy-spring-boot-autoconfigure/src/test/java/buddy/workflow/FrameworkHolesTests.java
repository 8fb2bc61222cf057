package buddy.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import buddy.json.internal.Json;
import buddy.run.EventHeader;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCompleted;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.RunPage;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.EndOutcome;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.HoleWorkflows.Adding;
import buddy.workflow.HoleWorkflows.Answering;
import buddy.workflow.HoleWorkflows.Both;
import buddy.workflow.HoleWorkflows.City;
import buddy.workflow.HoleWorkflows.Counter;
import buddy.workflow.HoleWorkflows.Editing;
import buddy.workflow.HoleWorkflows.Failing;
import buddy.workflow.HoleWorkflows.MapStoreWithState;
import buddy.workflow.HoleWorkflows.Meeting;
import buddy.workflow.HoleWorkflows.Overtaken;
import buddy.workflow.HoleWorkflows.Remembering;
import buddy.workflow.HoleWorkflows.Returning;
import buddy.workflow.HoleWorkflows.Streaming;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The known faults of the Python framework's workflows, each shown not to be here.
 */
class FrameworkHolesTests {

	private final SettableClock clock = new SettableClock();

	private final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	private final WorkflowSessions sessions = new DefaultWorkflowSessions(this.repository, () -> null, this.clock);

	@Test
	void failedRunIsRecordedAsErrorAndTheSameExceptionReachesTheCaller() {
		Failing failing = proxy(new Failing());
		Exception checked = new Exception("boom");
		assertThatThrownBy(() -> failing.run("s", checked)).isSameAs(checked);
		WorkflowRun run = onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.failure().type()).isEqualTo("java.lang.Exception");
		assertThat(run.failure().message()).isEqualTo("boom");
		assertThat(run.failure().stackTrace()).contains("FrameworkHolesTests");
		assertThat(run.endedAt()).isNotNull();
		StackOverflowError error = new StackOverflowError();
		assertThatThrownBy(() -> failing.run("s2", error)).isSameAs(error);
		assertThat(onlyRun("s2").status()).isEqualTo(RunStatus.ERROR);
	}

	@Test
	void statusIsTerminalInTheResponseAndInTheRecord() {
		RunResponse response = proxy(new Answering()).run("s",
				RunResponse.builder().content("x").status(RunStatus.RUNNING).build());
		assertThat(response.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(onlyRun("s").response().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.sessions.exportSession("s").toJson()).contains("\"COMPLETED\"").doesNotContain("RUNNING");
	}

	@Test
	void structuredContentMetricsAndMessagesAreRecorded() {
		City city = new City("Tokyo", 37);
		RunResponse given = RunResponse.builder()
			.content(city)
			.metrics(Map.of("input_tokens", List.of(11)))
			.messages(List.of(Message.of("user", "q"), Message.of("assistant", "a")))
			.images(List.of(Map.of("url", "u")))
			.build();
		RunResponse returned = proxy(new Answering()).run("s", given);
		assertThat(returned.content()).isSameAs(city);
		RunResponse recorded = onlyRun("s").response();
		assertThat(recorded.contentAs(City.class)).isEqualTo(city);
		assertThat(recorded.contentType()).isEqualTo("City");
		assertThat(recorded.metrics()).isEqualTo(given.metrics());
		assertThat(recorded.messages()).isEqualTo(given.messages());
		assertThat(recorded.images()).isEqualTo(given.images());
	}

	@Test
	void inputIsRecordedByParameterName() {
		proxy(new Adding()).run("s", 3, new City("Oslo", 1), List.of("a"));
		assertThat(onlyRun("s").input())
			.isEqualTo(Map.of("by", 3, "city", Map.of("name", "Oslo", "population", 1), "tags", List.of("a")));
	}

	@Test
	void streamedTextIsCountedOnce() {
		Streaming streaming = proxy(new Streaming());
		EventHeader agent = EventHeader.ofAgent("a", "writer", Instant.ofEpochSecond(1));
		try (Stream<RunResponseEvent> events = streaming.run("s",
				List.of(new RunResponseEvent.RunStarted(agent, null, null), RunResponseEvent.content("Fusion "),
						RunResponseEvent.content("joins."), new RunCompleted(agent, "Fusion joins.", "str", null)))) {
			assertThat(events).isNotEmpty();
		}
		assertThat(onlyRun("s").response().content()).isEqualTo("Fusion joins.");
		try (Stream<RunResponseEvent> events = streaming.run("s2",
				List.of(RunResponseEvent.content("a"), RunResponseEvent.content("b"),
						new RunResponseEvent.WorkflowCompleted(EventHeader.NONE, "ab", "str")))) {
			assertThat(events.map(RunResponseEvent::event)).containsOnlyOnce("WorkflowCompleted");
		}
		assertThat(onlyRun("s2").response().content()).isEqualTo("ab");
	}

	@Test
	void declaringBothRunAndArunRecordsBoth() throws Exception {
		Both both = proxy(new Both());
		both.run("s", "one");
		both.arun("s", "two").get(30, TimeUnit.SECONDS);
		assertThat(runs("s")).extracting((run) -> run.response().content()).containsExactly("run one", "arun two");
		assertThat(runs("s")).extracting(WorkflowRun::runId).doesNotHaveDuplicates();
	}

	@Test
	void concurrentRunsOnOneBeanHaveTwoIdsAndAreBothStored() throws Exception {
		Meeting meeting = proxy(new Meeting());
		CompletableFuture<String> one = CompletableFuture.supplyAsync(() -> meeting.run("s1", "one"),
				(task) -> new Thread(task).start());
		CompletableFuture<String> two = CompletableFuture.supplyAsync(() -> meeting.run("s2", "two"),
				(task) -> new Thread(task).start());
		assertThat(one.get(30, TimeUnit.SECONDS)).isNotEqualTo(two.get(30, TimeUnit.SECONDS));
		assertThat(onlyRun("s1").runId()).isEqualTo(one.get());
		assertThat(onlyRun("s2").runId()).isEqualTo(two.get());
		assertThat(this.sessions.find("s1").orElseThrow().sessionState()).isEqualTo(Map.of("who", "one", "count", 1));
		assertThat(this.sessions.find("s2").orElseThrow().sessionState()).isEqualTo(Map.of("who", "two", "count", 1));
	}

	@Test
	void concurrentRunsInOneSessionLoseNothing() throws Exception {
		Meeting meeting = proxy(new Meeting());
		CompletableFuture<String> one = CompletableFuture.supplyAsync(() -> meeting.run("s", "x"),
				(task) -> new Thread(task).start());
		CompletableFuture<String> two = CompletableFuture.supplyAsync(() -> meeting.run("s", "x"),
				(task) -> new Thread(task).start());
		CompletableFuture.allOf(one, two).get(30, TimeUnit.SECONDS);
		assertThat(runs("s")).hasSize(2);
		assertThat(this.sessions.find("s").orElseThrow().sessionState()).isEqualTo(Map.of("who", "x", "count", 2));
	}

	@Test
	void readErrorNeverLeadsToAnOverwrite() {
		Counter counter = proxy(new Counter());
		counter.run("s");
		WorkflowSession before = this.sessions.exportSession("s");
		IllegalStateException unreachable = new IllegalStateException("database unreachable");
		WorkflowSessionRepository broken = new DelegatingRepository(this.repository) {
			@Override
			public OpenedSession begin(NewRun run) {
				throw unreachable;
			}
		};
		assertThatThrownBy(() -> proxy(new Counter(), broken).run("s")).isSameAs(unreachable);
		assertThat(this.sessions.exportSession("s")).isEqualTo(before);
		assertThat(counter.run("s")).isEqualTo(2);
	}

	@Test
	void readErrorOfTheMergeLeavesTheOtherRunsState() {
		WorkflowSessionRepository broken = new DelegatingRepository(this.repository) {
			@Override
			public EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
				throw new IllegalStateException("database unreachable");
			}
		};
		Overtaken overtaken = proxy(new Overtaken(), broken);
		assertThatExceptionOfType(RunNotRecordedException.class)
			.isThrownBy(() -> overtaken.run("s", () -> proxy(new Overtaken()).run("s", () -> {
			})));
		assertThat(this.sessions.find("s").orElseThrow().sessionState()).isEqualTo(Map.of("count", 1));
	}

	@Test
	void unreadableStateFailsTheRunAndStays() {
		MapStoreWithState store = new MapStoreWithState("no json");
		assertThatThrownBy(() -> proxy(new Counter(), store).run("s")).isInstanceOf(RuntimeException.class);
		assertThat(store.runs("s", RunPage.first(10))).singleElement()
			.satisfies((run) -> assertThat(run.status()).isEqualTo(RunStatus.ERROR));
	}

	@Test
	void unreadableStateFailsTheRunOfAScopeWithStateToo() {
		MapStoreWithState store = new MapStoreWithState("no json");
		Counter counter = proxy(new Counter(), store);
		assertThatThrownBy(() -> WorkflowScope.session("s").sessionState(Map.of("a", 1)).call(() -> counter.run("s")))
			.isInstanceOf(RuntimeException.class);
		assertThat(store.runs("s", RunPage.first(10))).singleElement()
			.satisfies((run) -> assertThat(run.status()).isEqualTo(RunStatus.ERROR));
	}

	@Test
	void anotherUsersSessionIsNeitherReadNorTaken() {
		Counter counter = proxy(new Counter());
		WorkflowScope.session("s").user("alice").call(() -> counter.run("s"));
		WorkflowSessions bob = this.sessions.asUser("bob");
		assertThat(bob.find("s")).isEmpty();
		assertThat(bob.recent(10)).isEmpty();
		assertThat(bob.delete("s")).isFalse();
		String runId = this.sessions.asUser("alice").runs("s", RunPage.first(1)).items().get(0).runId();
		assertThat(bob.findRun(runId)).isEmpty();
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> bob.exportSession("s"));
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> bob.rename("s", "mine"));
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> bob.runs("s", RunPage.first(1)));
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> WorkflowScope.session("s").user("bob").call(() -> counter.run("s")));
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> counter.run("s"));
		assertThat(this.sessions.asUser("alice").runs("s", RunPage.first(10)).items()).hasSize(1);
		assertThat(this.sessions.asUser("alice").find("s").orElseThrow().userId()).isEqualTo("alice");
	}

	@Test
	void sessionOfNobodyIsTakenByTheFirstUserForGood() {
		Counter counter = proxy(new Counter());
		counter.run("s");
		WorkflowScope.ofUser("alice").run(() -> counter.run("s"));
		assertThatExceptionOfType(SessionNotFoundException.class).isThrownBy(() -> counter.run("s"));
		assertThat(WorkflowScope.ofUser("alice").call(() -> counter.run("s"))).isEqualTo(3);
	}

	@Test
	void removedKeyStaysRemoved() {
		Editing editing = proxy(new Editing());
		editing.run("s", "put");
		assertThat(editing.run("s", "remove")).isEqualTo(Map.of("kept", 1));
		assertThat(editing.run("s", "read")).isEqualTo(Map.of("kept", 1));
	}

	@Test
	void removedDefaultStaysRemoved() {
		Editing editing = proxy(new Editing(WorkflowSettings.builder().sessionState(Map.of("gone", 1)).build()));
		assertThat(editing.run("s", "read")).isEqualTo(Map.of("gone", 1));
		assertThat(editing.run("s", "remove")).isEmpty();
		assertThat(editing.run("s", "read")).isEmpty();
	}

	@Test
	void stateOfOneSessionNeverAppearsInAnother() {
		Counter counter = proxy(new Counter());
		assertThat(counter.run("a")).isEqualTo(1);
		assertThat(counter.run("a")).isEqualTo(2);
		assertThat(counter.run("b")).isEqualTo(1);
		assertThat(counter.run("a")).isEqualTo(3);
		assertThat(this.sessions.find("b").orElseThrow().sessionState()).isEqualTo(Map.of("count", 1));
	}

	@Test
	void renamedSessionStaysRenamed() {
		Counter counter = proxy(new Counter(WorkflowSettings.builder().sessionName("from settings").build()));
		counter.run("s");
		assertThat(this.sessions.find("s").orElseThrow().sessionName()).isEqualTo("from settings");
		this.sessions.rename("s", "Mine");
		counter.run("s");
		WorkflowScope.session("s").sessionName("from scope").call(() -> counter.run("s"));
		assertThat(this.sessions.find("s").orElseThrow().sessionName()).isEqualTo("Mine");
	}

	@Test
	void sessionRenamedDuringARunStaysRenamed() {
		Overtaken overtaken = proxy(new Overtaken());
		overtaken.run("s", () -> this.sessions.rename("s", "Mine"));
		assertThat(this.sessions.find("s").orElseThrow().sessionName()).isEqualTo("Mine");
	}

	@Test
	void unknownJsonFieldsSurviveARoundTripAndARun() {
		String json = """
				{"session_id":"s","workflow_id":"counter","memory":{"summaries":{"a":1},"runs":[
				 {"content":"x","run_id":"r1","created_at":1,"status":"COMPLETED","team_session_id":"t","brand_new":[1]}]},
				 "session_data":{"session_state":{"count":6},"session_metrics":{"tokens":1},"images":[{"url":"u"}]},
				 "team_data":{"b":2},"created_at":1,"updated_at":1}""";
		this.sessions.importSession(WorkflowSession.fromJson(json));
		assertThat(proxy(new Counter()).run("s")).isEqualTo(7);
		Map<String, Object> exported = this.sessions.exportSession("s").toMap();
		assertThat(exported).containsEntry("team_data", Map.of("b", 2)).containsEntry("created_at", 1L);
		assertThat(Json.write(exported)).contains("\"summaries\":{\"a\":1}")
			.contains("\"session_metrics\":{\"tokens\":1}")
			.contains("\"images\":[{\"url\":\"u\"}]")
			.contains("\"team_session_id\":\"t\"")
			.contains("\"brand_new\":[1]");
	}

	@Test
	void sessionOfTheOriginalIsContinuedByARun() {
		this.sessions.importSession(WorkflowSession.fromJson("""
				{"session_id":"s","workflow_id":"counter","memory":{"runs":[
				 {"input":{"n":1},"response":{"content":"count is 1","run_id":"r-9","created_at":1795359265}},
				 {"input":{"n":2},"response":{"content":"count is 3","run_id":"r-1","created_at":1795359265}},
				 {"input":{"n":3},"response":{"content":"count is 6","run_id":"r-5","created_at":1795359265}}]},
				 "session_data":{"session_name":"My counter","session_state":{"count":6}},
				 "extra_data":{"tenant":"acme"},"created_at":1795359265,"updated_at":1795359265}"""));
		Remembering remembering = proxy(new Remembering());
		assertThat(remembering.run("s")).containsExactly("7", "My counter", "{tenant=acme}", "count is 1", "count is 3",
				"count is 6");
		assertThat(runs("s")).hasSize(4);
	}

	@Test
	void positionalParametersWork() throws Throwable {
		WorkflowRunner runner = WorkflowRunner.over(() -> this.repository).build();
		assertThat(runner.run(new Adding(), "s", 3, new City("Oslo", 1), List.of("a"))).isEqualTo("3 Oslo [a]");
		assertThat(onlyRun("s").input()).containsEntry("by", 3).containsOnlyKeys("by", "city", "tags");
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> runner.run(new Adding(), "s", 3))
			.withMessageContaining("adding")
			.withMessageContaining("by");
	}

	@Test
	void plainReturnValueIsRecordedAndHandedBackUntouched() {
		Returning returning = proxy(new Returning());
		Object value = List.of(new City("Oslo", 1));
		assertThat(returning.run("s", value)).isSameAs(value);
		assertThat(onlyRun("s").response().content()).isEqualTo(List.of(Map.of("name", "Oslo", "population", 1)));
		assertThat(returning.run("null", null)).isNull();
		assertThat(onlyRun("null").response().content()).isNull();
		assertThat(onlyRun("null").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void createdAtNeverChanges() {
		Counter counter = proxy(new Counter());
		counter.run("s");
		WorkflowSession first = this.sessions.find("s").orElseThrow();
		WorkflowRun run = onlyRun("s");
		this.clock.advance(Duration.ofHours(1));
		counter.run("s");
		this.sessions.rename("s", "x");
		WorkflowSession second = this.sessions.find("s").orElseThrow();
		assertThat(second.createdAt()).isEqualTo(first.createdAt())
			.isEqualTo(this.clock.instant().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(1)));
		assertThat(second.updatedAt()).isEqualTo(first.updatedAt().plus(Duration.ofHours(1)));
		assertThat(runs("s").get(0)).isEqualTo(run);
	}

	@Test
	void recentMeansLastUsed() {
		Editing editing = proxy(new Editing());
		for (String session : List.of("a", "b", "c", "a")) {
			editing.run(session, "read");
			this.clock.advance(Duration.ofSeconds(1));
		}
		assertThat(this.sessions.recent(2)).extracting(SessionSummary::sessionId).containsExactly("a", "c");
		assertThatThrownBy(() -> editing.run("b", "fail")).hasMessage("asked to");
		assertThat(this.sessions.list(SessionQuery.all(), RunPage.first(10)).items())
			.extracting(SessionSummary::sessionId)
			.containsExactly("b", "a", "c");
	}

	@Test
	void failedRunLeavesTheStateAsItWas() {
		Editing editing = proxy(new Editing());
		editing.run("s", "put");
		assertThatThrownBy(() -> editing.run("s", "fail")).hasMessage("asked to");
		assertThat(editing.run("s", "read")).isEqualTo(Map.of("kept", 1, "gone", 1));
	}

	private <W extends Workflow> W proxy(W workflow) {
		return proxy(workflow, this.repository);
	}

	private <W extends Workflow> W proxy(W workflow, WorkflowSessionRepository store) {
		return Workflows.proxy(workflow, WorkflowRunner.over(() -> store).clock(this.clock).build());
	}

	private List<WorkflowRun> runs(String sessionId) {
		return this.sessions.exportSession(sessionId)
			.runs()
			.stream()
			.map((run) -> this.sessions.findRun(run.response().runId()).orElseThrow())
			.toList();
	}

	private WorkflowRun onlyRun(String sessionId) {
		List<WorkflowRun> runs = runs(sessionId);
		assertThat(runs).hasSize(1);
		return runs.get(0);
	}

}
