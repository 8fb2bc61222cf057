package buddy.web;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.env.Environment;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The filter before the routes and before the actuator's endpoint, with the actuator on a
 * port of its own.
 */
class AccessTests {

	private static final List<String> PATHS = List.of("/buddy/runs", "/buddy", "/buddy/none",
			"/actuator/buddyworkflows", "/actuator/buddyworkflows/echo");

	private static WebApplication application;

	@BeforeAll
	static void start() {
		application = WebApplication.open("management.endpoints.web.exposure.include=buddyworkflows,info",
				"management.server.port=0", "buddy.web.max-request-size=16KB");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	static Stream<Arguments> strangers() {
		return Stream
			.of("Host: rebound.example", "Host: badcafe.cc", "Host: 127.0.0.1.cc", "Host: 0x7f.1", "Host: localhost.",
					"Host: 127.0.0.1.:80", "Host: [::2]", "Host: 2130706433", "Via: 1.1 proxy",
					"Forwarded: for=127.0.0.1", "X-Forwarded: for=127.0.0.1", "X-Forwarded-For: 127.0.0.1",
					"X-Forwarded-Host: localhost", "X-Forwarded-Proto: http", "X-Forwarded-Prefix: /",
					"X-Original-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Client-IP: 127.0.0.1",
					"Client-IP: 127.0.0.1", "CF-Connecting-IP: 127.0.0.1", "CF-Ray: 1", "True-Client-IP: 127.0.0.1",
					"X-Cluster-Client-IP: 127.0.0.1", "Fastly-Client-IP: 127.0.0.1",
					"X-Envoy-External-Address: 127.0.0.1", "X-Azure-ClientIP: 127.0.0.1", "X-Originating-IP: 127.0.0.1",
					"X-Remote-Addr: 127.0.0.1", "Wl-Proxy-Client-IP: 127.0.0.1", "Origin: https://evil.example",
					"Origin: null", "Sec-Fetch-Site: cross-site")
			.flatMap((header) -> PATHS.stream().map((path) -> Arguments.of(header, path)));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("strangers")
	void strangerReachesNothing(String header, String path) {
		String[] parts = header.split(": ", 2);
		Response response = at(path).with(parts[0], parts[1]).get(path);
		assertThat(response.status()).as(response.body()).isEqualTo(403);
		assertThat(response.problem()).isEqualTo("forbidden-client");
	}

	@ParameterizedTest
	@MethodSource("locals")
	void hostOfThisMachineIsServed(String host) {
		assertThat(application.http().with("Host", host).get("/buddy/runs").status()).isEqualTo(200);
		assertThat(at("/actuator").with("Host", host).get("/actuator/buddyworkflows").status()).isEqualTo(200);
		assertThat(at("/actuator").with("Host", "rebound.example").get("/actuator/info").status())
			.as("of no concern to buddy")
			.isEqualTo(200);
	}

	static Stream<String> locals() {
		return Stream.of("localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080",
				"[::ffff:127.0.0.1]", "app.localhost");
	}

	@ParameterizedTest
	@MethodSource("escapes")
	void pathIsGuardedHoweverItIsWritten(String path) {
		assertThat(application.http().with("Host", "badcafe.cc").get(path).status()).isEqualTo(403);
	}

	static Stream<String> escapes() {
		return Stream.of("/%62uddy/runs", "/buddy/ru%6es", "/buddy;x=1/runs", "/BUDDY/runs", "/./buddy/runs",
				"/x/../buddy/runs");
	}

	@Test
	void bodyOfARefusedClientIsNotWaitedFor() {
		for (String target : new String[] { "POST /buddy/workflows/echo/runs", "POST /buddy/none",
				"PUT /buddy/workflows/echo" }) {
			Response refused = application.http()
				.with("Host", "badcafe.cc")
				.with("Content-Type", "application/json")
				.with("Content-Length", "10000")
				.send(target.split(" ")[0], target.split(" ")[1], new byte[10_000]);
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.header("Connection")).contains("close");
		}
	}

	@Test
	void operatorOfTheEndpointIsNoPage() {
		Response refused = at("/actuator").with("Origin", "https://evil.example")
			.post("/actuator/buddyworkflows/some-run", "{}");
		assertThat(refused.problem()).isEqualTo("forbidden-client");
		assertThat(at("/actuator").post("/actuator/buddyworkflows/some-run", "{}").status()).isEqualTo(404);
	}

	private static Http at(String path) {
		return path.startsWith("/actuator")
				? Http.to(application.bean(Environment.class).getRequiredProperty("local.management.port", int.class))
				: application.http();
	}

}
