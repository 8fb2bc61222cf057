package buddy.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same request comes again, later, at once, and to another node.
 */
class IdempotencyTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	@Test
	void sameKeyWithTheSameBodyGivesTheFirstRun() {
		try (WebApplication application = WebApplication.open()) {
			Http http = application.http().with("Idempotency-Key", "k1");
			Response first = http.post(RUNS, GOOD);
			Map<String, ?> after = application.stored();
			Response again = http.post(RUNS, "{ \"input\" : {\"times\":1, \"text\":\"a\"} }");
			assertThat(again.status()).as(again.body()).isEqualTo(200);
			assertThat(again.at("run_id")).isEqualTo(first.at("run_id"));
			assertThat(again.json()).isEqualTo(first.json());
			assertThat(
					http.with("Accept", "text/event-stream").post(RUNS, GOOD).header("Content-Location").orElseThrow())
				.endsWith("/" + first.at("run_id"));
			Response other = http.post(RUNS, "{\"input\":{\"text\":\"b\",\"times\":1}}");
			assertThat(other.status()).isEqualTo(422);
			assertThat(other.problem()).isEqualTo("idempotency-key-reused");
			assertThat(application.stored()).isEqualTo(after);
			assertThat(http.post("/buddy/workflows/flowing/runs", "{\"input\":{\"text\":\"b\"}}").status())
				.as("the key is the workflow's own")
				.isEqualTo(200);
		}
	}

	@Test
	void runThatGoesOnIsPointedAt() {
		try (WebApplication application = WebApplication.open()) {
			Http http = application.http().with("Idempotency-Key", "k1");
			Response first = http.with("Prefer", "respond-async").post("/buddy/workflows/gated/runs", "{}");
			assertThat(first.status()).isEqualTo(202);
			Response again = http.post("/buddy/workflows/gated/runs", "{}");
			assertThat(again.status()).isEqualTo(202);
			assertThat(again.header("Location")).isEqualTo(first.header("Location"));
			application.gate().open();
			Awaitility.await().until(() -> http.post("/buddy/workflows/gated/runs", "{}").status() == 200);
		}
	}

	@Test
	void failedRunFailsAgainAndIsNotRunAgain() {
		try (WebApplication application = WebApplication.open()) {
			Http http = application.http().with("Idempotency-Key", "k1");
			String body = "{\"input\":{\"text\":\"x\"}}";
			Response first = http.post("/buddy/workflows/failing/runs", body);
			Response again = http.post("/buddy/workflows/failing/runs", body);
			assertThat(again.status()).isEqualTo(500);
			assertThat(again.json()).isEqualTo(first.json());
			assertThat(application.stored().get("runs")).hasSize(1);
		}
	}

	@Test
	void whatWasRefusedLeavesTheKeyFree() {
		try (WebApplication application = WebApplication.open()) {
			Http http = application.http().with("Idempotency-Key", "k1");
			assertThat(http.post(RUNS, "{\"input\":{\"text\":\"a\"}}").status()).isEqualTo(422);
			assertThat(http.post(RUNS, GOOD).status()).isEqualTo(200);
		}
	}

	@Test
	void ofManyRequestsToTwoNodesAtOnceOneRuns() throws Exception {
		String[] database = TestDatabase.POSTGRESQL.create();
		try (WebApplication one = WebApplication.start(database, new String[0]);
				WebApplication two = WebApplication.start(database, new String[0])) {
			for (int round = 0; round < 5; round++) {
				String key = "race-" + round;
				int before = one.stored().get("runs").size();
				List<Response> answers = atOnce(List.of(one, two, one, two, one, two, one, two), key);
				assertThat(answers)
					.allSatisfy((answer) -> assertThat(answer.status()).as(answer.body()).isIn(200, 202));
				assertThat(answers.stream().map((answer) -> answer.at("run_id")).distinct()).hasSize(1);
				assertThat(one.stored().get("runs")).hasSize(before + 1);
			}
		}
	}

	private static List<Response> atOnce(List<WebApplication> nodes, String key) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
		try {
			CyclicBarrier start = new CyclicBarrier(nodes.size());
			List<Callable<Response>> calls = new ArrayList<>();
			nodes.forEach((node) -> calls.add(() -> {
				start.await();
				return node.http().with("Idempotency-Key", key).post(RUNS, GOOD);
			}));
			List<Response> answers = new ArrayList<>();
			for (Future<Response> answer : threads.invokeAll(calls)) {
				answers.add(answer.get());
			}
			return answers;
		}
		finally {
			threads.shutdownNow();
		}
	}

}
