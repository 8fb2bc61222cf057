package buddy.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who sees and answers questions over HTTP, and what bad answers get.
 */
class QuestionRoutesTests {

	private static final String YES = "{\"approved\":true,\"note\":\"ok\"}";

	private static WebApplication application;

	private final Http http = application.http();

	private final Http alice = this.http.as("alice");

	private final Http bob = this.http.as("bob");

	private final Http vera = this.http.as("vera");

	private final Http nemo = this.http.as("nemo");

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.workflows.asking.deadline=1h" }, AskingWorkflows.class,
				WebApplication.Secured.class, SentStatements.Log.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void callerThatWaitsIsToldWhatTheRunWaitsFor() {
		Http keyed = this.alice.with("Idempotency-Key", "once");
		Response asked = keyed.post("/buddy/workflows/asking/runs", "{\"input\":{}}");
		assertThat(asked.status()).as(asked.body()).isEqualTo(202);
		String run = (String) asked.at("run_id");
		assertThat(asked.header("Location")).hasValue("/buddy/runs/" + run);
		assertThat(asked.json()).containsOnlyKeys("run_id", "session_id", "workflow_id", "status", "waits_for")
			.containsEntry("workflow_id", "asking")
			.containsEntry("status", "PAUSED");
		assertThat(wait(asked)).containsEntry("kind", "answer")
			.containsEntry("question", "approve")
			.containsEntry("run_id", run)
			.containsEntry("shown", Map.of("cents", 5))
			.containsKey("schema");

		assertThat(keyed.post("/buddy/workflows/asking/runs", "{\"input\":{}}").json()).isEqualTo(asked.json());
		Response paused = this.alice.get("/buddy/runs/" + run);
		assertThat(paused.json()).containsEntry("status", "PAUSED").containsEntry("waits_for", asked.at("waits_for"));
		long begun = ((Number) paused.at("created_at")).longValue();
		assertThat(((Number) paused.at("deadline")).longValue()).isBetween(begun + 3600, begun + 3660);

		Response answered = answer(this.alice, run, YES);
		assertThat(answered.status()).as(answered.body()).isEqualTo(200);
		assertThat(answered.json()).containsOnlyKeys("run_id", "question", "answered_by", "answered_at")
			.containsEntry("answered_by", "alice");
		awaitContent(run, "paid, ok");
		Response again = keyed.post("/buddy/workflows/asking/runs", "{\"input\":{}}");
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.at("content")).isEqualTo("paid, ok");
		assertThat(this.alice.get("/buddy/runs/" + run).json()).doesNotContainKey("waits_for");
	}

	@Test
	void waitsOfACalledRunAreThoseOfItsCaller() {
		Http keyed = this.alice.with("Idempotency-Key", "calling");
		Response asked = keyed.post("/buddy/workflows/calling/runs", "{}");
		assertThat(asked.status()).as(asked.body()).isEqualTo(202);
		String run = (String) asked.at("run_id");
		String called = (String) wait(asked).get("run_id");
		assertThat(called).isNotEqualTo(run);
		assertThat(keyed.post("/buddy/workflows/calling/runs", "{}").json()).isEqualTo(asked.json());
		assertThat(this.alice.get("/buddy/runs/" + run).at("waits_for")).isEqualTo(asked.at("waits_for"));

		assertThat(answer(this.alice, called, YES).status()).isEqualTo(200);
		awaitContent(run, "called: paid, ok");
	}

	@Test
	void secondAnswerIsAConflict() {
		String run = ask("{}");
		assertThat(answer(this.alice, run, "{\"approved\":false}").status()).isEqualTo(200);
		awaitContent(run, "refused");
		Response again = answer(this.alice, run, YES);
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.problem()).isEqualTo("question-answered");
		assertThat(again.json()).containsEntry("question", "approve").containsEntry("run_id", run);
		assertThat(question(this.alice, run)).containsEntry("status", "ANSWERED")
			.containsEntry("answered_by", "alice")
			.containsEntry("answer", Map.of("approved", false));
	}

	@Test
	void userOfTheRunAnswersAndOthersFindNothing() {
		String run = ask("{}");
		assertThat(question(this.alice, run)).containsEntry("status", "OPEN")
			.containsEntry("question", "approve")
			.containsEntry("shown", Map.of("cents", 5))
			.doesNotContainKeys("answer", "answered_by");
		for (Http other : new Http[] { this.bob, this.vera, this.nemo }) {
			assertThat(questions(other, run)).isEmpty();
			assertThat(answer(other, run, YES)).satisfies((response) -> {
				assertThat(response.status()).isEqualTo(404);
				assertThat(response.problem()).isEqualTo("run-not-found");
			});
			assertThat(other.get("/buddy/questions?after=" + run + "%2Fapprove").status()).isEqualTo(400);
		}
		assertThat(answer(this.http, run, YES).status()).isEqualTo(401);
		assertThat(this.http.get("/buddy/questions").status()).isEqualTo(401);
		assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("PAUSED");
	}

	@ParameterizedTest
	@CsvSource({ "vera, assignee, vera", "nemo, assignee, nemo", "bob, assignee, bob", "vera, role, viewer",
			"nemo, role, guest" })
	void whoIsAskedAnswersAndSeesNothingElse(String user, String asked, String value) {
		String run = ask("{\"" + asked + "\":\"" + value + "\"}");
		Http other = this.http.as(user);
		assertThat(question(other, run)).containsEntry(asked, value).containsKey("schema");
		for (String path : new String[] { "", "/steps", "/events" }) {
			assertThat(other.get("/buddy/runs/" + run + path).status()).isIn(403, 404, 406);
		}
		assertThat(other.post("/buddy/runs/" + run + "/cancel", "{}").status()).isIn(403, 404);
		assertThat(send(other, run, "{\"question\":\"other\",\"answer\":1}")).satisfies((response) -> {
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.problem()).isEqualTo("run-not-found");
		});
		assertThat(answer(other, run, "{\"approved\":1}").status()).isEqualTo(422);

		Response answered = answer(other, run, YES);
		assertThat(answered.status()).as(answered.body()).isEqualTo(200);
		assertThat(answered.at("answered_by")).isEqualTo(user);
		assertThat(answered.json()).containsOnlyKeys("run_id", "question", "answered_by", "answered_at");
		awaitContent(run, "paid, ok");
		assertThat(answer(other, run, YES).problem()).isEqualTo("question-answered");
	}

	@Test
	void pageCostsTheSameFewStatementsHoweverManyQuestionsOthersHave() {
		for (int i = 0; i < 12; i++) {
			ask("{}"); // which vera does not see
			if (i % 4 == 0) {
				ask("{\"role\":\"viewer\"}");
			}
		}
		SentStatements sent = application.bean(SentStatements.class);
		for (Http person : new Http[] { this.vera, this.nemo, this.alice, this.bob }) {
			sent.take();
			int few = person.get("/buddy/questions?limit=1").items().size();
			int statements = sent.take().size();
			assertThat(few).isLessThanOrEqualTo(1);
			assertThat(statements).isBetween(1, 2);
			person.get("/buddy/questions?limit=100");
			assertThat(sent.take()).hasSize(statements);
		}
		Response page = this.vera.get("/buddy/questions?status=open&workflow_id=asking&limit=2");
		assertThat(page.items()).hasSize(2).allSatisfy((item) -> assertThat(item).containsEntry("role", "viewer"));
		sent.take();
		assertThat(this.vera.get((String) page.json().get("next")).items()).isNotEmpty()
			.doesNotContainAnyElementsOf(page.items());
		assertThat(sent.take().size()).isLessThanOrEqualTo(4);
	}

	@Test
	void operatorDoesNotAnswerWhatIsAskedOfOthersIfThatIsSet() {
		try (WebApplication strict = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.security.operator-answers-all=false" }, AskingWorkflows.class,
				WebApplication.Secured.class)) {
			Http alice = strict.http().as("alice");
			String ofGuests = (String) alice.post("/buddy/workflows/asking/runs", "{\"input\":{\"role\":\"guest\"}}")
				.at("run_id");
			assertThat(questions(alice, ofGuests)).hasSize(1);
			assertThat(answer(alice, ofGuests, YES).status()).isEqualTo(403);
			assertThat(answer(strict.http().as("nemo"), ofGuests, YES).status()).isEqualTo(200);
			String ofNobody = (String) alice.post("/buddy/workflows/asking/runs", "{\"input\":{}}").at("run_id");
			assertThat(answer(alice, ofNobody, YES).status()).isEqualTo(200);
		}
	}

	@Test
	void viewerOfARunDoesNotAnswerWhatIsAskedOfOthers() {
		try (WebApplication viewed = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.security.viewer-role=operator", "buddy.web.security.operator-role=viewer" },
				AskingWorkflows.class, WebApplication.Secured.class)) {
			// vera operates and alice views, who has a run of a session that is hers
			Http vera = viewed.http().as("vera");
			String run = (String) vera.post("/buddy/workflows/asking/runs", "{\"input\":{\"assignee\":\"nemo\"}}")
				.at("run_id");
			assertThat(answer(viewed.http().as("alice"), run, YES).status()).isEqualTo(404);
			viewed.bean(org.springframework.jdbc.core.JdbcTemplate.class)
				.update("update buddy_workflow_session set user_id = 'alice'");
			Http alice = viewed.http().as("alice");
			assertThat(questions(alice, run)).hasSize(1);
			Response refused = answer(alice, run, YES);
			assertThat(refused.status()).as(refused.body()).isEqualTo(403);
			assertThat(refused.problem()).isEqualTo("forbidden");
			assertThat(send(alice, run, "{\"question\":\"other\",\"answer\":1}").problem())
				.isEqualTo("question-not-found");
			assertThat(answer(viewed.http().as("nemo"), run, YES).status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none", value = { //
			"{\"approved\":true,\"noted\":\"x\"} | 422 | answer.noted", //
			"{} | 422 | answer.approved", //
			"{\"approved\":null} | 422 | answer.approved", //
			"{\"approved\":\"true\"} | 422 | answer.approved", //
			"{\"approved\":1} | 422 | answer.approved", //
			"{\"approved\":[true]} | 422 | answer.approved", //
			"{\"approved\":true,\"note\":7} | 422 | answer.note", //
			"{\"approved\":true,\"note\":{\"a\":1}} | 422 | answer.note", //
			"[] | 422 | answer", //
			"[true] | 422 | answer", //
			"null | 422 | answer", //
			"true | 422 | answer", //
			"\"\" | 422 | answer", //
			"0 | 422 | answer", //
			"{\"approved\":true,\"approved\":false} | 400 | none", //
			"{\"approved\":true,\"note\":1e999999999} | 400 | answer.note", //
			"{\"approved\":true,\"note\":NaN} | 400 | answer.note", //
			"{\"approved\":true, | 400 | none" })
	void badAnswerIsRefusedByItsPath(String answer, int status, @Nullable String path) {
		String run = ask("{}");
		Response refused = answer(this.alice, run, answer);
		assertThat(refused.status()).as(refused.body()).isEqualTo(status);
		assertThat(refused.problem()).isEqualTo((status == 422) ? "invalid-answer" : "malformed-json");
		assertThat(refused.json().get("path")).isEqualTo(path);
		assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("PAUSED");
		assertThat(question(this.alice, run)).containsEntry("status", "OPEN");
	}

	@Test
	void deepAndLongAnswersAreRefused() {
		String run = ask("{}");
		String deep = "[".repeat(100_000) + "]".repeat(100_000);
		assertThat(answer(this.alice, run, deep).status()).isEqualTo(400);
		assertThat(answer(this.alice, run, "[".repeat(50) + "]".repeat(50)).status()).isEqualTo(422);
		assertThat(answer(this.alice, run, "{\"approved\":true,\"note\":\"" + "x".repeat(2_000_000) + "\"}").status())
			.isEqualTo(413);
		assertThat(answer(this.alice, run, "1" + "0".repeat(2000)).status()).isEqualTo(400);
		assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("PAUSED");
		assertThat(answer(this.alice, run, YES).status()).isEqualTo(200);
		awaitContent(run, "paid, ok"); // its statements would be counted by another test
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{\"answer\":true} | 422 | question", "{\"question\":\"\",\"answer\":true} | 422 | question",
					"{\"question\":7,\"answer\":true} | 422 | question",
					"{\"question\":null,\"answer\":true} | 422 | question", "{\"question\":\"approve\"} | 422 | answer",
					"{\"question\":\"approve\",\"answer\":true,\"user\":\"bob\"} | 422 | user" })
	void badBodyIsRefusedByItsPath(String body, int status, String path) {
		String run = ask("{}");
		Response refused = send(this.alice, run, body);
		assertThat(refused.status()).as(refused.body()).isEqualTo(status);
		assertThat(refused.problem()).isEqualTo("invalid-input");
		assertThat(refused.at("path")).isEqualTo(path);
		assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("PAUSED");
	}

	@Test
	void questionThatIsNoneIsNotFound() {
		String run = ask("{}");
		for (String key : new String[] { "other", "approve ", "x".repeat(600), "a\\u0000b", "\\ud800", "Approve" }) {
			Response refused = send(this.alice, run, "{\"question\":\"" + key + "\",\"answer\":" + YES + "}");
			assertThat(refused.status()).as(key + refused.body()).isEqualTo(404);
			assertThat(refused.problem()).isEqualTo("question-not-found");
		}
		assertThat(answer(this.alice, "none", YES).problem()).isEqualTo("run-not-found");
		assertThat(answer(this.alice, "a%20b", YES).status()).isEqualTo(400);
		assertThat(this.alice.with("Content-Type", "text/plain")
			.send("POST", "/buddy/runs/" + run + "/answers", YES.getBytes(StandardCharsets.UTF_8))
			.status()).isEqualTo(415);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "boolean | false | got false", "int | 0 | got 0", "text | \"\" | 'got '",
					"any | false | got false", "any | {\"a\":[1,null]} | got {a=[1, null]}", "any | [] | got []",
					"int | -2147483648 | got -2147483648" })
	void anyValueOfTheTypeIsAnAnswer(String type, String answer, String content) {
		String run = start("any", "{\"input\":{\"type\":\"" + type + "\"}}");
		Response answered = send(this.alice, run, "{\"question\":\"value\",\"answer\":" + answer + "}");
		assertThat(answered.status()).as(answered.body()).isEqualTo(200);
		awaitContent(run, content);
		assertThat(question(this.alice, run)).containsKey("answer").containsEntry("status", "ANSWERED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2147483648", "1.5", "1e3000", "\"1\"", "true", "[1]", "null" })
	void numberThatDoesNotFitIsRefused(String answer) {
		String run = start("any", "{\"input\":{\"type\":\"int\"}}");
		Response refused = send(this.alice, run, "{\"question\":\"value\",\"answer\":" + answer + "}");
		assertThat(refused.status()).as(refused.body()).isIn(400, 422);
		assertThat(this.alice.get("/buddy/runs/" + run).at("status")).isEqualTo("PAUSED");
	}

	@Test
	void questionsAreReadInPages() {
		Set<Object> asked = new LinkedHashSet<>();
		for (int i = 0; i < 3; i++) {
			asked.add(start("any", "{\"input\":{\"type\":\"list\"}}"));
		}
		ask("{}");
		Set<Object> found = new LinkedHashSet<>();
		String next = "/buddy/questions?workflow_id=any&status=open&limit=1";
		for (int pages = 0; next != null; pages++) {
			assertThat(pages).isLessThan(200);
			Response page = this.alice.get(next);
			assertThat(page.status()).as(page.body()).isEqualTo(200);
			page.items()
				.forEach((item) -> assertThat(found.add(item.get("run_id") + "/" + item.get("question"))).isTrue());
			next = page.header("Link").map((link) -> link.substring(1, link.indexOf('>'))).orElse(null);
		}
		asked.forEach((run) -> assertThat(found).contains(run + "/all[0]/value", run + "/all[1]/value"));
		assertThat(found).allMatch((key) -> String.valueOf(key).endsWith("/value"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "status=done", "limit=0", "limit=101", "run_id=a%00b", "run_id=" + "x", "workflow_id=%00",
			"after=x", "after=a%2Fb", "after=a%00%2Fb", "user=alice", "status=open&status=open" })
	void badParametersAreRefused(String query) {
		Response refused = this.alice.get("/buddy/questions?" + query);
		if (query.equals("run_id=x")) {
			assertThat(refused.items()).isEmpty();
			return;
		}
		assertThat(refused.status()).as(refused.body()).isEqualTo(400);
	}

	@Test
	void routesAreWhereThePropertiesSay() {
		try (WebApplication moved = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.base-path=/api/flows", "server.servlet.context-path=/app" },
				AskingWorkflows.class, WebApplication.Secured.class)) {
			String base = "/app/api/flows";
			Http nemo = moved.http().as("nemo");
			Response asked = moved.http()
				.as("alice")
				.post(base + "/workflows/asking/runs", "{\"input\":{\"assignee\":\"nemo\"}}");
			assertThat(asked.status()).as(asked.body()).isEqualTo(202);
			String run = (String) asked.at("run_id");
			assertThat(nemo.get(base + "/questions").items()).hasSize(1);
			assertThat(nemo.get(base + "/runs").status()).isEqualTo(403);
			String body = "{\"question\":\"approve\",\"answer\":" + YES + "}";
			assertThat(moved.http().post(base + "/runs/" + run + "/answers", body).status()).isEqualTo(401);
			assertThat(nemo.post(base + "/runs/" + run + "/answers", body).status()).isEqualTo(200);
		}
	}

	@Test
	void everybodyAnswersWhereNobodySignsIn() {
		try (WebApplication open = WebApplication.with(AskingWorkflows.class)) {
			String run = (String) open.http()
				.post("/buddy/workflows/asking/runs", "{\"input\":{\"assignee\":\"vera\"}}")
				.at("run_id");
			assertThat(questions(open.http(), run)).hasSize(1);
			Response answered = answer(open.http(), run, YES);
			assertThat(answered.status()).as(answered.body()).isEqualTo(200);
			assertThat(answered.json()).doesNotContainKey("answered_by");
		}
	}

	private String ask(String input) {
		return start("asking", "{\"input\":" + input + "}");
	}

	private String start(String workflow, String body) {
		Response asked = this.alice.post("/buddy/workflows/" + workflow + "/runs", body);
		assertThat(asked.status()).as(asked.body()).isEqualTo(202);
		return (String) asked.at("run_id");
	}

	private static Response answer(Http http, String run, String answer) {
		return send(http, run, "{\"question\":\"approve\",\"answer\":" + answer + "}");
	}

	private static Response send(Http http, String run, String body) {
		return http.post("/buddy/runs/" + run + "/answers", body);
	}

	private static List<Map<String, Object>> questions(Http http, String run) {
		Response list = http.get("/buddy/questions?run_id=" + run);
		assertThat(list.status()).as(list.body()).isEqualTo(200);
		return list.items();
	}

	private static Map<String, Object> question(Http http, String run) {
		assertThat(questions(http, run)).hasSize(1);
		return questions(http, run).get(0);
	}

	@SuppressWarnings("unchecked") // a list of JSON objects
	private static Map<String, Object> wait(Response asked) {
		List<Object> waits = (List<Object>) asked.at("waits_for");
		assertThat(waits).hasSize(1);
		return (Map<String, Object>) waits.get(0);
	}

	private void awaitContent(String run, String content) {
		Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
			Response found = this.alice.get("/buddy/runs/" + run);
			assertThat(found.at("status")).as(found.body()).isEqualTo("COMPLETED");
			assertThat(found.at("response", "content")).isEqualTo(content);
		});
	}

}
