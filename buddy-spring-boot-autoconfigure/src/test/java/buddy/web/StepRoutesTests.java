package buddy.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.test.Replays;
import buddy.web.Http.Response;
import buddy.web.WebApplication.Gate;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

/**
 * The steps of runs over HTTP, and runs that are continued.
 */
class StepRoutesTests {

	private static WebApplication application;

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		application = WebApplication.with(Steps.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void shut() {
		application.gate().open();
		application.gate().shut();
		application.bean(Charges.class).calls.set(0);
	}

	@Test
	void stepsOfARunAreListedInTheirOrder() {
		String run = failed("charge");
		List<Map<String, Object>> items = this.http.get(run + "/steps").items();

		assertThat(items).extracting((item) -> item.get("key")).containsExactly("look", "look#2", "charge");
		assertThat(items).extracting((item) -> item.get("position")).containsExactly(0, 1, 2);
		assertThat(items).extracting((item) -> item.get("status")).containsExactly("DONE", "DONE", "FAILED");
		assertThat(items.get(1)).containsEntry("name", "look")
			.containsEntry("kind", "step")
			.containsEntry("attempts", 1)
			.containsEntry("epoch", 0)
			.containsEntry("result", "found 2")
			.containsKeys("started_at", "ended_at")
			.doesNotContainKeys("error", "child_run_id", "state", "digest");
		assertThat(items.get(2)).extractingByKey("error")
			.isEqualTo(Map.of("type", "java.lang.IllegalStateException", "message", "no money"));
	}

	@Test
	void stepsAreListedByPages() {
		String run = failed("charge");
		Response first = this.http.get(run + "/steps?limit=2");
		assertThat(first.items()).hasSize(2);
		String next = (String) first.at("next");
		assertThat(next).isEqualTo(run + "/steps?limit=2&after=look%232");
		assertThat(first.header("Link")).contains("<" + next + ">; rel=\"next\"");
		Response last = this.http.get(next);
		assertThat(last.items()).extracting((item) -> item.get("key")).containsExactly("charge");
		assertThat(last.json()).doesNotContainKey("next");
		assertThat(this.http.get(run + "/steps?after=charge").items()).isEmpty();
		for (String wrong : new String[] { "after=none", "after=%00", "after=" + "x".repeat(513), "limit=0",
				"limit=101", "full=yes", "key=look" }) {
			assertThat(this.http.get(run + "/steps?" + wrong).problem()).as(wrong).isEqualTo("invalid-parameter");
		}
		assertThat(this.http.get("/buddy/runs/none/steps").problem()).isEqualTo("run-not-found");
	}

	@Test
	void largeResultsAreLeftOutOfListsOnly() {
		String run = "/buddy/runs/" + this.http.post("/buddy/workflows/large/runs", "{}").at("run_id");
		assertThat(this.http.get(run + "/steps").items()).singleElement()
			.satisfies((item) -> assertThat(item).doesNotContainKey("result")
				.extractingByKey("result_note")
				.asString()
				.contains("100002 characters"));
		assertThat(this.http.get(run + "/steps?full=true").items()).singleElement()
			.satisfies((item) -> assertThat((String) item.get("result")).hasSize(100_000));
	}

	@Test
	void wholeDocumentHasAllThatIsNeededToReplayTheRun() {
		String run = "/buddy/runs/"
				+ this.http.post("/buddy/workflows/many/runs", "{\"input\":{\"count\":120}}").at("run_id");
		Response whole = this.http.get(run + "/steps?full=true");

		assertThat(whole.at("run", "run_id")).isEqualTo(run.substring("/buddy/runs/".length()));
		assertThat(whole.at("run", "workflow_id")).isEqualTo("many");
		assertThat(whole.at("run", "code_version")).isEqualTo("7");
		assertThat(whole.at("run", "input")).isEqualTo(Map.of("count", 120));
		assertThat(whole.items()).hasSize(120);
		assertThat(whole.body()).contains("\"result\":1.0E10,");
		assertThat(whole.items().get(0)).extractingByKey("state").asInstanceOf(MAP).containsKeys("operations", "base");
		Response record = this.http.get(run);
		assertThat(record.at("state_changes")).isEqualTo(Map.of("n", Map.of("after", 120)));
		assertThat(record.at("response")).asString().doesNotContain("state_changes");
		Response page = this.http.get(run + "/steps?full=true&limit=100");
		assertThat(page.items()).hasSize(100).isEqualTo(whole.items().subList(0, 100));
		assertThat(page.at("run")).isEqualTo(whole.at("run"));
		assertThat(this.http.get((String) page.at("next")).items()).hasSize(20);
		assertThat(this.http.get(run + "/steps?full=true&after=none").problem()).isEqualTo("invalid-parameter");
	}

	@Test
	void nestedRunsAreAmongTheSteps() {
		Response response = this.http.post("/buddy/workflows/outer/runs", "{}");
		assertThat(response.status()).as(response.body()).isEqualTo(200);
		String run = "/buddy/runs/" + response.at("run_id");
		List<Map<String, Object>> items = this.http.get(run + "/steps").items();

		assertThat(items).extracting((item) -> item.get("key")).containsExactly("first", "run:many", "last");
		assertThat(items).extracting((item) -> item.get("position")).containsExactly(0, 1, 2);
		assertThat(items.get(1)).containsEntry("kind", "run").containsEntry("status", "DONE");
		String child = "/buddy/runs/" + items.get(1).get("child_run_id");
		assertThat(this.http.get(child).at("parent_run_id")).isEqualTo(response.at("run_id"));
		Response first = this.http.get(run + "/steps?limit=2");
		assertThat(first.items()).hasSize(2);
		assertThat(this.http.get((String) first.at("next")).items()).hasSize(1);
		assertThat(this.http.get(run + "/steps?after=none").problem()).isEqualTo("invalid-parameter");
		assertThat(this.http.get(run + "/steps?full=true").items().get(1).get("result")).asString()
			.contains("content=3");
		assertThat(this.http.get(child).at("resumable")).isEqualTo(false);
		assertThat(this.http.post(child + "/retry", "").problem()).isIn("run-ended", "run-not-resumable");
	}

	@Test
	void interruptedRunIsContinuedOnceOfManyRequests() {
		String run = interrupted("gate");
		Response before = this.http.get(run);
		assertThat(before.at("resumable")).isEqualTo(true);
		assertThat(before.at("epoch")).isEqualTo(0);
		assertThat(before.at("recoveries")).isEqualTo(0);
		assertThat(before.json()).doesNotContainKeys("code_version", "forked_from");

		List<Response> answers = Stream
			.generate(() -> CompletableFuture.supplyAsync(() -> this.http.post(run + "/resume", "{}")))
			.limit(2)
			.toList()
			.stream()
			.map(CompletableFuture::join)
			.toList();

		assertThat(answers).extracting(Response::status).as(answers.toString()).containsExactlyInAnyOrder(202, 409);
		for (Response answer : answers) {
			assertThat("/buddy/runs/" + answer.at("run_id")).isEqualTo(run);
			if (answer.status() == 202) {
				assertThat(answer.header("Location")).contains(run);
			}
			else {
				assertThat(answer.problem()).isEqualTo("run-alive");
				assertThat(answer.at("reason")).isEqualTo("run-alive");
			}
		}
		Response during = this.http.get(run);
		assertThat(during.at("status")).isEqualTo("RUNNING");
		assertThat(during.at("resumable")).isEqualTo(false);
		assertThat(during.at("epoch")).isEqualTo(1);
		application.gate().open();
		Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(run).at("status")));
		assertThat(this.http.get(run).at("resumable")).isEqualTo(false);
		Response again = this.http.post(run + "/resume", "");
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.problem()).isEqualTo("run-ended");
	}

	@Test
	void failedRunIsRetriedAndNotResumed() {
		String run = failed("charge");
		assertThat(this.http.get(run).at("resumable")).isEqualTo(true);
		Response resumed = this.http.post(run + "/resume", "");
		assertThat(resumed.status()).isEqualTo(409);
		assertThat(resumed.problem()).isEqualTo("run-not-resumable");
		assertThat(resumed.at("reason")).isEqualTo("failed");
		assertThat(resumed.at("detail")).asString().contains("retry it");

		assertThat(this.http.post(run + "/retry", "").status()).isEqualTo(202);
		Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(run).at("status")));
		assertThat(this.http.get(run + "/steps").items()).extracting((item) -> item.get("epoch"))
			.containsExactly(0, 0, 1);
	}

	@Test
	void runIsForkedBeforeAStep() {
		String run = failed("charge");
		Response forked = this.http.post(run + "/fork", "{\"before\":\"look#2\"}");
		assertThat(forked.status()).as(forked.body()).isEqualTo(202);
		String fork = forked.header("Location").orElseThrow();
		assertThat(fork).isEqualTo("/buddy/runs/" + forked.at("run_id")).isNotEqualTo(run);
		Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(fork).at("status")));
		assertThat("/buddy/runs/" + this.http.get(fork).at("forked_from")).isEqualTo(run);
		assertThat(this.http.get(fork + "/steps").items()).extracting((item) -> item.get("key"))
			.containsExactly("look", "look#2", "charge");
		assertThat(this.http.get(run).at("status")).isEqualTo("ERROR");

		Response wrong = this.http.post(run + "/fork", "{\"before\":\"none\"}");
		assertThat(wrong.status()).isEqualTo(409);
		assertThat(wrong.problem()).isEqualTo("run-not-resumable");
		assertThat(wrong.at("reason")).isEqualTo("no-such-step");
	}

	@Test
	void documentOfAForkReplaysAsThatOfItsOriginal() {
		Response response = this.http.post("/buddy/workflows/outer/runs", "{}");
		String run = "/buddy/runs/" + response.at("run_id");
		Response forked = this.http.post(run + "/fork", "{\"before\":\"last\"}");
		String fork = "/buddy/runs/" + forked.at("run_id");
		Awaitility.await().until(() -> "COMPLETED".equals(this.http.get(fork).at("status")));

		Response original = this.http.get(run + "/steps?full=true");
		Response document = this.http.get(fork + "/steps?full=true");

		assertThat(document.items()).extracting((item) -> item.get("key")).containsExactly("first", "run:many", "last");
		assertThat(document.items().get(1)).isEqualTo(original.items().get(1));
		assertThat(original.json()).extractingByKey("run").asInstanceOf(MAP).doesNotContainKey("recipe");
		assertThat(document.at("run", "recipe", "fork", "before")).isEqualTo("last");
		assertThat(document.at("run", "forked_from")).isEqualTo(response.at("run_id"));
		OuterWorkflow code = new OuterWorkflow(application.bean(ManyWorkflow.class));
		for (Response replayed : List.of(original, document)) {
			assertThat(Replays.of(code).from(replayed.body()).verify().next()).isNull();
		}
	}

	@Test
	void runsAreComparedWithTheCode() {
		String run = interrupted("gate");
		this.http.post("/buddy/workflows/charging/runs", "{\"input\":{\"step\":\"other\"}}");
		application.gate().open();
		Response verified = this.http.post(run + "/verify", "");
		assertThat(verified.status()).as(verified.body()).isEqualTo(200);
		assertThat("/buddy/runs/" + verified.at("run_id")).isEqualTo(run);
		assertThat(verified.json()).containsEntry("workflow_id", "charging")
			.containsEntry("matches", true)
			.containsEntry("steps", 2)
			.containsEntry("next", "gate")
			.doesNotContainKey("problem");

		Response all = this.http.post("/buddy/workflows/charging/verify?limit=1", "{}");
		List<Object> ids = new ArrayList<>();
		for (Response page = all; ids.size() < 100; page = this.http.post((String) page.at("next"), "")) {
			assertThat(page.status()).as(page.body()).isEqualTo(200);
			page.items().forEach((item) -> ids.add("/buddy/runs/" + item.get("run_id")));
			if (page.at("next") == null) {
				break;
			}
		}
		assertThat(ids).contains(run).doesNotHaveDuplicates();
	}

	@Test
	void unknownRunsAndFieldsAreRefused() {
		for (String action : new String[] { "resume", "retry", "verify" }) {
			assertThat(this.http.post("/buddy/runs/none/" + action, "").problem()).isEqualTo("run-not-found");
			assertThat(this.http.post("/buddy/runs/none/" + action, "{\"input\":{}}").problem())
				.isEqualTo("invalid-input");
			assertThat(this.http.get("/buddy/runs/none/" + action).status()).isEqualTo(405);
		}
		assertThat(this.http.post("/buddy/runs/none/fork", "{\"before\":\"a\"}").problem()).isEqualTo("run-not-found");
		String run = failed("charge");
		for (String wrong : new String[] { "{}", "{\"before\":\"\"}", "{\"before\":7}", "{\"after\":\"a\"}" }) {
			assertThat(this.http.post(run + "/fork", wrong).problem()).as(wrong).isEqualTo("invalid-input");
		}
		assertThat(this.http.post("/buddy/workflows/none/verify", "").problem()).isEqualTo("workflow-not-found");
	}

	private String failed(String step) {
		Response failed = this.http.post("/buddy/workflows/charging/runs", "{\"input\":{\"step\":\"" + step + "\"}}");
		assertThat(failed.problem()).as(failed.body()).isEqualTo("run-failed");
		return "/buddy/runs/" + failed.at("run_id");
	}

	/** Makes a run look as one whose process has died. */
	private String interrupted(String step) {
		String run = failed(step);
		assertThat(new JdbcTemplate(application.bean(DataSource.class)).update(
				"update buddy_workflow_run set error = json '{\"reason\":\"interrupted\"}' where run_id = ?",
				run.substring("/buddy/runs/".length())))
			.isEqualTo(1);
		return run;
	}

	static final class Charges {

		final AtomicInteger calls = new AtomicInteger();

	}

	@Configuration(proxyBeanMethods = false)
	static class Steps {

		@Bean
		Charges charges() {
			return new Charges();
		}

		@Bean
		ChargingWorkflow charging(Charges charges, Gate gate) {
			return new ChargingWorkflow(charges, gate);
		}

		@Bean
		LargeWorkflow large() {
			return new LargeWorkflow();
		}

		@Bean
		ManyWorkflow many() {
			return new ManyWorkflow();
		}

		@Bean
		OuterWorkflow outer(ManyWorkflow many) {
			return new OuterWorkflow(many);
		}

	}

	static class ChargingWorkflow extends Workflow {

		private final Charges charges;

		private final Gate gate;

		ChargingWorkflow(Charges charges, Gate gate) {
			this.charges = charges;
			this.gate = gate;
		}

		String run(String step) throws InterruptedException {
			List<String> found = new ArrayList<>();
			found.add(step("look", () -> "found 1"));
			found.add(step("look", () -> "found 2"));
			if (this.charges.calls.incrementAndGet() > 1) {
				while (step.equals("gate") && !this.gate.await()) {
					check();
				}
				return step(step, () -> "charged") + found;
			}
			if (step.equals("gate")) {
				throw new IllegalStateException("the process dies");
			}
			return step(step, () -> {
				throw new IllegalStateException("no money");
			});
		}

		private void check() {
			if (cancelled()) {
				throw new IllegalStateException("stopped");
			}
		}

	}

	static class LargeWorkflow extends Workflow {

		int run() {
			return step("large", () -> "x".repeat(100_000)).length();
		}

	}

	static class ManyWorkflow extends Workflow {

		ManyWorkflow() {
			super(WorkflowSettings.builder().version("7").build());
		}

		int run(int count) {
			for (int i = 0; i < count; i++) {
				step("s", () -> {
					sessionState().increment("n", 1);
					return 1.0E10;
				});
			}
			return count;
		}

	}

	static class OuterWorkflow extends Workflow {

		private final ManyWorkflow many;

		OuterWorkflow(ManyWorkflow many) {
			this.many = many;
		}

		String run() {
			String first = step("first", () -> "a");
			return first + this.many.run(3) + step("last", () -> "b");
		}

	}

}
