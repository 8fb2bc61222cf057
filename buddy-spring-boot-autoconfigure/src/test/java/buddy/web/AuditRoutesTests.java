package buddy.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.storage.AuditLog;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is done to runs and sessions is written down with who did it, and shown to those
 * who see everything.
 */
class AuditRoutesTests {

	private static WebApplication application;

	private final Http alice = application.http().as("alice");

	private final Http bob = application.http().as("bob");

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.security.operator-sees-all=true" }, AskingWorkflows.class,
				WebApplication.Secured.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void everyActionHasItsEntryWithWhoDidIt() {
		Response asked = this.alice.post("/buddy/workflows/asking/runs", "{\"input\":{},\"session\":{}}");
		String run = (String) asked.at("run_id");
		String session = (String) asked.at("session_id");
		assertThat(audit("run_id=" + run)).as("beginning and pausing is no action").isEmpty();

		assertThat(
				this.bob.post("/buddy/runs/" + run + "/answers", "{\"question\":\"approve\",\"answer\":{}}").status())
			.isEqualTo(422);
		assertThat(audit("run_id=" + run)).as("a refused answer").isEmpty();
		this.bob.post("/buddy/runs/" + run + "/answers",
				"{\"question\":\"approve\",\"answer\":{\"approved\":true,\"note\":\"s3cret\"}}");
		assertThat(audit("run_id=" + run)).singleElement().satisfies((entry) -> {
			assertThat(entry).containsEntry("action", "answer")
				.containsEntry("actor", "bob")
				.containsEntry("workflow_id", "asking")
				.containsEntry("session_id", session)
				.containsEntry("run_id", run)
				.containsEntry("detail", Map.of("question", "approve"))
				.containsOnlyKeys("id", "at", "action", "actor", "workflow_id", "session_id", "run_id", "detail");
		});
		awaitStatus(run, "COMPLETED");
		assertThat(this.bob.post("/buddy/runs/" + run + "/cancel", "").status()).isEqualTo(409);

		String fork = (String) this.alice.post("/buddy/runs/" + run + "/fork", "{\"before\":\"approve\"}").at("run_id");
		assertThat(audit("run_id=" + run + "&action=fork")).singleElement()
			.satisfies((entry) -> assertThat(entry).containsEntry("actor", "alice")
				.containsEntry("detail", Map.of("before", "approve", "new_run", fork)));

		awaitStatus(fork, "PAUSED");
		assertThat(this.bob.post("/buddy/runs/" + fork + "/cancel", "").status()).isEqualTo(202);
		awaitStatus(fork, "CANCELLED");
		assertThat(this.alice.post("/buddy/runs/" + fork + "/resume", "").status()).as("refused").isEqualTo(409);
		assertThat(this.alice.post("/buddy/runs/" + fork + "/retry", "").status()).isEqualTo(202);
		awaitStatus(fork, "PAUSED");
		application.bean(JdbcTemplate.class)
			.update("update buddy_workflow_run set status = 'ERROR', error = ? format json where run_id = ?",
					"{\"reason\":\"interrupted\"}", fork);
		assertThat(this.bob.post("/buddy/runs/" + fork + "/resume", "").status()).isEqualTo(202);
		awaitStatus(fork, "PAUSED");
		assertThat(audit("run_id=" + fork)).extracting((entry) -> entry.get("action") + " by " + entry.get("actor"))
			.containsExactly("resume by bob", "retry by alice", "cancel by bob");
		assertThat(audit("run_id=" + fork + "&action=cancel").get(0)).containsEntry("detail",
				Map.of("reason", "it was cancelled over HTTP"));

		assertThat(this.alice.delete("/buddy/sessions/" + session).status()).isEqualTo(204);
		assertThat(this.alice.get("/buddy/runs/" + run).status()).isEqualTo(404);
		assertThat(audit("session_id=" + session)).extracting((entry) -> entry.get("action"))
			.as("entries outlive what they tell of")
			.containsExactly("delete", "resume", "retry", "cancel", "fork", "answer");
		assertThat(audit("session_id=" + session + "&actor=bob")).hasSize(3);
		assertThat(application.bean(JdbcTemplate.class).queryForList("select detail from buddy_workflow_audit"))
			.as("payloads are not written")
			.noneMatch((row) -> row.toString().contains("s3cret"));
	}

