package buddy.web;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may do what where Spring Security knows the users.
 */
class SecuredRoutesTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	private static WebApplication application;

	/** A run of alice in a session of hers. */
	private static String run;

	private final Http http = application.http();

	private final Http alice = this.http.as("alice");

	private final Http bob = this.http.as("bob");

	@BeforeAll
	static void start() {
		application = WebApplication.secured();
		Response started = application.http()
			.as("alice")
			.with("Idempotency-Key", "alices")
			.post(RUNS, "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"alices\"}}");
		assertThat(started.status()).as(started.body()).isEqualTo(200);
		run = (String) started.at("run_id");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void everyRouteNeedsAUser() {
		for (String path : new String[] { "/buddy/workflows", "/buddy/workflows/echo", "/buddy/runs",
				"/buddy/runs/" + run, "/buddy/runs/" + run + "/events", "/buddy/runs/" + run + "/steps",
				"/buddy/sessions", "/buddy/sessions/alices", "/buddy/sessions/alices/runs",
				"/buddy/sessions/alices/export", "/buddy", "/buddy/none" }) {
			Response refused = this.http.get(path);
			assertThat(refused.status()).as(path).isEqualTo(401);
			assertThat(refused.problem()).isEqualTo("unauthorized");
			assertThat(refused.header("WWW-Authenticate")).isPresent();
		}
		assertThat(this.http.post(RUNS, GOOD).status()).isEqualTo(401);
		assertThat(this.http.delete("/buddy/sessions/alices").status()).isEqualTo(401);
		assertThat(this.http.with("Authorization", "Basic x").get("/buddy/runs").status()).isEqualTo(401);
	}

	@Test
	void principalIsTheUser() {
		assertThat(this.alice.get("/buddy/runs/" + run).at("user_id")).isEqualTo("alice");
		assertThat(this.alice.get("/buddy/sessions").items()).extracting((item) -> item.get("session_id"))
			.contains("alices");
		Response owned = this.alice.post("/buddy/workflows/owned/runs", "{\"input\":{}}");
		assertThat(owned.at("content")).isEqualTo("of alice");
		Response named = this.alice.post(RUNS,
				"{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"user_id\":\"alice\"}}");
		assertThat(named.status()).isEqualTo(200);
	}

	@Test
	void runInTheBackgroundIsTheUsersToo() {
		Response started = this.alice.with("Prefer", "respond-async").post("/buddy/workflows/owned/runs", "{}");
		assertThat(started.status()).isEqualTo(202);
		assertThat(this.alice.get(started.header("Location").orElseThrow()).at("user_id")).isEqualTo("alice");
	}

	@Test
	void viewerReadsAndDoesNotAct() {
		Http vera = this.http.as("vera");
		assertThat(vera.get("/buddy/workflows").status()).isEqualTo(200);
		assertThat(vera.get("/buddy/runs").status()).isEqualTo(200);
		Map<String, ?> before = application.stored();
		for (Response refused : new Response[] { vera.post(RUNS, GOOD),
				vera.post("/buddy/runs/" + run + "/cancel", "{}"), vera.post("/buddy/runs/" + run + "/resume", ""),
				vera.post("/buddy/runs/" + run + "/retry", ""),
				vera.post("/buddy/runs/" + run + "/fork", "{\"before\":\"a\"}"),
				vera.post("/buddy/runs/" + run + "/verify", ""), vera.post("/buddy/workflows/echo/verify", ""),
				vera.patch("/buddy/sessions/alices", "{\"session_name\":\"x\"}"), vera.delete("/buddy/sessions/alices"),
				vera.post("/buddy/sessions", "{}") }) {
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.problem()).isEqualTo("forbidden");
		}
		assertThat(this.http.as("nemo").get("/buddy/workflows").status()).isEqualTo(403);
		assertThat(application.stored()).isEqualTo(before);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("foreign")
	void whatIsAnotherUsersIsNotThere(String name, Function<Http, Response> request, String problem) {
		Map<String, ?> before = application.stored();
		Response response = request.apply(this.bob);
		assertThat(response.status()).as(response.body()).isEqualTo(404);
		assertThat(response.problem()).isEqualTo(problem);
		assertThat(response.body()).doesNotContain("alice\"");
		assertThat(application.stored()).isEqualTo(before);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("looks")
	void whatIsAnothersAndWhatIsNotThereHaveOneAnswer(String name, BiFunction<Http, String, Response> request,
			String anothers) {
		String absent = anothers.replaceAll("[a-z0-9]", "0");
		Response first = request.apply(this.bob, anothers);
		Response second = request.apply(this.bob, absent);
		assertThat(first.status()).isEqualTo(second.status()).isEqualTo(404);
		assertThat(first.body()).isEqualTo(second.body().replace(absent, anothers));
		assertThat(first.headers()).filteredOn((line) -> !line.startsWith("Date"))
			.isEqualTo(second.headers().stream().filter((line) -> !line.startsWith("Date")).toList());
	}

	static Stream<org.junit.jupiter.params.provider.Arguments> looks() {
		Stream<org.junit.jupiter.params.provider.Arguments> ofRuns = Stream.of(
				look("run", (bob, id) -> bob.get("/buddy/runs/" + id), run),
				look("events",
						(bob, id) -> bob.with("Accept", "text/event-stream").get("/buddy/runs/" + id + "/events"), run),
				look("cancel", (bob, id) -> bob.post("/buddy/runs/" + id + "/cancel", "{}"), run),
				look("steps", (bob, id) -> bob.get("/buddy/runs/" + id + "/steps?full=true"), run),
				look("resume", (bob, id) -> bob.post("/buddy/runs/" + id + "/resume", ""), run),
				look("retry", (bob, id) -> bob.post("/buddy/runs/" + id + "/retry", ""), run),
				look("fork", (bob, id) -> bob.post("/buddy/runs/" + id + "/fork", "{\"before\":\"a\"}"), run),
				look("verify", (bob, id) -> bob.post("/buddy/runs/" + id + "/verify", ""), run));
		Stream<org.junit.jupiter.params.provider.Arguments> ofSessions = Stream.of(
				look("session", (bob, id) -> bob.get("/buddy/sessions/" + id), "alices"),
				look("runs of the session", (bob, id) -> bob.get("/buddy/sessions/" + id + "/runs"), "alices"),
				look("export", (bob, id) -> bob.get("/buddy/sessions/" + id + "/export"), "alices"), look("rename",
						(bob, id) -> bob.patch("/buddy/sessions/" + id, "{\"session_name\":\"bobs\"}"), "alices"),
				look("delete", (bob, id) -> bob.delete("/buddy/sessions/" + id), "alices"));
		return Stream.concat(ofRuns, ofSessions);
	}

	private static org.junit.jupiter.params.provider.Arguments look(String name,
			BiFunction<Http, String, Response> request, String anothers) {
		return org.junit.jupiter.params.provider.Arguments.of(name, request, anothers);
	}

	static Stream<org.junit.jupiter.params.provider.Arguments> foreign() {
		return Stream.of(of("run", (bob) -> bob.get("/buddy/runs/" + run), "run-not-found"),
				of("events", (bob) -> bob.with("Accept", "text/event-stream").get("/buddy/runs/" + run + "/events"),
						"run-not-found"),
				of("cancel", (bob) -> bob.post("/buddy/runs/" + run + "/cancel", "{}"), "run-not-found"),
				of("session", (bob) -> bob.get("/buddy/sessions/alices"), "session-not-found"),
				of("runs of the session", (bob) -> bob.get("/buddy/sessions/alices/runs"), "session-not-found"),
				of("export", (bob) -> bob.get("/buddy/sessions/alices/export"), "session-not-found"),
				of("rename", (bob) -> bob.patch("/buddy/sessions/alices", "{\"session_name\":\"bobs\"}"),
						"session-not-found"),
				of("delete", (bob) -> bob.delete("/buddy/sessions/alices"), "session-not-found"),
				of("import over the session",
						(bob) -> bob.post("/buddy/sessions", "{\"session_id\":\"alices\",\"workflow_id\":\"echo\"}"),
						"session-not-found"),
				of("run of another workflow in the session",
						(bob) -> bob.post("/buddy/workflows/owned/runs",
								"{\"input\":{},\"session\":{\"session_id\":\"alices\"}}"),
						"session-not-found"),
				of("run in the session",
						(bob) -> bob.post(RUNS,
								"{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"alices\"}}"),
						"session-not-found"),
				of("background run in the session", (bob) -> bob.with("Prefer", "respond-async")
					.post(RUNS, "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"alices\"}}"),
						"session-not-found"),
				of("stream of a run in the session",
						(bob) -> bob.with("Accept", "text/event-stream, application/problem+json;q=0.5")
							.post(RUNS,
									"{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"alices\"}}"),
						"session-not-found"));
	}

	private static org.junit.jupiter.params.provider.Arguments of(String name, Function<Http, Response> request,
			String problem) {
		return org.junit.jupiter.params.provider.Arguments.of(name, request, problem);
	}

	@Test
	void listsHoldNothingOfOthers() {
		assertThat(this.bob.get("/buddy/runs?session_id=alices").items()).isEmpty();
		assertThat(this.bob.get("/buddy/runs?user_id=alice").items()).isEmpty();
		assertThat(this.bob.get("/buddy/sessions?user_id=alice").items()).isEmpty();
		assertThat(this.bob.get("/buddy/runs").body()).doesNotContain(run);
		assertThat(this.bob.get("/buddy/sessions").body()).doesNotContain("alices");
	}

	@Test
	void nobodyIsNamedButWhoHasSignedIn() {
		Map<String, ?> before = application.stored();
		for (Response refused : new Response[] {
				this.bob.post(RUNS, "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"user_id\":\"alice\"}}"),
				this.bob.post("/buddy/workflows/owned/runs", "{\"session\":{\"user_id\":\"alice\"}}"),
				this.bob.post("/buddy/sessions",
						"{\"session_id\":\"forged\",\"workflow_id\":\"echo\",\"user_id\":\"alice\"}") }) {
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.problem()).isEqualTo("foreign-user");
		}
		assertThat(application.stored()).isEqualTo(before);
	}

	@Test
	void importWithoutAUserIsTheUsers() {
		assertThat(this.bob.post("/buddy/sessions", "{\"session_id\":\"bobs\",\"workflow_id\":\"echo\"}").status())
			.isEqualTo(201);
		assertThat(this.bob.get("/buddy/sessions/bobs").at("user_id")).isEqualTo("bob");
		assertThat(this.alice.get("/buddy/sessions/bobs").status()).isEqualTo(404);
	}

	@Test
	void idempotencyKeyIsTheUsersOwn() {
		Response other = this.bob.with("Idempotency-Key", "alices")
			.post(RUNS, "{\"input\":{\"text\":\"b\",\"times\":1}}");
		assertThat(other.status()).isEqualTo(200);
		assertThat(other.at("content")).isEqualTo("b");
		assertThat(other.at("run_id")).isNotEqualTo(run);
	}

	@Test
	void writesOfOtherSitesPagesAreRefusedAndReadsAreNotTold() {
		Map<String, ?> before = application.stored();
		Http page = this.alice.with("Origin", "https://evil.example").with("Sec-Fetch-Site", "cross-site");
		assertThat(page.post(RUNS, GOOD).problem()).isEqualTo("forbidden-client");
		assertThat(page.delete("/buddy/sessions/alices").problem()).isEqualTo("forbidden-client");
		assertThat(this.alice.with("Content-Type", "text/plain")
			.send("POST", RUNS, GOOD.getBytes(StandardCharsets.UTF_8))
			.problem()).isEqualTo("unsupported-media-type");
		assertThat(page.get("/buddy/runs").header("Access-Control-Allow-Origin")).isEmpty();
		assertThat(page.with("Access-Control-Request-Method", "POST")
			.send("OPTIONS", RUNS, null)
			.header("Access-Control-Allow-Origin")).as("a browser takes that for a no").isEmpty();
		assertThat(application.stored()).isEqualTo(before);
	}

	@Test
	void proxiesAndOtherNamesAreTheApplicationsMatter() {
		assertThat(this.alice.with("X-Forwarded-For", "203.0.113.9")
			.with("Host", "workflows.example.org")
			.get("/buddy/runs")
			.status()).isEqualTo(200);
	}

	@Test
	void operatorsSeeEverybodysWhereThatIsSet() {
		try (WebApplication open = WebApplication.secured("buddy.web.security.operator-sees-all=true")) {
			Http started = open.http().as("alice");
			String theirs = (String) started
				.post(RUNS, "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"alices\"}}")
				.at("run_id");
			Http olga = open.http().as("olga");
			assertThat(olga.get("/buddy/runs/" + theirs).status()).isEqualTo(200);
			assertThat(olga.get("/buddy/runs").body()).contains(theirs);
			assertThat(olga.get("/buddy/sessions").body()).contains("alices");
			assertThat(olga.patch("/buddy/sessions/alices", "{\"session_name\":\"seen\"}").status()).isEqualTo(200);
			assertThat(open.http().as("vera").get("/buddy/runs/" + theirs).status()).isEqualTo(404);
			assertThat(olga.delete("/buddy/sessions/alices").status()).isEqualTo(204);
		}
	}

	@Test
	void rolesAreAsSetAndAnyUserWhereNoneIsSet() {
		try (WebApplication other = WebApplication.secured("buddy.web.security.viewer-role=guest",
				"buddy.web.security.operator-role=viewer")) {
			assertThat(other.http().as("nemo").get("/buddy/runs").status()).isEqualTo(200);
			assertThat(other.http().as("nemo").post(RUNS, GOOD).status()).isEqualTo(403);
			assertThat(other.http().as("vera").post(RUNS, GOOD).status()).isEqualTo(200);
			assertThat(other.http().as("alice").get("/buddy/runs").status()).isEqualTo(403);
		}
		try (WebApplication any = WebApplication.secured("buddy.web.security.viewer-role=",
				"buddy.web.security.operator-role=")) {
			assertThat(any.http().as("nemo").post(RUNS, GOOD).status()).isEqualTo(200);
			assertThat(any.http().post(RUNS, GOOD).status()).isEqualTo(401);
		}
	}

	@Test
	void pagesThatAreAllowedMayAskAndRead() {
		try (WebApplication open = WebApplication.secured("buddy.web.cors.allowed-origins=https://console.example")) {
			Http page = open.http().with("Origin", "https://console.example").with("Sec-Fetch-Site", "cross-site");
			Response asked = page.with("Access-Control-Request-Method", "POST")
				.with("Access-Control-Request-Headers", "content-type,idempotency-key")
				.send("OPTIONS", RUNS, null);
			assertThat(asked.status()).isEqualTo(200);
			assertThat(asked.header("Access-Control-Allow-Origin")).contains("https://console.example");
			Response run = page.as("alice").post(RUNS, GOOD);
			assertThat(run.status()).as(run.body()).isEqualTo(200);
			assertThat(run.header("Access-Control-Allow-Origin")).contains("https://console.example");
			assertThat(open.http().with("Origin", "https://evil.example").as("alice").post(RUNS, GOOD).status())
				.isEqualTo(403);
		}
	}

}
