package buddy.web;

import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.storage.SessionRetention;
import buddy.storage.SessionRetention.Swept;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs that have been paused for too long are cancelled by retention, with those that
 * they have called.
 */
class PausedAgeTests {

	@ParameterizedTest
	@EnumSource(value = TestDatabase.class, names = { "H2", "POSTGRESQL" })
	void runThatHasBeenPausedForTooLongIsCancelledWithThoseItHasCalled(TestDatabase database) {
		try (WebApplication application = WebApplication.start(database.create(),
				new String[] { "buddy.retention.paused-age=1d", "buddy.workflows.any.retention.paused-age=0" },
				AskingWorkflows.class)) {
			Http http = application.http();
			String old = paused(http, "asking", "{}");
			String young = paused(http, "asking", "{}");
			String kept = paused(http, "any", "{\"type\":\"text\"}");
			Response calling = http.post("/buddy/workflows/calling/runs", "{}");
			String caller = (String) calling.at("run_id");
			String called = (String) ((Map<?, ?>) ((List<?>) calling.at("waits_for")).get(0)).get("run_id");
			String answered = paused(http, "asking", "{}");
			age(application, List.of(old, kept, caller, called, answered));
			http.post("/buddy/runs/" + answered + "/answers",
					"{\"question\":\"approve\",\"answer\":{\"approved\":false}}");

			SessionRetention retention = application.bean(SessionRetention.class);
			assertThat(retention.sweep()).isEqualTo(new Swept(0, 0, 2));

			for (String ended : new String[] { old, caller, called }) {
				Response run = http.get("/buddy/runs/" + ended);
				assertThat(run.at("status")).isEqualTo("CANCELLED");
				assertThat(run.at("error", "reason")).isEqualTo("expired");
				assertThat(run.json()).doesNotContainKey("waits_for");
			}
			for (String paused : new String[] { young, kept }) {
				assertThat(http.get("/buddy/runs/" + paused).at("status")).isEqualTo("PAUSED");
			}
			assertThat(http.get("/buddy/questions?status=open").items()).extracting((item) -> item.get("run_id"))
				.containsExactlyInAnyOrder(young, kept);
			assertThat(http
				.post("/buddy/runs/" + old + "/answers", "{\"question\":\"approve\",\"answer\":{\"approved\":false}}")
				.status()).isEqualTo(404);
			Awaitility.await().until(() -> "COMPLETED".equals(http.get("/buddy/runs/" + answered).at("status")));
			assertThat(http.get("/buddy/audit").items()).as("what retention does has no entry")
				.extracting((entry) -> entry.get("action"))
				.containsExactly("answer");
			assertThat(retention.sweep()).isEqualTo(new Swept(0, 0, 0));
		}
	}

	private static String paused(Http http, String workflow, String input) {
		Response asked = http.post("/buddy/workflows/" + workflow + "/runs", "{\"input\":" + input + "}");
		assertThat(asked.status()).as(asked.body()).isEqualTo(202);
		return (String) asked.at("run_id");
	}

	private static void age(WebApplication application, List<String> runs) {
		runs.forEach((run) -> application.bean(JdbcTemplate.class)
			.update("update buddy_workflow_run set paused_at = paused_at - 90000000 where run_id = ?", run));
	}

}
