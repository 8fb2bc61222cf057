package buddy.web;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What REST accepts for later is queued.
 */
class QueuedStartTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"session\":{\"session_id\":\"s1\"},\"input\":{\"text\":\"a\",\"times\":1}}";

	@Test
	void runIsAcceptedAndExecutedAndItsEventsCanBeFollowed() {
		try (WebApplication application = start(TestDatabase.H2)) {
			Http async = application.http().with("Prefer", "respond-async");
			Response accepted = async.post(RUNS, GOOD);
			assertThat(accepted.status()).isEqualTo(202);
			assertThat(accepted.header("Preference-Applied")).contains("respond-async");
			String location = accepted.header("Location").orElseThrow();

			String events = application.http().with("Accept", "text/event-stream").get(location + "/events").body();

			assertThat(events).contains("WorkflowStarted", "WorkflowCompleted");
			assertThat(application.http().get(location).at("status")).isEqualTo("COMPLETED");
			assertThat(async.post(RUNS, "{\"input\":{\"text\":\"a\"}}").status()).isEqualTo(422);
		}
	}

	@ParameterizedTest
	@EnumSource(value = TestDatabase.class, names = { "H2", "POSTGRESQL" })
	void repeatedKeyGivesTheFirstRun(TestDatabase database) {
		try (WebApplication application = start(database)) {
			Http async = application.http().with("Prefer", "respond-async").with("Idempotency-Key", "k1");
			Response first = async.post(RUNS, GOOD);
			assertThat(first.status()).isEqualTo(202);
			Response again = async.post(RUNS, GOOD);
			assertThat(again.status()).isIn(200, 202);
			assertThat(again.at("run_id")).isEqualTo(first.at("run_id"));
			Awaitility.await().until(() -> async.post(RUNS, GOOD).status() == 200);
			assertThat(async.post(RUNS, GOOD.replace("\"a\"", "\"b\"")).status()).isEqualTo(422);
		}
	}

	@Test
	void runOfANodeThatOnlyQueuesIsExecutedByAnother() {
		String[] database = TestDatabase.POSTGRESQL.create();
		try (WebApplication web = WebApplication.start(database,
				new String[] { "buddy.web.queue-runs=true", "buddy.engine.enabled=false" });
				WebApplication worker = WebApplication.start(database,
						new String[] { "buddy.web.queue-runs=true", "buddy.engine.poll-interval=100ms" })) {
			// with the first run that it queues itself, it begins to look for others
			worker.http().with("Prefer", "respond-async").post(RUNS, GOOD);
			String location = web.http()
				.with("Prefer", "respond-async")
				.post(RUNS, GOOD)
				.header("Location")
				.orElseThrow();
			Awaitility.await().until(() -> "COMPLETED".equals(web.http().get(location).at("status")));
		}
	}

	private static WebApplication start(TestDatabase database) {
		return WebApplication.start(database.create(), new String[] { "buddy.web.queue-runs=true" });
	}

}
