package buddy.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.storage.RunOwners;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What runs that have stopped say of themselves, and what becomes of requests to continue
 * them and to compare them with their code.
 */
@Timeout(120)
class StoppedRunTests {

	private static WebApplication application;

	private final Http http = application.http();

	private final JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));

	@BeforeAll
	static void start() {
		application = WebApplication.with(Workflows.class, "buddy.node.end-orphans=false",
				"buddy.web.verify-timeout=1s");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	/** A problem is followed by its reason where that is another word. */
	@ParameterizedTest
	@CsvSource(nullValues = "-",
			textBlock = """
					COMPLETED, -,                -,     false, run-ended,                        run-ended
					RUNNING,   -,                alive, false, run-alive,                        run-alive
					RUNNING,   -,                dead,  true,  202,                              202
					PENDING,   -,                alive, false, run-alive,                        run-alive
					PENDING,   -,                dead,  true,  202,                              202
					PAUSED,    -,                dead,  false, run-not-resumable paused,         run-not-resumable paused
					ERROR,     -,                -,     true,  run-not-resumable failed,         202
					ERROR,     interrupted,      -,     true,  202,                              202
					ERROR,     step_mismatch,    -,     true,  202,                              202
					ERROR,     step_unreadable,  -,     true,  202,                              202
					ERROR,     input_unreadable, -,     true,  202,                              202
					ERROR,     step_interrupted, -,     true,  202,                              run-not-resumable step_interrupted
					ERROR,     poisoned,         -,     true,  run-not-resumable poisoned,       202
					ERROR,     session_busy,     -,     true,  run-not-resumable session_busy,   202
					ERROR,     rolled_back,      -,     true,  run-not-resumable rolled_back,    202
					CANCELLED, shutdown,         -,     true,  202,                              202
					CANCELLED, cancelled,        -,     true,  run-not-resumable cancelled,      202
					CANCELLED, timeout,          -,     true,  run-not-resumable timeout,        202
					CANCELLED, abandoned,        -,     true,  run-not-resumable abandoned,      202
					CANCELLED, lost,             -,     true,  run-not-resumable lost,           202
					""")
	void requestsAreAnsweredAsTheRunSays(String status, @Nullable String reason, @Nullable String owner,
			boolean resumable, String resume, String retry) {
		assertAnswer("resume", stopped(status, reason, owner), resumable, resume);
		assertAnswer("retry", stopped(status, reason, owner), resumable, retry);
	}

	private void assertAnswer(String action, String run, boolean resumable, String expected) {
		Response before = this.http.get(run);
		assertThat(before.at("resumable")).isEqualTo(resumable);
		assertThat(before.json()).containsEntry("epoch", 0).containsEntry("recoveries", 0);
		Response answer = this.http.post(run + "/" + action, "");
		if (expected.equals("202")) {
			assertThat(answer.status()).as(answer.body()).isEqualTo(202);
			Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(run).at("status")));
			assertThat(this.http.get(run).json()).containsEntry("epoch", 1).containsEntry("resumable", false);
			return;
		}
		assertThat(answer.status()).as(answer.body()).isEqualTo(409);
		String[] words = expected.split(" ");
		assertThat(answer.problem()).isEqualTo(words[0]);
		assertThat(answer.at("reason")).isEqualTo(words[words.length - 1]);
		assertThat(run).endsWith((String) answer.at("run_id"));
		assertThat(this.http.get(run).body()).isEqualTo(before.body());
	}

	@Test
	void runWhoseInputOrWorkflowIsGoneIsNotResumable() {
		String input = stopped("ERROR", "input_unreadable", null);
		this.jdbc.update("update buddy_workflow_run set input = json '{\"other\":1}' where run_id = ?", id(input));
		assertThat(this.http.get(input).at("resumable")).isEqualTo(false);
		Response refused = this.http.post(input + "/resume", "");
		assertThat(refused.problem()).isEqualTo("run-not-resumable");
		assertThat(refused.at("reason")).isEqualTo("input_unreadable");

		String workflow = stopped("ERROR", "interrupted", null);
		this.jdbc.update("update buddy_workflow_run set workflow_id = 'gone' where run_id = ?", id(workflow));
		assertThat(this.http.get(workflow).at("resumable")).isEqualTo(false);
		for (String action : List.of("resume", "retry", "verify")) {
			assertThat(this.http.post(workflow + "/" + action, "").problem()).as(action)
				.isEqualTo("workflow-not-found");
		}
	}

	@Test
	void comparisonWithCodeThatHangsEndsInTimeAndHoldsNoConnection() throws Exception {
		String run = stopped("ERROR", "interrupted", null);
		HikariDataSource pool = application.bean(DataSource.class).unwrap(HikariDataSource.class);
		Hanging hanging = application.bean(Hanging.class);
		hanging.holdsNone = () -> pool.getHikariPoolMXBean().getActiveConnections() == 0;
		hanging.hangs = true;

		Response late = this.http.post(run + "/verify", "");

		assertThat(late.status()).isEqualTo(504);
		assertThat(late.problem()).isEqualTo("verification-timed-out");
		assertThat(late.at("run_id")).isEqualTo(id(run));
		assertThat(hanging.stopped.await(30, TimeUnit.SECONDS)).isTrue();
		// if this machine stood still, the time was up before anybody could look
		Awaitility.await().until(() -> {
			if (!hanging.heldNone) {
				this.http.post(run + "/verify", "");
			}
			return hanging.heldNone;
		});

		Response page = this.http.post("/buddy/workflows/stopping/verify?limit=100", "");
		assertThat(page.status()).isEqualTo(200);
		assertThat(page.items()).singleElement()
			.satisfies((item) -> assertThat(item).containsEntry("matches", false)
				.extractingByKey("problem")
				.asString()
				.contains("PT1S"));
		hanging.hangs = false;
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.http.post(run + "/verify", "").at("matches")).isEqualTo(true));
		List<Object> compared = new ArrayList<>();
		for (String next = "/buddy/workflows/stopping/verify?limit=100"; next != null;) {
			Response all = this.http.post(next, "");
			all.items().forEach((item) -> compared.add(item.get("run_id")));
			next = (String) all.at("next");
		}
		assertThat(compared).contains(id(run), page.items().get(0).get("run_id")).doesNotHaveDuplicates();
	}

	/** Makes a run that completed look as one that has stopped. */
	private String stopped(String status, @Nullable String reason, @Nullable String owner) {
		Response ran = this.http.post("/buddy/workflows/stopping/runs", "{\"input\":{\"text\":\"x\"}}");
		assertThat(ran.status()).as(ran.body()).isEqualTo(200);
		String runId = (String) ran.at("run_id");
		application.bean(RunOwners.class).seen("alive", 600_000);
		Map<String, String> errors = Map.of("ERROR", "'{}'", "CANCELLED", "'{}'");
		String error = (reason != null) ? "'{\"reason\":\"" + reason + "\"}'" : errors.get(status);
		assertThat(this.jdbc.update("update buddy_workflow_run set status = ?, owner_node = ?, error = "
				+ ((error != null) ? "json " : "") + error
				+ (status.matches("ERROR|CANCELLED|COMPLETED") ? "" : ", ended_at = null") + " where run_id = ?",
				status, owner, runId))
			.isOne();
		return "/buddy/runs/" + runId;
	}

	private static String id(String run) {
		return run.substring("/buddy/runs/".length());
	}

	static class Hanging {

		final CountDownLatch stopped = new CountDownLatch(1);

		volatile boolean hangs;

		volatile BooleanSupplier holdsNone = () -> false;

		/** Whether no connection was held while a comparison hung. */
		volatile boolean heldNone;

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Hanging hanging() {
			return new Hanging();
		}

		@Bean
		StoppingWorkflow stopping(Hanging hanging) {
			return new StoppingWorkflow(hanging);
		}

	}

	static class StoppingWorkflow extends Workflow {

		private final Hanging hanging;

		StoppingWorkflow(Hanging hanging) {
			this.hanging = hanging;
		}

		String run(String text) throws InterruptedException {
			String first = step("first", () -> text);
			CountDownLatch never = new CountDownLatch(1);
			while (this.hanging.hangs && !cancelled()) {
				if (this.hanging.holdsNone.getAsBoolean() && !cancelled()) {
					this.hanging.heldNone = true;
				}
				never.await(5, TimeUnit.MILLISECONDS);
			}
			if (cancelled()) {
				this.hanging.stopped.countDown();
			}
			return first + step("second", () -> "y");
		}

	}

}
