package buddy.web;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is another user's looks as if it were not there: the same answer, made with the
 * same statements. Ids of sessions are global, so that a run or an import cannot begin in
 * another user's session; then every such session is refused alike.
 */
class ForeignAndAbsentTests {

	private static final String ECHO = "/buddy/workflows/echo/runs";

	private static final String OWNED = "/buddy/workflows/owned/runs";

	private static WebApplication application;

	private static SentStatements sent;

	private static String run;

	private final Http bob = application.http().as("bob");

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(), new String[0], WebApplication.Secured.class,
				SentStatements.Log.class);
		sent = application.bean(SentStatements.class);
		Http alice = application.http().as("alice");
		run = (String) alice.with("Idempotency-Key", "alices").post(ECHO, echo("alices")).at("run_id");
		assertThat(alice.post(OWNED, "{\"session\":{\"session_id\":\"owned0\"}}").status()).isEqualTo(200);
		application.http().as("bob").post(ECHO, echo("warm-up"));
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("looks")
	void lookAtAnothersAndAtNothingAreAlike(Look look) {
		String id = look.ofRun() ? run : "alices";
		Seen foreign = see(look, id);
		Seen absent = see(look, id.replaceAll("[a-z0-9]", "0"));
		assertThat(foreign).isEqualTo(absent);
	}

	static Stream<Look> looks() {
		return Stream.of(ofRun("run", (bob, id) -> bob.get("/buddy/runs/" + id)),
				ofRun("events",
						(bob, id) -> bob.with("Accept", "text/event-stream").get("/buddy/runs/" + id + "/events")),
				ofRun("events from a place",
						(bob, id) -> bob.with("Accept", "text/event-stream")
							.with("Last-Event-ID", "0-1")
							.get("/buddy/runs/" + id + "/events")),
				ofRun("cancel", (bob, id) -> bob.post("/buddy/runs/" + id + "/cancel", "{}")),
				ofSession("session", (bob, id) -> bob.get("/buddy/sessions/" + id)),
				ofSession("runs of the session", (bob, id) -> bob.get("/buddy/sessions/" + id + "/runs")),
				ofSession("runs by session", (bob, id) -> bob.get("/buddy/runs?session_id=" + id)),
				ofSession("export", (bob, id) -> bob.get("/buddy/sessions/" + id + "/export")),
				ofSession("rename", (bob, id) -> bob.patch("/buddy/sessions/" + id, "{\"session_name\":\"b\"}")),
				ofSession("delete", (bob, id) -> bob.delete("/buddy/sessions/" + id)),
				ofSession("sessions by user", (bob, id) -> bob.get("/buddy/sessions?user_id=" + id.replace("s", ""))),
				ofSession("runs by user", (bob, id) -> bob.get("/buddy/runs?user_id=" + id.replace("s", ""))));
	}

	/** A session of the workflow that is asked for, and one of another workflow. */
	@ParameterizedTest(name = "{0}")
	@MethodSource("writes")
	void writeIntoAnothersSessionIsRefusedWhateverItsWorkflow(Look look) {
		Seen same = see(look, "alices");
		Seen other = see(look, "owned0");
		assertThat(same).isEqualTo(other);
		assertThat(same.status()).isEqualTo(404);
		assertThat(same.body()).contains("session-not-found");
	}

	static Stream<Look> writes() {
		return Stream.of(ofSession("start", (bob, id) -> bob.post(ECHO, echo(id))),
				ofSession("start in the background",
						(bob, id) -> bob.with("Prefer", "respond-async").post(ECHO, echo(id))),
				ofSession("start with events",
						(bob, id) -> bob.with("Accept", "text/event-stream, application/problem+json;q=0.5")
							.post(ECHO, echo(id))),
				ofSession("start with a key", (bob, id) -> bob.with("Idempotency-Key", "k").post(ECHO, echo(id))),
				ofSession("import", (bob, id) -> bob.post("/buddy/sessions",
						"{\"session_id\":\"" + id + "\",\"workflow_id\":\"echo\"}")));
	}

	@Test
	void idempotencyKeyOfAnotherIsLikeAnUnusedOne() {
		Look start = ofSession("start", (bob, key) -> bob.with("Idempotency-Key", key).post(ECHO, echo("of-" + key)));
		Seen foreign = see(start, "alices");
		Seen unused = see(start, "nobody");
		assertThat(foreign).isEqualTo(unused);
		assertThat(foreign.status()).isEqualTo(200);
	}

	private Seen see(Look look, String id) {
		sent.take();
		Response answer = look.request().apply(this.bob, id);
		List<String> headers = answer.headers().stream().filter((line) -> !line.startsWith("Date")).toList();
		String body = answer.body()
			.replace(id, "{id}")
			.replaceAll("\"run_id\":\"[^\"]+\"", "\"run_id\":\"{run}\"")
			.replaceAll("\"created_at\":\\d+", "\"created_at\":0");
		return new Seen(answer.status(), headers, body, sent.take());
	}

	private static String echo(String session) {
		return "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"" + session + "\"}}";
	}

	private static Look ofRun(String name, BiFunction<Http, String, Response> request) {
		return new Look(name, true, request);
	}

	private static Look ofSession(String name, BiFunction<Http, String, Response> request) {
		return new Look(name, false, request);
	}

	private record Look(String name, boolean ofRun, BiFunction<Http, String, Response> request) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	private record Seen(int status, List<String> headers, String body, List<String> statements) {
	}

}