	@Test
	void userIsErasedByThoseWhoSeeEverything() {
		for (int i = 0; i < 2; i++) {
			application.http().as("olga").post("/buddy/workflows/asking/runs", "{\"input\":{},\"session\":{}}");
		}
		assertThat(this.alice.get("/buddy/sessions?user_id=olga").items()).hasSize(2);
		assertThat(application.http().as("vera").delete("/buddy/users/olga").status()).isEqualTo(403);
		assertThat(application.http().delete("/buddy/users/olga").status()).isEqualTo(401);
		assertThat(this.alice.delete("/buddy/users/%00").status()).isEqualTo(400);

		Response erased = this.alice.delete("/buddy/users/olga");

		assertThat(erased.status()).as(erased.body()).isEqualTo(200);
		assertThat(erased.json()).isEqualTo(Map.of("sessions", 2, "runs", 2, "unfinished_runs", 2, "schedules", 0,
				"budgets", 0, "questions", 0, "audit_entries", 0));
		assertThat(this.alice.get("/buddy/sessions?user_id=olga").items()).isEmpty();
		assertThat(audit("action=erase")).singleElement()
			.satisfies((entry) -> assertThat(entry).containsEntry("actor", "alice").doesNotContainValue("olga"));
		assertThat(this.alice.delete("/buddy/users/olga").json()).containsEntry("sessions", 0);
	}

	@Test
	void runInProgressIsCancelledWithAnEntry() {
		application.gate().shut();
		Response begun = this.alice.with("Prefer", "respond-async")
			.post("/buddy/workflows/gated/runs", "{\"input\":{}}");
		String run = (String) begun.at("run_id");
		assertThat(this.bob.post("/buddy/runs/" + run + "/cancel", "").status()).isEqualTo(202);
		awaitStatus(run, "CANCELLED");
		assertThat(audit("run_id=" + run)).singleElement()
			.satisfies((entry) -> assertThat(entry).containsEntry("action", "cancel").containsEntry("actor", "bob"));
	}

	@Test
	void javaCallsAreWrittenDownToo() {
		String run = (String) this.alice.post("/buddy/workflows/asking/runs", "{}").at("run_id");
		WorkflowScope.ofUser("carl")
			.run(() -> application.bean(WorkflowRuns.class).ofEverybody().cancel(run, "enough"));
		assertThat(audit("run_id=" + run)).singleElement()
			.satisfies((entry) -> assertThat(entry).containsEntry("actor", "carl")
				.containsEntry("detail", Map.of("reason", "enough")));
	}

	@Test
	void pagesAreFollowedByTheirLinks() {
		String session = "paged";
		List<Object> expected = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			String run = (String) this.alice
				.post("/buddy/workflows/asking/runs", "{\"input\":{},\"session\":{\"session_id\":\"" + session + "\"}}")
				.at("run_id");
			this.alice.post("/buddy/runs/" + run + "/cancel", "");
			expected.add(0, run);
		}
		List<Object> seen = new ArrayList<>();
		String next = "/buddy/audit?limit=2&session_id=" + session;
		while (next != null) {
			Response page = this.alice.get(next);
			page.items().forEach((entry) -> seen.add(entry.get("run_id")));
			next = (String) page.json().get("next");
		}
		assertThat(seen).isEqualTo(expected);
	}

	@Test
	void viewersAndOperatorsOfTheirOwnRunsDoNotSeeIt() {
		assertThat(application.http().as("vera").get("/buddy/audit").status()).isEqualTo(403);
		assertThat(application.http().as("nemo").get("/buddy/audit").status()).isEqualTo(403);
		assertThat(application.http().get("/buddy/audit").status()).isEqualTo(401);
		try (WebApplication own = WebApplication.secured()) {
			assertThat(own.http().as("alice").get("/buddy/audit").problem()).isEqualTo("forbidden");
			assertThat(own.http().as("alice").delete("/buddy/users/bob").problem()).isEqualTo("forbidden");
		}
		try (WebApplication open = WebApplication.open()) {
			assertThat(open.http().get("/buddy/audit").status()).isEqualTo(200);
			assertThat(open.bean(AuditLog.class)).isNotNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "action=none", "action=CANCEL", "run_id=%20", "limit=0", "after=x", "since=yesterday",
			"actor=%00", "workflow_id=%2F", "status=open" })
	void badParametersAreNamed(String query) {
		Response refused = this.alice.get("/buddy/audit?" + query);
		assertThat(refused.status()).as(refused.body()).isEqualTo(400);
	}

	private List<Map<String, Object>> audit(String query) {
		Response list = this.alice.get("/buddy/audit?" + query);
		assertThat(list.status()).as(list.body()).isEqualTo(200);
		return list.items();
	}

	private void awaitStatus(String run, String status) {
		Awaitility.await().until(() -> status.equals(this.alice.get("/buddy/runs/" + run).at("status")));
	}

}
