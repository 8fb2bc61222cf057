package buddy.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.QuestionNotOpenException;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A token answers its question once, without a login, and tells nothing else.
 */
class AnswerRoutesTests {

	private static final String YES = "{\"answer\":{\"approved\":true,\"note\":\"ok\"}}";

	private static WebApplication application;

	private final Http anybody = application.http();

	private final Http alice = application.http().as("alice");

	private final WorkflowRuns runs = application.bean(WorkflowRuns.class).ofEverybody();

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.answer-tokens.enabled=true", "buddy.web.security.operator-sees-all=true" },
				AskingWorkflows.class, WebApplication.Secured.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void tokenShowsItsQuestionAndAnswersItOnce() {
		String run = ask();
		String token = this.runs.answerToken(run, "approve");
		assertThat(token).matches("[A-Za-z0-9_-]{43}");
		assertThat(application.bean(JdbcTemplate.class)
			.queryForList("select * from buddy_workflow_run_question where run_id = ?", run)
			.toString()).as("only a digest is stored").doesNotContain(token);

		for (int i = 0; i < 2; i++) {
			Response shown = this.anybody.get("/buddy/answers/" + token);
			assertThat(shown.status()).as(shown.body()).isEqualTo(200);
			assertThat(shown.json()).containsOnlyKeys("question", "schema", "shown")
				.containsEntry("question", "approve")
				.containsEntry("shown", Map.of("cents", 5));
			assertThat(shown.body()).doesNotContain(run);
		}
		Response refused = this.anybody.post("/buddy/answers/" + token, "{\"answer\":{\"approved\":1}}");
		assertThat(refused.status()).as(refused.body()).isEqualTo(422);
		assertThat(refused.problem()).isEqualTo("invalid-answer");
		assertThat(refused.body()).doesNotContain(run);

		Response answered = this.anybody.post("/buddy/answers/" + token, YES);
		assertThat(answered.status()).as(answered.body()).isEqualTo(200);
		assertThat(answered.json()).containsOnlyKeys("question", "answered_at");
		awaitEnd(run, "paid, ok");
		assertThat(this.anybody.get("/buddy/answers/" + token).problem()).isEqualTo("answer-token-void");

		Response again = this.anybody.post("/buddy/answers/" + token,
				"{\"answer\": {\"note\": \"ok\", \"approved\": true}}");
		assertThat(again.status()).as("a double click").isEqualTo(200);
		assertThat(again.json()).isEqualTo(answered.json());
		Response other = this.anybody.post("/buddy/answers/" + token, "{\"answer\":{\"approved\":false}}");
		assertThat(other.status()).isEqualTo(404);
		assertThat(other.problem()).isEqualTo("answer-token-void");

		List<Map<String, Object>> audit = this.alice.get("/buddy/audit?run_id=" + run).items();
		assertThat(audit).extracting((entry) -> entry.get("action")).containsExactly("answer", "answer-token");
		Object name = ((Map<?, ?>) audit.get(1).get("detail")).get("token");
		assertThat(audit.get(0)).containsEntry("actor", "token:" + name);
		assertThat(this.alice.get("/buddy/questions?run_id=" + run).items().get(0)).containsEntry("answered_by",
				"token:" + name);
	}

