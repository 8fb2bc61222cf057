package buddy.web;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import buddy.budget.AskedModel;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Budgets over HTTP: what is refused, and what is listed.
 */
class BudgetRoutesTests {

	private static WebApplication application;

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		AskedModel.start();
		application = WebApplication.start(TestDatabase.H2.create(), new String[] { "buddy.web.queue-runs=true",
				"buddy.budgets.small.per=user", "buddy.budgets.small.period=hour", "buddy.budgets.small.tokens=30",
				"buddy.budgets.small.workflows=limited", "buddy.budgets.total.per=workflow",
				"buddy.budgets.total.period=none", "buddy.budgets.total.cost=1.5", "buddy.budgets.total.time=2h" },
				AskedModel.Workflows.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private Response run(String workflow, String user) {
		return this.http.with("Idempotency-Key", "key-" + workflow + user + AskedModel.requests())
			.post("/buddy/workflows/" + workflow + "/runs",
					"{\"input\":{\"how\":\"call\"},\"session\":{\"user_id\":\"" + user + "\"}}");
	}

	@Test
	void refusedRunIs429WithTheTimeAfterWhichToTryAgain() {
		for (int i = 0; i < 2; i++) {
			Response answered = run("limited", "ann");
			assertThat(answered.status()).as(answered.body()).isEqualTo(200);
		}

		Response refused = run("limited", "ann");

		assertThat(refused.status()).as(refused.body()).isEqualTo(429);
		assertThat(refused.at("type")).isEqualTo("urn:buddy:problem:budget-exceeded");
		assertThat(refused.at("budget")).isEqualTo("small");
		assertThat((String) refused.at("detail"))
			.startsWith("Budget 'small' of user 'ann' is used up: tokens 36 of 30;");
		assertThat(Long.parseLong(refused.header("Retry-After").orElseThrow())).isBetween(1L,
				Duration.ofHours(1).toSeconds() + 1);
		assertThat(this.http.get("/buddy/runs/" + refused.at("run_id")).json()).containsEntry("status", "ERROR")
			.satisfies((run) -> assertThat((Map<?, ?>) run.get("error")).asString().contains("budget_exceeded"));
		Response again = run("limited", "ann");
		assertThat(again.status()).as("by its idempotency key").isEqualTo(429);
		assertThat(again.at("run_id")).isEqualTo(refused.at("run_id"));
	}

	@Test
	void queuedRunIsRefusedOnce() {
		run("limited", "dora");
		run("limited", "dora");
		int before = AskedModel.requests();

		Response accepted = this.http.with("Prefer", "respond-async")
			.post("/buddy/workflows/limited/runs", "{\"input\":{\"how\":\"call\"},\"session\":{\"user_id\":\"dora\"}}");

		assertThat(accepted.status()).isEqualTo(202);
		await().untilAsserted(
				() -> assertThat(this.http.get("/buddy/runs/" + accepted.at("run_id")).at("error")).asString()
					.contains("budget_exceeded"));
		assertThat(AskedModel.requests()).isEqualTo(before);
	}

	@Test
	void budgetsAreListedInPages() {
		run("unlimited", "bob");
		run("limited", "bob");
		run("limited", "carl");

		assertThat(this.http.get("/buddy/budgets?name=total&scope=unlimited").items()).singleElement()
			.satisfies((total) -> {
				assertThat(total).containsEntry("budget", "total")
					.containsEntry("per", "workflow")
					.containsEntry("scope", "unlimited")
					.containsEntry("period", "none")
					.containsEntry("when_exceeded", "refuse")
					.containsEntry("warned", false)
					.doesNotContainKeys("period_start", "period_end", "tokens", "exceeded");
				assertThat((Map<?, ?>) total.get("cost")).hasToString("{used=0, limit=1.5, raised=0}");
			});
		Response first = this.http.get("/buddy/budgets?name=small&limit=1");
		assertThat(first.items()).hasSize(1);
		List<Map<String, Object>> second = this.http.get((String) first.at("next")).items();
		assertThat(second).singleElement()
			.satisfies((one) -> assertThat(one.get("scope")).isNotEqualTo(first.items().get(0).get("scope")));
		assertThat(this.http.get("/buddy/budgets?name=none").items()).isEmpty();
		assertThat(this.http.get("/buddy/budgets?after=none").status()).isEqualTo(400);
		assertThat(this.http.get("/buddy/budgets?more=1").status()).isEqualTo(400);
	}

}
