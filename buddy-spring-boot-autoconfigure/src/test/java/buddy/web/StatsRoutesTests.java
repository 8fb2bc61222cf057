package buddy.web;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.internal.RunIds;
import buddy.test.SettableClock;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the overview shows of many runs, to whom, and at what cost.
 */
class StatsRoutesTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:00:30Z");

	private static final long FIRST = Instant.parse("2026-03-01T11:01:00Z").getEpochSecond();

	private static WebApplication application;

	private static SentStatements sent;

	private static int made;

	private final Http alice = application.http().as("alice");

	private final Http vera = application.http().as("vera");

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.security.operator-sees-all=true", "buddy.engine.enabled=false",
						"buddy.node.end-orphans=false" },
				Observed.class);
		sent = application.bean(SentStatements.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	/**
	 * Answers are kept for each user and window, so each test asks for one of its own.
	 */
	@BeforeEach
	void empty() {
		JdbcTemplate jdbc = application.bean(JdbcTemplate.class);
		jdbc.update("delete from buddy_workflow_run");
		jdbc.update("delete from buddy_workflow_session");
		for (String user : new String[] { "alice", "bob", "vera" }) {
			jdbc.update("insert into buddy_workflow_session (session_id, workflow_id, user_id, created_at, updated_at,"
					+ " version) values (?, 'w1', ?, 1, 1, 1)", "of-" + user, user);
		}
		application.bean(SettableClock.class).set(NOW);
	}

	@Test
	void hourIsShownByTheMinute() {
		for (int i = 1; i <= 20; i++) {
			run("of-alice", "w1", "COMPLETED", 60, i, null, 10L);
		}
		run("of-bob", "w2", "ERROR", 120, 1, "java.io.IOException", null);
		String last = run("of-bob", "w2", "ERROR", 130, 1, "java.io.IOException", null);
		String other = run("of-bob", "w1", "ERROR", 3000, 5, null, null);
		run("of-bob", "w2", "CANCELLED", 3541, 600, null, 3L);
		run("of-bob", "w2", "COMPLETED", -61, 1, null, 1000L);
		String oldest = run("of-bob", "w3", "RUNNING", -7200, 0, null, null);
		run("of-bob", "w3", "PAUSED", 10, 0, null, null);

		Response answer = this.alice.get("/buddy/stats");

		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		assertThat(answer.json()).containsEntry("window", "1h")
			.containsEntry("from", (int) FIRST)
			.containsEntry("to", (int) NOW.getEpochSecond())
			.containsEntry("truncated", false)
			.doesNotContainKey("counted_from")
			.containsEntry("unfinished", Map.of("RUNNING", 1, "PENDING", 0, "PAUSED", 1))
			.containsEntry("ended", Map.of("COMPLETED", 20, "ERROR", 3, "CANCELLED", 1))
			.containsEntry("oldest_unfinished",
					Map.of("run_id", oldest, "workflow_id", "w3", "created_at", (int) FIRST - 7200))
			.containsEntry("open_questions", 0)
			.containsEntry("errors", List.of(Map.of("type", "java.io.IOException", "count", 2, "last_run_id", last),
					Map.of("type", "unknown", "count", 1, "last_run_id", other)));
		List<Map<String, Object>> buckets = list(answer, "buckets");
		assertThat(buckets).hasSize(60);
		assertThat(buckets.get(0)).isEqualTo(Map.of("from", (int) FIRST, "completed", 0, "error", 0, "cancelled", 0,
				"input_tokens", 0, "output_tokens", 0));
		assertThat(buckets.get(1)).isEqualTo(Map.of("from", (int) FIRST + 60, "completed", 20, "error", 0, "cancelled",
				0, "p50_seconds", new BigDecimal("10.0"), "p95_seconds", new BigDecimal("19.0"), "input_tokens", 200,
				"output_tokens", 20));
		assertThat(buckets.get(59)).as("ended after now")
			.containsEntry("cancelled", 1)
			.containsEntry("input_tokens", 3);
		List<Map<String, Object>> workflows = list(answer, "workflows");
		assertThat(workflows).extracting((workflow) -> workflow.get("workflow_id")).containsExactly("w1", "w2");
		assertThat(workflows.get(0)).containsEntry("ended", 21)
			.containsEntry("errors", 1)
			.containsEntry("last_error_run_id", other)
			.containsEntry("buckets",
					IntStream.range(0, 60).mapToObj((i) -> (i == 1) ? 20 : (i == 50) ? 1 : 0).toList());
	}

	@Test
	void dayIsShownByTheQuarterOfAnHour() {
		run("of-alice", "w1", "COMPLETED", -3600, 1, null, null);

		Response answer = this.alice.get("/buddy/stats?window=24h");

		assertThat(answer.json()).containsEntry("from", (int) Instant.parse("2026-02-28T12:15:00Z").getEpochSecond());
		List<Map<String, Object>> buckets = list(answer, "buckets");
		assertThat(buckets).hasSize(96);
		assertThat(buckets.get(87)).containsEntry("completed", 1)
			.containsEntry("from", (int) Instant.parse("2026-03-01T10:00:00Z").getEpochSecond());
	}

	@Test
	void viewerSeesTheOwnRunsAlone() {
		run("of-alice", "w1", "COMPLETED", 60, 1, null, null);
		run("of-bob", "w1", "RUNNING", 60, 0, null, null);
		run("of-vera", "w1", "ERROR", 70, 1, "X", null);

		assertThat(this.vera.get("/buddy/stats").json())
			.containsEntry("ended", Map.of("COMPLETED", 0, "ERROR", 1, "CANCELLED", 0))
			.containsEntry("unfinished", Map.of("RUNNING", 0, "PENDING", 0, "PAUSED", 0))
			.doesNotContainKey("oldest_unfinished");
		assertThat(application.http().as("olga").get("/buddy/stats").json()).containsEntry("ended",
				Map.of("COMPLETED", 1, "ERROR", 1, "CANCELLED", 0));
		assertThat(application.http().get("/buddy/stats").status()).isEqualTo(401);
		assertThat(application.http().as("nemo").get("/buddy/stats").status()).isEqualTo(403);
	}

	@Test
	void manyConsolesCostNoMoreThanOne() {
		run("of-alice", "w1", "COMPLETED", 60, 1, null, null);
		sent.take();
		Http bob = application.http().as("bob");

		Response first = bob.get("/buddy/stats?window=1h");
		assertThat(first.at("ended", "COMPLETED")).isEqualTo(1);
		assertThat(sent.take()).as("the cut, the runs, the counts and the questions; there is no oldest run")
			.hasSize(4);
		for (int i = 0; i < 10; i++) {
			assertThat(bob.get("/buddy/stats?window=1h").body()).isEqualTo(first.body());
		}
		assertThat(sent.take()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "window=7d", "window=1H", "more=1", "window=1h&window=24h" })
	void badParameterIsRefused(String query) {
		Response refused = this.alice.get("/buddy/stats?" + query);
		assertThat(refused.status()).isEqualTo(400);
		assertThat(refused.problem()).isEqualTo("invalid-parameter");
	}

	/** Stores a run that began so many seconds after the first minute. */
	private static String run(String session, String workflow, String status, int after, int seconds, String error,
			Long tokens) {
		long at = (FIRST + after) * 1000;
		String runId = RunIds.before(at) + "-7000-8000-" + "%012d".formatted(++made);
		application.bean(JdbcTemplate.class)
			.update("insert into buddy_workflow_run (run_id, session_id, workflow_id, status, created_at, ended_at,"
					+ " error_type, input_tokens, output_tokens) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", runId, session,
					workflow, status, at, (seconds > 0) ? at + seconds * 1000L : null, error, tokens,
					(tokens != null) ? tokens / 10 : null);
		return runId;
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Response answer, String name) {
		return (List<Map<String, Object>>) answer.json().get(name);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ WebApplication.Secured.class, SentStatements.Log.class })
	static class Observed {

		@Bean
		SettableClock clock() {
			return new SettableClock();
		}

	}

}