	@Test
	void manyClicksAtOnceGetTheSameResultAndAreStoredOnce() {
		String run = ask();
		String token = this.runs.answerToken(run, "approve");
		List<CompletableFuture<Response>> clicks = IntStream.range(0, 8)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> this.anybody.post("/buddy/answers/" + token, YES)))
			.toList();
		assertThat(clicks).extracting((click) -> click.join().json()).containsOnly(clicks.get(0).join().json());
		assertThat(clicks.get(0).join().status()).isEqualTo(200);
		awaitEnd(run, "paid, ok");
		assertThat(this.alice.get("/buddy/audit?action=answer&run_id=" + run).items()).hasSize(1);
	}

	@Test
	void newTokenReplacesTheOldOne() {
		String run = ask();
		String old = this.runs.answerToken(run, "approve");
		String token = this.runs.answerToken(run, "approve");
		requireVoid(old);
		assertThat(this.anybody.get("/buddy/answers/" + token).status()).isEqualTo(200);
	}

	@Test
	void tokenIsVoidOnceItsQuestionIsAnsweredOtherwiseOrItsRunEnds() {
		String answered = ask();
		String token = this.runs.answerToken(answered, "approve");
		this.alice.post("/buddy/runs/" + answered + "/answers",
				"{\"question\":\"approve\",\"answer\":{\"approved\":true,\"note\":\"ok\"}}");
		requireVoid(token);
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.runs.answerToken(answered, "approve"));
		awaitEnd(answered, "paid, ok");
		requireVoid(token);

		String cancelled = ask();
		String late = this.runs.answerToken(cancelled, "approve");
		assertThat(this.runs.cancel(cancelled)).isTrue();
		requireVoid(late);
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.runs.answerToken(cancelled, "approve"));
		assertThatExceptionOfType(QuestionNotOpenException.class)
			.isThrownBy(() -> this.runs.answerToken(ask(), "none"));
	}

	@Test
	void unknownTokensAreVoidWhateverTheyLookLike() {
		requireVoid("a");
		requireVoid("a".repeat(43));
		requireVoid("x".repeat(500));
		requireVoid("..a");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{} | 422", "{\"answer\":1,\"question\":\"approve\"} | 422", "[] | 400" })
	void badBodiesAreRefused(String body, int status) {
		assertThat(this.anybody.post("/buddy/answers/" + this.runs.answerToken(ask(), "approve"), body).status())
			.isEqualTo(status);
	}

	@Test
	void nothingElseIsOpenWithoutALogin() {
		String run = ask();
		for (String path : new String[] { "/buddy/answers", "/buddy/answers/a/b", "/buddy/questions",
				"/buddy/runs/" + run }) {
			assertThat(this.anybody.get(path).status()).as(path).isEqualTo(401);
		}
		assertThat(this.anybody.with("Sec-Fetch-Site", "cross-site")
			.post("/buddy/answers/" + this.runs.answerToken(run, "approve"), YES)
			.status()).as("from a page of another site").isEqualTo(403);
	}

	@Test
	void tokensDoNotAnswerOverHttpByDefault() {
		try (WebApplication secured = WebApplication.start(TestDatabase.H2.create(), new String[0],
				AskingWorkflows.class, WebApplication.Secured.class)) {
			String run = (String) secured.http().as("alice").post("/buddy/workflows/asking/runs", "{}").at("run_id");
			String token = secured.bean(WorkflowRuns.class).ofEverybody().answerToken(run, "approve");
			assertThat(secured.http().get("/buddy/answers/" + token).status()).isEqualTo(401);
			assertThat(secured.http().post("/buddy/answers/" + token, YES).status()).isEqualTo(401);
			assertThat(secured.http().as("alice").post("/buddy/answers/" + token, YES).status()).isEqualTo(404);
		}
	}

	private void requireVoid(String token) {
		Response shown = this.anybody.get("/buddy/answers/" + token);
		Response answered = this.anybody.post("/buddy/answers/" + token, YES);
		assertThat(List.of(shown.status(), answered.status())).as(token).containsOnly(404);
		assertThat(List.of(shown.problem(), answered.problem())).containsOnly("answer-token-void");
		assertThat(answered.at("detail")).isEqualTo(shown.at("detail"));
	}

	private String ask() {
		return (String) this.alice.post("/buddy/workflows/asking/runs", "{\"input\":{}}").at("run_id");
	}

	private void awaitEnd(String run, String content) {
		Awaitility.await().until(() -> content.equals(this.alice.get("/buddy/runs/" + run).at("response", "content")));
	}

}
