package buddy.web;

import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

class RoutesTests {

	private static WebApplication application;

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		application = WebApplication.open("buddy.web.on-disconnect=finish");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void shut() {
		application.gate().open();
		application.gate().shut();
	}

	@Test
	void workflowsAreListedAndDescribed() {
		Response all = this.http.get("/buddy/workflows");
		assertThat(all.status()).isEqualTo(200);
		assertThat(all.header("Content-Type")).contains("application/json");
		assertThat(all.header("Cache-Control")).contains("no-store");
		assertThat(all.items()).extracting((item) -> item.get("workflow_id"))
			.containsExactly("echo", "failing", "flowing", "gated", "owned", "typed");
		Response one = this.http.get("/buddy/workflows/echo");
		assertThat(one.at("workflow_id")).isEqualTo("echo");
		assertThat(one.at("input_schema", "properties")).isInstanceOf(java.util.Map.class);
		assertThat(this.http.get("/buddy/workflows/none").problem()).isEqualTo("workflow-not-found");
	}

	@Test
	void runIsWaitedForAndItsResponseIsTheAnswer() {
		Response run = this.http.post("/buddy/workflows/echo/runs", """
				{"input": {"text": "ü", "times": 2},
				 "session": {"session_id": "waited", "user_id": "ada", "session_name": "A name",
				             "session_state": {"tone": "calm"}}}""");
		assertThat(run.status()).as(run.body()).isEqualTo(200);
		assertThat(run.at("content")).isEqualTo("üü");
		assertThat(run.at("status")).isEqualTo("COMPLETED");
		assertThat(run.at("session_id")).isEqualTo("waited");
		assertThat(run.at("workflow_id")).isEqualTo("echo");
		String runId = (String) run.at("run_id");
		Response record = this.http.get("/buddy/runs/" + runId);
		assertThat(record.at("status")).isEqualTo("COMPLETED");
		assertThat(record.at("user_id")).isEqualTo("ada");
		assertThat(record.at("input")).isEqualTo(Map.of("text", "ü", "times", 2));
		assertThat(record.at("response", "content")).isEqualTo("üü");
		Response session = this.http.get("/buddy/sessions/waited");
		assertThat(session.at("session_data", "session_name")).isEqualTo("A name");
		assertThat(session.at("session_data", "session_state")).isEqualTo(Map.of("tone", "calm", "count", 1));
		assertThat(record.body()).as("a run without steps").doesNotContain("state_changes");
	}

	@Test
	void idsAreNoInput() {
		Map<String, ?> before = application.stored();
		Response session = this.http.post("/buddy/workflows/gated/runs", "{\"input\":{\"session\":\"s\"}}");
		assertThat(session.status()).isEqualTo(422);
		assertThat(session.problem()).isEqualTo("invalid-input");
		assertThat(session.at("path")).isEqualTo("input.session");
		assertThat(session.body()).contains("session.session_id");
		Response user = this.http.post("/buddy/workflows/owned/runs", "{\"input\":{\"owner\":null}}");
		assertThat(user.at("path")).isEqualTo("input.owner");
		assertThat(user.body()).contains("session.user_id");
		assertThat(application.stored()).isEqualTo(before);
	}

	@Test
	void emptyBodyIsAnEmptyObject() {
		Response json = this.http.post("/buddy/workflows/owned/runs", "");
		assertThat(json.status()).as(json.body()).isEqualTo(200);
		assertThat(json.at("content")).isEqualTo("of null");
		Response nothing = this.http.send("POST", "/buddy/workflows/owned/runs", new byte[0]);
		assertThat(nothing.status()).as(nothing.body()).isEqualTo(200);
	}

	@Test
	void whateverShapeAWorkflowReturnsItIsDrained() {
		Response flux = this.http.post("/buddy/workflows/flowing/runs", "{\"input\":{\"text\":\"a\"}}");
		assertThat(flux.status()).as(flux.body()).isEqualTo(200);
		assertThat(flux.at("content")).isEqualTo("a and a");
	}

