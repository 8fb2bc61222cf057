package buddy.web;

import java.util.List;
import java.util.Map;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import buddy.web.Http.Response;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSchedule;
import buddy.workflow.WorkflowSchedules;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Schedules and nodes over HTTP.
 */
class ScheduleRoutesTests {

	private static final String GOOD = "{\"workflow_id\":\"echo\",\"cron\":\"0 0 6 * * *\",\"zone\":\"Europe/Berlin\","
			+ "\"input\":{\"text\":\"a\",\"times\":1},\"schedule_id\":\"%s\"}";

	private static WebApplication application;

	private final Http http = application.http();

	private final Http alice = this.http.as("alice");

	private final Http bob = this.http.as("bob");

	private final Http vera = this.http.as("vera");

	@BeforeAll
	static void start() {
		application = WebApplication.with(Scheduled.class, "buddy.engine.enabled=false");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void scheduleIsCreatedFoundChangedAndDeleted() {
		Response created = this.alice.post("/buddy/schedules", GOOD.formatted("mornings"));
		assertThat(created.status()).as(created.body()).isEqualTo(201);
		assertThat(created.header("Location")).hasValue("/buddy/schedules/mornings");
		assertThat(created.json()).containsEntry("schedule_id", "mornings")
			.containsEntry("workflow_id", "echo")
			.containsEntry("cron", "0 0 6 * * *")
			.containsEntry("zone", "Europe/Berlin")
			.containsEntry("user_id", "alice")
			.containsEntry("missed", "once")
			.containsEntry("source", "api")
			.containsEntry("paused", false)
			.containsKeys("next_fire_at", "created_at", "updated_at", "input")
			.doesNotContainKeys("every", "last_fire_at", "last_run_id");
		assertThat(this.alice.get("/buddy/schedules/mornings").json()).isEqualTo(created.json());
		assertThat(this.alice.get("/buddy/schedules?limit=100").items()).extracting((one) -> one.get("schedule_id"))
			.contains("mornings", "tick");

		Response twice = this.alice.post("/buddy/schedules", GOOD.formatted("mornings"));
		assertThat(twice.status()).isEqualTo(409);
		assertThat(twice.problem()).isEqualTo("schedule-exists");

		Response paused = this.alice.patch("/buddy/schedules/mornings", "{\"paused\":true,\"every\":\"PT1H\"}");
		assertThat(paused.json()).containsEntry("paused", true)
			.containsEntry("every", "PT1H")
			.doesNotContainKeys("cron", "next_fire_at");
		assertThat(this.alice.patch("/buddy/schedules/mornings", "{\"paused\":false}").json())
			.containsEntry("paused", false)
			.containsKey("next_fire_at");

		// of another user, whose data an operator does not see by default
		assertThat(this.bob.get("/buddy/schedules/mornings").status()).isEqualTo(404);
		assertThat(this.bob.patch("/buddy/schedules/mornings", "{\"paused\":true}").status()).isEqualTo(404);
		assertThat(this.bob.delete("/buddy/schedules/mornings").status()).isEqualTo(404);
		assertThat(this.bob.get("/buddy/schedules").body()).doesNotContain("mornings");

		assertThat(this.alice.delete("/buddy/schedules/mornings").status()).isEqualTo(204);
		Response gone = this.alice.delete("/buddy/schedules/mornings");
		assertThat(gone.status()).isEqualTo(404);
		assertThat(gone.problem()).isEqualTo("schedule-not-found");
	}

	@Test
	void declaredScheduleIsPausedButNotChanged() {
		assertThat(this.alice.patch("/buddy/schedules/tick", "{\"paused\":true}").json()).containsEntry("paused", true)
			.containsEntry("source", "annotation");
		for (Response refused : new Response[] { this.alice.patch("/buddy/schedules/tick", "{\"cron\":\"@daily\"}"),
				this.alice.patch("/buddy/schedules/tick", "{\"paused\":false,\"input\":{}}"),
				this.alice.delete("/buddy/schedules/tick") }) {
			assertThat(refused.status()).isEqualTo(409);
			assertThat(refused.problem()).isEqualTo("schedule-declared");
			assertThat(refused.at("detail")).asString().contains("@WorkflowSchedule on workflow 'tick'");
		}
		assertThat(this.alice.get("/buddy/schedules/tick").json()).containsEntry("paused", true);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{'cron':'@daily'}|422|workflow_id", "{'workflow_id':'none','cron':'@daily'}|404|",
					"{'workflow_id':'ticks','every':'often'}|422|every", "{'workflow_id':'tick'}|422|cron",
					"{'workflow_id':'tick','cron':'* *'}|422|cron",
					"{'workflow_id':'tick','cron':'@daily','zone':'x'}|422|zone",
					"{'workflow_id':'tick','cron':'@daily','every':'1h'}|422|every",
					"{'workflow_id':'tick','cron':'@daily','input':{'more':1}}|422|input.more",
					"{'workflow_id':'tick','cron':'@daily','input':[]}|422|input",
					"{'workflow_id':'tick','cron':'@daily','missed':'never'}|422|missed",
					"{'workflow_id':'tick','cron':'@daily','schedule_id':'a b'}|422|schedule_id",
					"{'workflow_id':'tick','cron':'@daily','user_id':'bob'}|403|",
					"{'workflow_id':'tick','cron':'@daily','more':1}|422|more" })
	void badScheduleIsRefused(String body, int status, String path) {
		Response refused = this.alice.post("/buddy/schedules", body.replace('\'', '"').replace("ticks", "tick"));
		assertThat(refused.status()).as(refused.body()).isEqualTo(status);
		assertThat(refused.at("path")).isEqualTo(path);
		assertThat(application.bean(WorkflowSchedules.class).list(null, 100)).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void operatorsAloneSeeSchedulesAndNodes() {
		for (Response refused : new Response[] { this.vera.get("/buddy/schedules"),
				this.vera.get("/buddy/schedules/tick"), this.vera.get("/buddy/nodes"),
				this.vera.get("/buddy/runs/01890000-0000-7000-8000-000000000000/executions"),
				this.vera.patch("/buddy/schedules/tick", "{\"paused\":true}"),
				this.vera.post("/buddy/schedules", GOOD.formatted("x")) }) {
			assertThat(refused.status()).isEqualTo(403);
		}
		assertThat(this.http.get("/buddy/schedules").status()).isEqualTo(401);
		assertThat(this.http.get("/buddy/nodes").status()).isEqualTo(401);
	}

	@Test
	void scheduleOfARunThatNeedsAUserIsRefusedWithoutOne() {
		WorkflowSchedules schedules = application.bean(WorkflowSchedules.class);
		assertThat(org.assertj.core.api.Assertions
			.catchThrowable(() -> schedules.create(ScheduleDefinition.of("tick").id("nobody").cron("@daily"))))
			.hasMessageContaining("nobody has signed in when it fires");
	}

	@Test
	void nodesAreListed() {
		assertThat(this.alice.post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":1}}").status())
			.isEqualTo(200);
		assertThat(this.alice.get("/buddy/nodes").items()).singleElement()
			.satisfies((node) -> assertThat(node).containsEntry("alive", true)
				.containsEntry("runs", 0)
				.containsKeys("node_id", "started_at", "seen_at", "expires_at"));
	}

