package buddy.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The connection of a refused request is closed, whatever its client still means to send:
 * nobody waits for a body that nobody reads.
 */
class RefusedBodyTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	/** Far less than the server's patience, far more than an answer takes. */
	private static final int PATIENCE_MILLIS = 30_000;

	private static final String SERVER_PATIENCE = "server.tomcat.connection-timeout=5m";

	private static WebApplication application;

	private static WebApplication secured;

	@BeforeAll
	static void start() {
		application = WebApplication.open(SERVER_PATIENCE);
		secured = WebApplication.secured(SERVER_PATIENCE);
	}

	@AfterAll
	static void stop() {
		application.close();
		secured.close();
	}

	@ParameterizedTest
	@MethodSource("requests")
	void clientThatAnnouncesALargeBodyAndSendsLittleIsAnsweredAndDropped(int status, boolean security, String head)
			throws IOException {
		int port = (security ? secured : application).port();
		String answer = untilTheEnd(port, head.replace("PORT", String.valueOf(port)) + "\r\n\r\n{\"input");
		assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("\r\nConnection: close\r\n");
		assertThat(answer).contains("urn:buddy:problem:");
	}

	static Stream<Arguments> requests() {
		String json = "\r\nContent-Type: application/json";
		String large = "\r\nContent-Length: 100000000";
		String own = " HTTP/1.1\r\nHost: localhost:PORT";
		return Stream.of( //
				Arguments.of(403, false, "POST " + RUNS + " HTTP/1.1\r\nHost: badcafe.cc" + json + large),
				Arguments.of(403, false,
						"POST " + RUNS + " HTTP/1.1\r\nHost: badcafe.cc" + json + "\r\nContent-Length: 100"),
				Arguments.of(413, false, "POST " + RUNS + own + json + large),
				Arguments.of(413, false, "POST /buddy/sessions" + own + json + large),
				Arguments.of(415, false, "POST " + RUNS + own + "\r\nContent-Type: text/plain\r\nContent-Length: 1000"),
				Arguments.of(415, false,
						"POST " + RUNS + own
								+ "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000"),
				Arguments.of(404, false, "POST /buddy/workflows/none/runs" + own + json + "\r\nContent-Length: 1000"),
				Arguments.of(405, false, "PUT " + RUNS + own + json + "\r\nContent-Length: 1000"),
				Arguments.of(403, false,
						"POST " + RUNS + " HTTP/1.1\r\nHost: badcafe.cc" + json + "\r\nTransfer-Encoding: chunked"),
				Arguments.of(401, true, "POST " + RUNS + own + json + "\r\nContent-Length: 1000"),
				Arguments.of(401, true,
						"POST " + RUNS + own + json + "\r\nAuthorization: Basic eDp5" + "\r\nContent-Length: 1000"),
				Arguments.of(403, true,
						"POST " + RUNS + own + json + "\r\nAuthorization: " + Http.basic("vera")
								+ "\r\nContent-Length: 1000"),
				Arguments.of(413, true, "POST " + RUNS + own + json + large));
	}

	@Test
	void clientThatIsStillSendingSeesItsAnswer() throws Exception {
		byte[] body = new byte[1_500_000];
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + application.port() + RUNS))
			.version(HttpClient.Version.HTTP_1_1)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofByteArray(body))
			.build();
		for (int i = 0; i < 20; i++) {
			assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(413);
		}
	}

	@Test
	void connectionStaysWhereTheBodyWasRead() throws IOException {
		String request = "POST " + RUNS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
				+ "\r\nContent-Length: 12\r\n\r\n{\"input\":{}}";
		String last = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
		String answers = untilTheEnd(application.port(), request + request + last);
		assertThat(answers.split("HTTP/1.1 422 ", -1)).hasSize(4);
	}

	@ParameterizedTest
	@ValueSource(strings = { "error", "message" })
	void clientKnowsThatTheConnectionEndsWhoeverRefusesTheRequest(String way) throws IOException {
		try (WebApplication refusing = WebApplication.with(Refusing.class, SERVER_PATIENCE)) {
			assertThat(untilTheEnd(refusing.port(), refused(way))).startsWith("HTTP/1.1 403 ")
				.containsIgnoringCase("\r\nConnection: close\r\n");
		}
	}

	@Test
	void connectionStaysWhereTheAnswerWasOnItsWayAlready() throws IOException {
		try (WebApplication refusing = WebApplication.with(Refusing.class, SERVER_PATIENCE)) {
			String answers = untilTheEnd(refusing.port(), refused("flushed") + refused("flushed") + refused("error"));
			assertThat(answers.split("HTTP/1.1 403 ", -1)).hasSize(4);
		}
	}

	private static String refused(String way) {
		return "POST " + RUNS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Refuse: " + way
				+ "\r\nContent-Length: 12\r\n\r\n{\"input\":{}}";
	}

	/** Reads to the end of the stream, which is there when the server closes. */
	private static String untilTheEnd(int port, String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(PATIENCE_MILLIS);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			ByteArrayOutputStream answer = new ByteArrayOutputStream();
			socket.getInputStream().transferTo(answer);
			return answer.toString(StandardCharsets.UTF_8);
		}
	}

	/** Refuses requests as filters of the application and of Spring Security do. */
	@Configuration(proxyBeanMethods = false)
	static class Refusing {

		@Bean
		Filter refusing() {
			return (request, response, chain) -> {
				HttpServletResponse answer = (HttpServletResponse) response;
				switch (String.valueOf(((HttpServletRequest) request).getHeader("X-Refuse"))) {
					case "error" -> answer.sendError(403);
					case "message" -> answer.sendError(403, "no");
					case "flushed" -> {
						answer.setStatus(403);
						answer.setContentLength(0);
						answer.flushBuffer();
					}
					default -> chain.doFilter(request, response);
				}
			};
		}

	}

}
