package buddy.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What nobody should send: each is refused with its own status and problem, nothing is
 * written, and nothing of it forges a line of the log.
 */
@ExtendWith(OutputCaptureExtension.class)
class AbuseTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String TYPED = "/buddy/workflows/typed/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	private static WebApplication application;

	@BeforeAll
	static void start() {
		application = WebApplication.open("buddy.web.max-request-size=16KB");
		// something to steal and to break
		assertThat(application.http()
			.post(RUNS,
					"{\"input\":{\"text\":\"a\",\"times\":1},\"session\":{\"session_id\":\"victim\",\"user_id\":\"ada\"}}")
			.status()).isEqualTo(200);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("cases")
	void isRefusedAndWritesNothing(Case abuse, CapturedOutput output) {
		Map<String, ?> before = application.stored();
		int logged = output.getAll().length();

		Response response = abuse.request.apply(application.http());

		assertThat(response.status()).as(response.body()).isEqualTo(abuse.status);
		assertThat(response.body()).doesNotContain("\tat ").doesNotContain("Exception").doesNotContain("stack");
		if (abuse.problem != null) {
			assertThat(response.problem()).as(response.body()).isEqualTo(abuse.problem);
			assertThat(response.header("Content-Type")).contains("application/problem+json");
			assertThat(response.at("status")).isEqualTo(abuse.status);
			assertThat(response.json()).containsKeys("title", "instance");
		}
		assertThat(application.stored()).isEqualTo(before);
		assertThat(output.getAll().substring(logged)).doesNotContain("FORGED")
			.doesNotContain("ERROR")
			.doesNotContain("\tat ");
	}

	@Test
	void applicationIsHealthyAfterAllOfThem() {
		cases().forEach((abuse) -> abuse.request.apply(application.http()));
		assertThat(application.http().post(RUNS, GOOD).status()).isEqualTo(200);
	}

	@Test
	void refusalsNameTheFieldAndWhatThereIs() {
		Http http = application.http();
		Response unknown = http.post(RUNS, "{\"input\":{\"text\":\"a\",\"colour\":1}}");
		assertThat(unknown.at("path")).isEqualTo("input.colour");
		assertThat(unknown.at("known_fields")).isEqualTo(List.of("text", "times"));
		Response nested = http.post(TYPED,
				"{\"input\":{\"ratio\":1,\"city\":{\"name\":\"Oslo\",\"population\":1,\"mayor\":\"x\"}}}");
		assertThat(nested.at("path")).isEqualTo("input.city.mayor");
		assertThat(nested.at("known_fields")).isEqualTo(List.of("name", "population"));
		Response type = http.post(TYPED,
				"{\"input\":{\"ratio\":1,\"cities\":[{\"name\":\"Oslo\",\"population\":1},{\"name\":\"Bergen\",\"population\":\"many\"}]}}");
		assertThat(type.at("path")).isEqualTo("input.cities[1].population");
		assertThat((String) type.at("detail")).contains("an integer").doesNotContain("many");
		Response size = http.post(TYPED, "{\"input\":{\"ratio\":1,\"size\":\"HUGE\"}}");
		assertThat(size.at("path")).isEqualTo("input.size");
		assertThat((String) size.at("detail")).contains("SMALL").contains("LARGE");
		Response missing = http.post(RUNS, "{\"input\":{\"text\":\"a\"}}");
		assertThat(missing.at("path")).isEqualTo("input.times");
		Response top = http.post(RUNS, "{\"inputs\":{}}");
		assertThat(top.at("path")).isEqualTo("inputs");
		assertThat(top.at("known_fields")).isEqualTo(List.of("input", "session"));
		Response session = http.post(RUNS, "{\"input\":{},\"session\":{\"id\":\"x\"}}");
		assertThat(session.at("path")).isEqualTo("session.id");
	}

	static Stream<Case> cases() {
		return Stream.of(bodies(), inputs(), sessions(), sizes(), heads(), paths(), queries(), methods(), imports())
			.flatMap(Function.identity());
	}

	private static Stream<Case> bodies() {
		return Stream.of( //
				post("no JSON", RUNS, "text=a", 400, "malformed-json"),
				post("JSON that breaks off", RUNS, "{\"input\":{\"text\":\"a\"", 400, "malformed-json"),
				post("no body where input is required", RUNS, "", 422, "invalid-input"),
				post("a list for a body", RUNS, "[" + GOOD + "]", 400, "malformed-json"),
				post("a text for a body", RUNS, "\"x\"", 400, "malformed-json"),
				post("null for a body", RUNS, "null", 400, "malformed-json"),
				post("two documents", RUNS, GOOD + GOOD, 400, "malformed-json"),
				post("a field twice", RUNS, "{\"input\":{\"text\":\"a\",\"text\":\"b\",\"times\":1}}", 400,
						"malformed-json"),
				post("a comment", RUNS, "{/* x */\"input\":{\"text\":\"a\",\"times\":1}}", 400, "malformed-json"),
				post("single quotes", RUNS, "{'input':{'text':'a','times':1}}", 400, "malformed-json"),
				post("NaN", RUNS, "{\"input\":{\"text\":\"a\",\"times\":NaN}}", 400, "malformed-json"),
				post("nested too deep", RUNS, "{\"input\":{\"text\":" + "[".repeat(10_000) + "]".repeat(6000) + "}}",
						400, "malformed-json"),
				post("an integer of 5000 digits", RUNS,
						"{\"input\":{\"text\":\"a\",\"times\":" + "9".repeat(5000) + "}}", 400, "malformed-json"),
				post("a number past double", RUNS, "{\"input\":{\"text\":\"a\",\"times\":1e99999}}", 400,
						"malformed-json"),
				post("a name of 5000 characters", RUNS, "{\"" + "n".repeat(5000) + "\":1}", 400, "malformed-json"),
				raw("bytes that are no UTF-8", RUNS, new byte[] { '{', '"', (byte) 0xC3, '"', ':', '1', '}' }, 400,
						"malformed-json"),
				raw("UTF-16", RUNS, GOOD.getBytes(StandardCharsets.UTF_16LE), 400, "malformed-json"),
				raw("an overlong slash", RUNS, new byte[] { '{', '"', (byte) 0xC0, (byte) 0xAF, '"', ':', '1', '}' },
						400, "malformed-json"),
				post("a control character in a text", RUNS, "{\"input\":{\"text\":\"a\u0001\",\"times\":1}}", 400,
						"malformed-json"));
	}

	private static Stream<Case> inputs() {
		return Stream.of( //
				post("an unknown field", RUNS, "{\"input\":{\"text\":\"a\",\"times\":1,\"x\":2}}", 422,
						"invalid-input"),
				post("an unknown field of the body", RUNS, "{\"input\":{\"text\":\"a\",\"times\":1},\"x\":2}", 422,
						"invalid-input"),
				post("an unknown field of a record", TYPED, "{\"input\":{\"ratio\":1,\"city\":{\"class\":\"x\"}}}", 422,
						"invalid-input"),
				post("a class name", TYPED, "{\"input\":{\"ratio\":1,\"city\":{\"@class\":\"java.lang.Runtime\"}}}",
						422, "invalid-input"),
				post("__proto__", RUNS, "{\"input\":{\"__proto__\":{},\"text\":\"a\",\"times\":1}}", 422,
						"invalid-input"),
				post("a text for an integer", RUNS, "{\"input\":{\"text\":\"a\",\"times\":\"1\"}}", 422,
						"invalid-input"),
				post("a fraction for an integer", RUNS, "{\"input\":{\"text\":\"a\",\"times\":1.5}}", 422,
						"invalid-input"),
				post("an integer past int", RUNS, "{\"input\":{\"text\":\"a\",\"times\":2147483648}}", 422,
						"invalid-input"),
				post("an integer of 90 digits", RUNS, "{\"input\":{\"text\":\"a\",\"times\":" + "9".repeat(90) + "}}",
						422, "invalid-input"),
				post("null for a primitive", RUNS, "{\"input\":{\"text\":\"a\",\"times\":null}}", 422, "invalid-input"),
				post("a number for a text", RUNS, "{\"input\":{\"text\":1,\"times\":1}}", 422, "invalid-input"),
				post("an object for a text", RUNS, "{\"input\":{\"text\":{},\"times\":1}}", 422, "invalid-input"),
				post("a list for an object", TYPED, "{\"input\":{\"ratio\":1,\"city\":[]}}", 422, "invalid-input"),
				post("an object for a list", TYPED, "{\"input\":{\"ratio\":1,\"cities\":{}}}", 422, "invalid-input"),
				post("a number for an enum", TYPED, "{\"input\":{\"ratio\":1,\"size\":0}}", 422, "invalid-input"),
				post("a text for a boolean", TYPED, "{\"input\":{\"ratio\":1,\"flag\":\"true\"}}", 422,
						"invalid-input"),
				post("a list for the input", RUNS, "{\"input\":[1]}", 422, "invalid-input"),
				post("a text for the input", RUNS, "{\"input\":\"a\"}", 422, "invalid-input"),
				post("NUL", RUNS, "{\"input\":{\"text\":\"a\\u0000b\",\"times\":1}}", 422, "unstorable-value"),
				post("half of a surrogate pair", RUNS, "{\"input\":{\"text\":\"\\ud800\",\"times\":1}}", 422,
						"unstorable-value"),
				post("NUL in a field's name", RUNS, "{\"input\":{\"te\\u0000xt\":\"a\",\"times\":1}}", 422,
						"invalid-input"),
				post("line breaks in a field's name", RUNS,
						"{\"input\":{\"a\\r\\n2026 ERROR FORGED\":\"a\",\"times\":1}}", 422, "invalid-input"));
	}

	private static Stream<Case> sessions() {
		return Stream.of( //
				session("a session id with SQL", "{\"session_id\":\"x' or '1'='1\"}", 400, "invalid-parameter"),
				session("a session id with a path", "{\"session_id\":\"../../etc/passwd\"}", 400, "invalid-parameter"),
				session("a session id with line breaks", "{\"session_id\":\"a\\r\\nFORGED\"}", 400,
						"invalid-parameter"),
				session("a session id that is too long", "{\"session_id\":\"" + "s".repeat(129) + "\"}", 400,
						"invalid-parameter"),
				session("an empty session id", "{\"session_id\":\"\"}", 400, "invalid-parameter"),
				session("a number for a session id", "{\"session_id\":5}", 422, "invalid-input"),
				post("a number for a session id in the input", "/buddy/workflows/gated/runs",
						"{\"input\":{\"session\":5}}", 422, "invalid-input"),
				post("a list for a session id in the input", "/buddy/workflows/gated/runs",
						"{\"input\":{\"session\":[\"a\"]}}", 422, "invalid-input"),
				session("a boolean for a user id", "{\"user_id\":true}", 422, "invalid-input"),
				session("a number for a session name", "{\"session_name\":1}", 422, "invalid-input"),
				session("a user id with control characters", "{\"user_id\":\"a\\tb\"}", 400, "invalid-parameter"),
				session("a session name that is too long", "{\"session_name\":\"" + "n".repeat(256) + "\"}", 422,
						"unstorable-value"),
				session("a list for the state", "{\"session_state\":[]}", 422, "invalid-input"),
				session("NUL in the state", "{\"session_state\":{\"a\":\"\\u0000\"}}", 422, "unstorable-value"),
				session("a state nested too deep",
						"{\"session_state\":{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}}", 422, "unstorable-value"),
				session("an unknown field of the session", "{\"owner\":\"me\"}", 422, "invalid-input"),
				session("another user's session", "{\"session_id\":\"victim\",\"user_id\":\"eve\"}", 404,
						"session-not-found"),
				session("another user's session as nobody", "{\"session_id\":\"victim\"}", 404, "session-not-found"),
				post("two session ids", "/buddy/workflows/gated/runs",
						"{\"input\":{\"session\":\"a\"},\"session\":{\"session_id\":\"b\"}}", 422, "invalid-input"));
	}

	private static Stream<Case> sizes() {
		String huge = "{\"input\":{\"text\":\"" + "a".repeat(100_000) + "\",\"times\":1}}";
		return Stream.of( //
				post("a huge body", RUNS, huge, 413, "request-too-large"), //
				new Case("a huge body in chunks", (http) -> http.raw(chunked(RUNS, huge)), 413, "request-too-large"),
				post("50 MB", RUNS, "{\"input\":{\"text\":\"" + "a".repeat(50 << 20) + "\",\"times\":1}}", 413,
						"request-too-large"),
				new Case("a length that is a lie",
						(http) -> http.with("Content-Length", "999999999")
							.with("Content-Type", "application/json")
							.send("POST", RUNS, GOOD.getBytes(StandardCharsets.UTF_8)),
						413, "request-too-large"),
				new Case("a negative length",
						(http) -> http.with("Content-Length", "-1")
							.with("Content-Type", "application/json")
							.send("POST", RUNS, GOOD.getBytes(StandardCharsets.UTF_8)),
						400, null));
	}

	private static Stream<Case> heads() {
		return Stream.of( //
				header("an Accept that is not there", "Accept", "text/html", 406, "not-acceptable"),
				header("an Accept that cannot be read", "Accept", "nonsense", 400, "invalid-parameter"),
				type("a form", "application/x-www-form-urlencoded"), type("plain text", "text/plain"),
				type("plain text that names JSON", "text/plain;application/json"),
				unreadable("a Content-Type that cannot be read", "application"), type("XML", "application/xml"),
				type("JSON in another charset", "application/json;charset=UTF-16"),
				unreadable("JSON in no charset at all", "application/json;charset=none"), unreadable("any type", "*/*"),
				unreadable("any kind of application", "application/*"),
				type("a multipart form without a boundary", "multipart/form-data"),
				type("a multipart form", "multipart/form-data; boundary=x"),
				header("an Accept of a charset that there is not", "Accept", "text/*;charset=none", 400,
						"invalid-parameter"),
				header("an origin that cannot be read", "Origin", "http://[evil", 403, "forbidden-client"),
				new Case("no Content-Type", (http) -> http.send("POST", RUNS, GOOD.getBytes(StandardCharsets.UTF_8)),
						415, "unsupported-media-type"),
				header("an idempotency key with a blank", "Idempotency-Key", "a b", 400, "invalid-parameter"),
				header("an idempotency key that is too long", "Idempotency-Key", "k".repeat(256), 400,
						"invalid-parameter"),
				header("an idempotency key beyond ASCII", "Idempotency-Key", "schl\u00fcssel", 400,
						"invalid-parameter"),
				header("a page of another site", "Origin", "https://evil.example", 403, "forbidden-client"),
				header("a page of no origin", "Origin", "null", 403, "forbidden-client"),
				header("a page of another site by the browser's word", "Sec-Fetch-Site", "cross-site", 403,
						"forbidden-client"),
				header("a proxy", "X-Forwarded-For", "203.0.113.9", 403, "forbidden-client"),
				new Case("a read by a page of another site",
						(http) -> http.with("Origin", "https://evil.example").get("/buddy/runs"), 403,
						"forbidden-client"));
	}

	private static Stream<Case> paths() {
		return Stream.of( //
				get("a workflow with SQL", "/buddy/workflows/x'%20or%20'1'='1", 400, "invalid-parameter"),
				get("a run with SQL", "/buddy/runs/x';drop%20table%20buddy_workflow_run", 400, "invalid-parameter"),
				get("a session with SQL", "/buddy/sessions/x%22%20or%201=1", 400, "invalid-parameter"),
				get("a run id that is too long", "/buddy/runs/" + "r".repeat(200), 400, "invalid-parameter"),
				get("a run id with line breaks", "/buddy/runs/a%0d%0aFORGED", 400, "invalid-parameter"),
				get("a session id with NUL", "/buddy/sessions/a%00b", 400, null),
				get("a path upwards", "/buddy/sessions/%2e%2e%2fworkflows", 400, null),
				get("a path upwards, twice encoded", "/buddy/sessions/%252e%252e%252f", 400, "invalid-parameter"),
				get("a backslash", "/buddy/sessions/..%5cx", 400, null),
				get("a run that is not there", "/buddy/runs/00000000-0000-0000-0000-000000000000", 404,
						"run-not-found"),
				get("events of a run that is not there", "/buddy/runs/none/events", 406, "not-acceptable"),
				new Case("events of a run that is not there, for a stream",
						(http) -> http.with("Accept", "text/event-stream").get("/buddy/runs/none/events"), 404,
						"run-not-found"),
				new Case("a position of SQL",
						(http) -> http.with("Accept", "text/event-stream")
							.get("/buddy/runs/none/events?last_event_id=1%20or%201"),
						400, "invalid-parameter"),
				post("a cancel of a run that is not there", "/buddy/runs/none/cancel", "{}", 404, "run-not-found"),
				post("a cancel with a body", "/buddy/runs/none/cancel", "{\"force\":true}", 422, "invalid-input"),
				post("a run of a workflow that is not there", "/buddy/workflows/none/runs", GOOD, 404,
						"workflow-not-found"),
				get("an export of a session that is not there", "/buddy/sessions/none/export", 404,
						"session-not-found"),
				get("runs of a session that is not there", "/buddy/sessions/none/runs", 404, "session-not-found"),
				new Case("a rename of a session that is not there",
						(http) -> http.patch("/buddy/sessions/none", "{\"session_name\":\"x\"}"), 404,
						"session-not-found"),
				new Case("a new owner", (http) -> http.patch("/buddy/sessions/victim", "{\"user_id\":\"eve\"}"), 422,
						"invalid-input"),
				new Case("a rename to nothing", (http) -> http.patch("/buddy/sessions/victim", "{}"), 422,
						"invalid-input"),
				new Case("a name with line breaks",
						(http) -> http.patch("/buddy/sessions/victim", "{\"session_name\":\"a\\nFORGED\"}"), 422,
						"unstorable-value"));
	}

	private static Stream<Case> queries() {
		String many = IntStream.range(0, 500).mapToObj((i) -> "p" + i + "=1").collect(Collectors.joining("&"));
		return Stream.of( //
				get("a limit of nothing", "/buddy/runs?limit=0", 400, "invalid-parameter"),
				get("a limit past the most", "/buddy/runs?limit=101", 400, "invalid-parameter"),
				get("a limit past long", "/buddy/runs?limit=99999999999999999999", 400, "invalid-parameter"),
				get("a limit with SQL", "/buddy/runs?limit=1;delete", 400, "invalid-parameter"),
				get("a cursor of nothing", "/buddy/runs?after=x", 400, "invalid-parameter"),
				get("a cursor with SQL", "/buddy/runs?after=1_x'%20or%20'1", 400, "invalid-parameter"),
				get("a cursor past long", "/buddy/sessions?after=99999999999999999999_x", 400, "invalid-parameter"),
				get("a status that there is not", "/buddy/runs?status=DONE", 400, "invalid-parameter"),
				get("a time that is none", "/buddy/runs?from=yesterday", 400, "invalid-parameter"),
				get("a time past long", "/buddy/runs?from=%2B1000000000-12-31T23:59:59Z", 400, "invalid-parameter"),
				get("bytes that are no UTF-8", "/buddy/runs?limit=%FF", 400, "invalid-parameter"),
				get("a percent sign alone", "/buddy/runs?limit=%", 400, "invalid-parameter"),
				get("an escape that is none", "/buddy/runs?limit=%zz", 400, "invalid-parameter"),
				get("half an escape", "/buddy/runs?limit=%2", 400, "invalid-parameter"),
				get("bytes that are no UTF-8 as a name", "/buddy/workflows?%C3%28=1", 400, "invalid-parameter"),
				get("an overlong escape", "/buddy/runs?workflow_id=%C0%AF", 400, "invalid-parameter"),
				get("line breaks", "/buddy/runs?workflow_id=a%0d%0aFORGED", 400, "invalid-parameter"),
				get("NUL in a parameter", "/buddy/runs?workflow_id=%00", 400, "invalid-parameter"),
				get("bytes that are no UTF-8 where there is no route", "/buddy/none?%FF", 400, "invalid-parameter"),
				get("a cursor before all time", "/buddy/runs?after=-9223372036854775808_x", 400, "invalid-parameter"),
				get("a cursor after all time", "/buddy/runs?after=9223372036854775807_x", 400, "invalid-parameter"),
				get("a cursor with a sign", "/buddy/runs?after=%2B1_x", 400, "invalid-parameter"),
				get("a cursor of other digits", "/buddy/runs?after=%D9%A1_x", 400, "invalid-parameter"),
				get("a negative limit", "/buddy/runs?limit=-1", 400, "invalid-parameter"),
				get("a limit with a blank", "/buddy/runs?limit=%201", 400, "invalid-parameter"),
				get("a limit of other digits", "/buddy/runs?limit=%D9%A1", 400, "invalid-parameter"),
				get("a time before all time", "/buddy/runs?from=-1000000-01-01T00:00:00Z", 400, "invalid-parameter"),
				get("an unknown parameter", "/buddy/runs?order=asc", 400, "invalid-parameter"),
				get("a parameter twice", "/buddy/runs?limit=1&limit=2", 400, "invalid-parameter"),
				get("many parameters", "/buddy/runs?" + many, 400, "invalid-parameter"),
				get("a session with SQL among the filters", "/buddy/runs?session_id=x'--", 400, "invalid-parameter"));
	}

	private static Stream<Case> methods() {
		return Stream.of( //
				method("PUT", "/buddy/sessions/victim"), method("DELETE", "/buddy/runs"),
				method("DELETE", "/buddy/workflows/echo"), method("GET", RUNS), method("GET", "/buddy/runs/x/cancel"),
				method("TRACE", "/buddy/runs"), method("POST", "/buddy/runs"),
				new Case("a method in disguise",
						(http) -> http.with("X-HTTP-Method-Override", "DELETE").get("/buddy/sessions/none"), 404,
						"session-not-found"));
	}

	private static Stream<Case> imports() {
		return Stream.of( //
				post("an import without a session id", "/buddy/sessions", "{\"workflow_id\":\"echo\"}", 400,
						"invalid-parameter"),
				post("an import without a workflow", "/buddy/sessions", "{\"session_id\":\"i\"}", 400,
						"invalid-parameter"),
				post("an import for a workflow that is not there", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"none\"}", 422, "invalid-input"),
				post("an import over a session", "/buddy/sessions",
						"{\"session_id\":\"victim\",\"workflow_id\":\"echo\"}", 409, "session-exists"),
				post("an import with a text for the runs", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"memory\":\"x\"}", 422, "invalid-session"),
				post("an import with a text for the list of runs", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"memory\":{\"runs\":\"x\"}}", 422,
						"invalid-session"),
				post("an import with an object for the list of runs", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"memory\":{\"runs\":{\"a\":1}}}", 422,
						"invalid-session"),
				post("an import with a run twice", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"memory\":{\"runs\":"
								+ "[{\"response\":{\"run_id\":\"r\"}},{\"response\":{\"run_id\":\"r\"}}]}}",
						422, "invalid-session"),
				post("an import with a number for a run", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"memory\":{\"runs\":[1]}}", 422,
						"invalid-session"),
				post("an import with a run id of SQL", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"memory\":{\"runs\":[{\"run_id\":\"'--\"}]}}",
						422, "invalid-session"),
				post("an import of the far future", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"created_at\":9223372036854775807}", 422,
						"invalid-session"),
				post("an import with NUL", "/buddy/sessions",
						"{\"session_id\":\"i\",\"workflow_id\":\"echo\",\"extra_data\":{\"a\":\"\\u0000\"}}", 422,
						"unstorable-value"));
	}

	private static Case get(String name, String path, int status, String problem) {
		return new Case(name, (http) -> http.get(path), status, problem);
	}

	private static Case post(String name, String path, String json, int status, String problem) {
		return new Case(name, (http) -> http.post(path, json), status, problem);
	}

	private static Case raw(String name, String path, byte[] body, int status, String problem) {
		return new Case(name, (http) -> http.with("Content-Type", "application/json").send("POST", path, body), status,
				problem);
	}

	private static Case session(String name, String session, int status, String problem) {
		return post(name, RUNS, "{\"input\":{\"text\":\"a\",\"times\":1},\"session\":" + session + "}", status,
				problem);
	}

	private static Case header(String name, String header, String value, int status, String problem) {
		return new Case(name, (http) -> http.with(header, value).post(RUNS, GOOD), status, problem);
	}

	private static Case type(String name, String type) {
		return new Case(name,
				(http) -> http.with("Content-Type", type).send("POST", RUNS, GOOD.getBytes(StandardCharsets.UTF_8)),
				415, "unsupported-media-type");
	}

	private static Case unreadable(String name, String type) {
		return new Case(name,
				(http) -> http.with("Content-Type", type).send("POST", RUNS, GOOD.getBytes(StandardCharsets.UTF_8)),
				400, "invalid-parameter");
	}

	private static Case method(String method, String path) {
		return new Case(method + " " + path,
				(http) -> http.with("Content-Type", "application/json")
					.send(method, path, "{}".getBytes(StandardCharsets.UTF_8)),
				405, method.equals("TRACE") ? null : "method-not-allowed");
	}

	private static byte[] chunked(String path, String body) {
		StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
		for (int at = 0; at < body.length(); at += 1000) {
			String chunk = body.substring(at, Math.min(body.length(), at + 1000));
			request.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
		}
		return request.append("0\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	record Case(String name, Function<Http, Response> request, int status, String problem) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