	@Test
	void nodeOfARunIsToldToThoseWhoMaySeeIt() {
		Object run = this.alice.post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":1}}")
			.at("run_id");
		Object node = this.alice.get("/buddy/nodes").items().get(0).get("node_id");

		assertThat(this.alice.get("/buddy/runs/" + run + "/executions").items())
			.containsExactly(Map.of("epoch", 0, "node_id", node));
		assertThat(this.bob.get("/buddy/runs/" + run + "/executions").status()).isEqualTo(404);
	}

	@Test
	void nodesTellWhatTheyRunToThoseWhoMaySeeIt() {
		Object run = this.alice.with("Prefer", "respond-async").post("/buddy/workflows/gated/runs", "{}").at("run_id");
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("RUNNING"));

		assertThat(this.alice.get("/buddy/nodes").items()).singleElement()
			.satisfies((node) -> assertThat(node).containsEntry("runs", 1)
				.extractingByKey("newest_runs", InstanceOfAssertFactories.LIST)
				.singleElement(InstanceOfAssertFactories.MAP)
				.containsEntry("run_id", run)
				.containsEntry("workflow_id", "gated")
				.containsEntry("status", "RUNNING")
				.containsKey("created_at"));
		assertThat(this.bob.get("/buddy/nodes").items()).singleElement()
			.satisfies((node) -> assertThat(node).containsEntry("runs", 1).containsEntry("newest_runs", List.of()));

		application.gate().open();
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("COMPLETED"));
	}

	@Configuration(proxyBeanMethods = false)
	@Import(WebApplication.Secured.class)
	static class Scheduled {

		@Bean
		Tick tick() {
			return new Tick();
		}

	}

	@WorkflowSchedule(cron = "0 0 * * * *", userId = "alice")
	static class Tick extends Workflow {

		String run() {
			return "tick";
		}

	}

}