	@Test
	void runInTheBackgroundIsThereAtOnceAndEndsLater() {
		Response started = this.http.with("Prefer", "respond-async, wait=10")
			.post("/buddy/workflows/gated/runs", "{\"session\":{\"session_id\":\"back\"}}");
		assertThat(started.status()).isEqualTo(202);
		assertThat(started.header("Preference-Applied")).contains("respond-async");
		String location = started.header("Location").orElseThrow();
		assertThat(location).isEqualTo("/buddy/runs/" + started.at("run_id"));
		assertThat(this.http.get(location).at("status")).isEqualTo("RUNNING");
		application.gate().open();
		Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(location).at("status")));
		assertThat(this.http.get(location).at("response", "content")).isEqualTo("through");
	}

	@Test
	void runIsCancelledOnceAndOnlyWhileItRuns() {
		Response started = this.http.with("Prefer", "respond-async").post("/buddy/workflows/gated/runs", "{}");
		String run = started.header("Location").orElseThrow();
		Response cancelled = this.http.post(run + "/cancel", "");
		assertThat(cancelled.status()).isEqualTo(202);
		Awaitility.await().until(() -> "CANCELLED".equals(this.http.get(run).at("status")));
		Response again = this.http.post(run + "/cancel", "{}");
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.problem()).isEqualTo("run-ended");
		assertThat(again.at("run_id")).isEqualTo(started.at("run_id"));
		assertThat(this.http.get(run).at("error", "reason")).isEqualTo("cancelled");
	}

	@Test
	void streamOfARunIsAnEventStream() {
		Response stream = this.http.with("Accept", "text/event-stream")
			.post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":1}}");
		assertThat(stream.status()).isEqualTo(200);
		assertThat(stream.header("Content-Type").orElseThrow()).startsWith("text/event-stream");
		String run = stream.header("Content-Location").orElseThrow();
		Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(run).at("status")));
		Response events = this.http.with("Accept", "text/event-stream").get(run + "/events");
		assertThat(events.status()).isEqualTo(200);
		assertThat(events.header("Content-Type").orElseThrow()).startsWith("text/event-stream");
		assertThat(this.http.with("Accept", "*/*").get(run + "/events?last_event_id=0-0").status()).isEqualTo(200);
		assertThat(this.http.with("Accept", "*/*").with("Last-Event-ID", "nonsense").get(run + "/events").problem())
			.isEqualTo("invalid-parameter");
		assertThat(this.http.get(run + "/events").problem()).isEqualTo("not-acceptable");
	}

	@Test
	void failedRunTellsItsIdAndNoDetails() {
		Response failed = this.http.post("/buddy/workflows/failing/runs",
				"{\"input\":{\"text\":\"x\"},\"session\":{\"session_id\":\"fails\"}}");
		assertThat(failed.status()).isEqualTo(500);
		assertThat(failed.header("Content-Type")).contains("application/problem+json");
		assertThat(failed.problem()).isEqualTo("run-failed");
		assertThat(failed.body()).doesNotContain("secret").doesNotContain("Exception").doesNotContain("\tat ");
		Response record = this.http.get("/buddy/runs/" + failed.at("run_id"));
		assertThat(record.at("status")).isEqualTo("ERROR");
		assertThat(record.at("error", "message")).isEqualTo("a secret of x");
		assertThat(record.body()).doesNotContain("stack_trace").doesNotContain("\tat ");
		assertThat(this.http.get("/buddy/sessions/fails/export").body()).contains("a secret of x")
			.doesNotContain("stack_trace");
	}

	@Test
	void runsAreListedNewestFirstByPages() {
		List<String> ids = List.of(1, 2, 3, 4, 5)
			.stream()
			.map((i) -> (String) this.http.post("/buddy/workflows/echo/runs",
					"{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"paged\",\"user_id\":\"pia\"}}")
				.at("run_id"))
			.toList();
		Response first = this.http.get("/buddy/runs?session_id=paged&limit=2");
		assertThat(first.items()).extracting((item) -> item.get("run_id")).containsExactly(ids.get(4), ids.get(3));
		assertThat(first.items().get(0)).containsEntry("user_id", "pia").doesNotContainKeys("input", "response");
		String next = (String) first.at("next");
		assertThat(first.header("Link")).contains("<" + next + ">; rel=\"next\"");
		Response second = this.http.get(next);
		assertThat(second.items()).extracting((item) -> item.get("run_id")).containsExactly(ids.get(2), ids.get(1));
		Response last = this.http.get((String) second.at("next"));
		assertThat(last.items()).extracting((item) -> item.get("run_id")).containsExactly(ids.get(0));
		assertThat(last.json()).doesNotContainKey("next");
		assertThat(this.http.get("/buddy/sessions/paged/runs").items()).hasSize(5);
		assertThat(this.http.get("/buddy/runs?user_id=pia&workflow_id=echo&status=completed,error").items()).hasSize(5);
		assertThat(this.http.get("/buddy/runs?user_id=pia&status=RUNNING").items()).isEmpty();
		assertThat(this.http.get("/buddy/runs?user_id=pia&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z").items())
			.isEmpty();
		assertThat(this.http.get("/buddy/runs?user_id=pia&from=2020-01-01T00:00:00Z").items()).hasSize(5);
	}

	@Test
	void sessionIsRenamedExportedDeletedAndImported() {
		this.http.post("/buddy/workflows/echo/runs",
				"{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"life\",\"user_id\":\"lia\"}}");
		Response renamed = this.http.patch("/buddy/sessions/life", "{\"session_name\":\"New\"}");
		assertThat(renamed.status()).isEqualTo(200);
		assertThat(renamed.at("session_data", "session_name")).isEqualTo("New");
		assertThat(this.http.get("/buddy/sessions?user_id=lia").items()).singleElement()
			.satisfies(
					(item) -> assertThat(item).containsEntry("session_name", "New").doesNotContainKey("session_data"));
		assertThat(this.http.get("/buddy/sessions?user_id=lia&session_name=nEW").items()).hasSize(1);
		assertThat(this.http.get("/buddy/sessions?user_id=lia&session_name=newer").items()).isEmpty();
		Response exported = this.http.get("/buddy/sessions/life/export");
		assertThat(exported.body()).contains("\"content\":\"a\"");
		assertThat(this.http.post("/buddy/sessions", exported.body()).problem()).isEqualTo("session-exists");
		Response deleted = this.http.delete("/buddy/sessions/life");
		assertThat(deleted.status()).isEqualTo(204);
		assertThat(this.http.get("/buddy/sessions/life").problem()).isEqualTo("session-not-found");
		assertThat(this.http.delete("/buddy/sessions/life").problem()).isEqualTo("session-not-found");
		Response imported = this.http.post("/buddy/sessions", exported.body());
		assertThat(imported.status()).as(imported.body()).isEqualTo(201);
		assertThat(imported.header("Location")).contains("/buddy/sessions/life");
		assertThat(this.http.get("/buddy/sessions/life/export").json()).isEqualTo(exported.json());
	}

	@Test
	void runInASessionOfAnotherUserOrWorkflowIsRefused() {
		String body = "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"own\",\"user_id\":\"%s\"}}";
		this.http.post("/buddy/workflows/echo/runs", body.formatted("ada"));
		Map<String, ?> before = application.stored();
		assertThat(this.http.post("/buddy/workflows/echo/runs", body.formatted("bob")).problem())
			.isEqualTo("session-not-found");
		Response other = this.http.post("/buddy/workflows/gated/runs",
				"{\"session\":{\"session_id\":\"own\",\"user_id\":\"ada\"}}");
		assertThat(other.status()).isEqualTo(409);
		assertThat(other.problem()).isEqualTo("session-of-another-workflow");
		assertThat(application.stored()).isEqualTo(before);
	}

	@Test
	void routesAreWhereThePropertiesSay() {
		try (WebApplication moved = WebApplication.open("buddy.web.base-path=/api/flows",
				"server.servlet.context-path=/app")) {
			Response started = moved.http()
				.with("Prefer", "respond-async")
				.post("/app/api/flows/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":1}}");
			assertThat(started.header("Location").orElseThrow()).startsWith("/app/api/flows/runs/");
			assertThat(moved.http().get(started.header("Location").orElseThrow()).status()).isEqualTo(200);
			assertThat(moved.http().get("/app/buddy/workflows").status()).isEqualTo(404);
		}
		try (WebApplication none = WebApplication.open("buddy.web.enabled=false")) {
			assertThat(none.http().get("/buddy/workflows").status()).isEqualTo(404);
		}
	}

}
