package buddy.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a run whose client follows its events and goes, over a real port.
 */
class DisconnectTests {

	private static WebApplication cancelling;

	private static WebApplication finishing;

	@BeforeAll
	static void start() {
		cancelling = WebApplication.open("buddy.web.on-disconnect=cancel", "buddy.web.heartbeat=100ms");
		finishing = WebApplication.open("buddy.web.on-disconnect=finish", "buddy.web.heartbeat=100ms");
	}

	@AfterAll
	static void stop() {
		for (WebApplication application : new WebApplication[] { cancelling, finishing }) {
			if (application != null) {
				application.close();
			}
		}
	}

	@BeforeEach
	void shut() {
		cancelling.gate().shut();
		finishing.gate().shut();
	}

	@Test
	void runIsCancelledWhenTheClientThatStartedItGoes() throws Exception {
		String run = startAndGo(cancelling);
		awaitStatus(cancelling, run, "CANCELLED");
		assertThat(cancelling.http().get(run).at("error", "reason")).isEqualTo("cancelled");
		awaitNoStreams(cancelling);
	}

	@Test
	void runGoesOnWithoutTheClientThatStartedIt() throws Exception {
		assertRunGoesOn(finishing, startAndGo(finishing));
	}

	@Test
	void clientThatOnlyFollowsCancelsNothing() throws Exception {
		String run = cancelling.http()
			.with("Prefer", "respond-async")
			.post("/buddy/workflows/gated/runs", "{}")
			.header("Location")
			.orElseThrow();
		try (Follower follower = new Follower(cancelling, "GET " + run + "/events", "")) {
			follower.awaitEvent();
		}
		assertRunGoesOn(cancelling, run);
	}

	@Test
	void clientThatReadsToTheEndCancelsNothing() {
		String run = cancelling.http()
			.with("Accept", "text/event-stream")
			.post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":1}}")
			.header("Content-Location")
			.orElseThrow();
		awaitNoStreams(cancelling);
		assertThat(cancelling.http().get(run).at("status")).isEqualTo("COMPLETED");
	}

	@Test
	void clientThatComesAgainAfterTheLastEventIsToldNotTo() {
		String run = finishing.http()
			.post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":1}}")
			.at("run_id")
			.toString();
		String events = "/buddy/runs/" + run + "/events";
		Http http = finishing.http().with("Accept", "text/event-stream");
		assertThat(http.get(events).body()).contains("id:0-0\n").contains("id:0-1\n").doesNotContain("id:0-2\n");
		assertThat(http.with("Last-Event-ID", "0-0").get(events).body()).doesNotContain("id:0-0\n")
			.contains("id:0-1\nevent:WorkflowCompleted\n");
		assertThat(http.with("Last-Event-ID", "0-1").get(events)).satisfies(DisconnectTests::isEmpty);
		assertThat(http.get(events + "?last_event_id=0-1")).satisfies(DisconnectTests::isEmpty);
		// the header is newer than what the page put into the address
		assertThat(http.with("Last-Event-ID", "0-1").get(events + "?last_event_id=0-0"))
			.satisfies(DisconnectTests::isEmpty);
		awaitNoStreams(finishing);
	}

	private static void isEmpty(Http.Response response) {
		assertThat(response.status()).isEqualTo(204);
		assertThat(response.body()).isEmpty();
		assertThat(response.header("Content-Type")).isEmpty();
	}

	/** Starts a run that waits, and goes as soon as there is an event of it. */
	private static String startAndGo(WebApplication application) throws IOException {
		try (Follower follower = new Follower(application, "POST /buddy/workflows/gated/runs", "{}")) {
			follower.awaitEvent();
			assertThat(application.bean(Streams.class).open()).isEqualTo(1);
			assertThat(application.http().get(follower.run).at("status")).isEqualTo("RUNNING");
			return follower.run;
		}
	}

	private static void assertRunGoesOn(WebApplication application, String run) {
		awaitNoStreams(application); // that the client is gone was seen
		assertThat(application.http().get(run).at("status")).isEqualTo("RUNNING");
		application.gate().open();
		awaitStatus(application, run, "COMPLETED");
		assertThat(application.http().get(run).at("response", "content")).isEqualTo("through");
	}

	private static void awaitNoStreams(WebApplication application) {
		Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> application.bean(Streams.class).open() == 0);
	}

	private static void awaitStatus(WebApplication application, String run, String status) {
		Awaitility.await()
			.atMost(60, TimeUnit.SECONDS)
			.until(() -> status.equals(application.http().get(run).at("status")));
	}

	/** A client that follows the events of a run and goes without a word. */
	private static final class Follower implements AutoCloseable {

		private final Socket socket;

		private final BufferedReader lines;

		private final String run;

		Follower(WebApplication application, String request, String body) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
			this.socket.setSoTimeout(60_000);
			String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
			this.socket.getOutputStream()
				.write((request + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + type
						+ "Content-Length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			this.lines = new BufferedReader(
					new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
			this.run = awaitLine("Content-Location:").strip();
		}

		void awaitEvent() throws IOException {
			awaitLine("data:");
		}

		private String awaitLine(String start) throws IOException {
			for (String line = this.lines.readLine(); line != null; line = this.lines.readLine()) {
				if (line.startsWith(start)) {
					return line.substring(start.length());
				}
			}
			throw new IOException("It was closed before '" + start + "'");
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
