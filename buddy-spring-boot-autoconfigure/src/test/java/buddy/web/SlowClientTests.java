package buddy.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import buddy.event.RunEventStreams;
import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.web.EventClient.Event;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that take their time, in reading as in writing, keep no one else from being
 * served.
 */
class SlowClientTests {

	private static final int THREADS = 8;

	private static final String ECHO = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	private static final int EVENTS = 300;

	private static final int SIZE = 5000; // 1.5 MB, more than sockets hold

	@Test
	void clientsThatReadAByteAtATimeHoldNoThreads() throws Exception {
		try (WebApplication application = open(); Clients slow = new Clients()) {
			String run = loud(application);
			for (int i = 0; i < 5 * THREADS; i++) {
				slow.add(EventClient.followSlowly(application, run));
			}
			for (int read = 0; read < 5; read++) {
				for (EventClient client : slow.all) {
					assertThat(client.readByte()).isPositive();
				}
				Awaitility.await().atMost(30, TimeUnit.SECONDS).until(SlowClientTests::noThreadWrites);
				assertOthersAreServed(application);
			}
			// the place of a stream that was read is free a moment later
			Awaitility.await().until(() -> application.bean(Streams.class).open() == 5 * THREADS);
			try (EventClient other = EventClient.follow(application, run, "0-" + (EVENTS - 2))) {
				assertThat(other.rest()).extracting(Event::id)
					.containsExactly("0-" + (EVENTS - 1), "0-" + EVENTS, "0-" + (EVENTS + 1));
			}
			// a slow one goes on where it was, at whatever pace
			assertThat(slow.all.get(0).body()).contains("id:0-1\n", "id:0-" + EVENTS + "\n",
					"id:0-" + (EVENTS + 1) + "\n");
			slow.close();
			Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> noStreamIsOpen(application));
		}
	}

	@Test
	void clientThatTakesNothingIsCutAfterTheContainersTimeAndComesBack() throws Exception {
		try (WebApplication application = open("server.tomcat.connection-timeout=2s"); Clients slow = new Clients()) {
			String run = loud(application);
			for (int i = 0; i < THREADS; i++) {
				slow.add(EventClient.followSlowly(application, run));
			}
			// the first may be cut before the last is there
			assertThat(slow.all).allMatch((client) -> client.status() == 200);
			Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> noStreamIsOpen(application));
			assertThat(slow.all).allSatisfy((client) -> assertThat(untilTheCut(client)).extracting(Event::id)
				.doesNotContain("0-" + (EVENTS + 1)));
			List<Event> rest = new ArrayList<>();
			String last = "0-7";
			// once, unless this machine stands still
			while (!last.equals("0-" + (EVENTS + 1))) {
				try (EventClient again = EventClient.follow(application, run, last)) {
					rest.addAll(untilTheCut(again));
				}
				last = rest.isEmpty() ? last : rest.get(rest.size() - 1).id();
			}
			assertThat(rest).hasSize(EVENTS + 1 - 7).extracting(Event::id).startsWith("0-8").doesNotHaveDuplicates();
		}
	}

	@Test
	void clientsThatNeverEndTheirRequestsLeaveNothingBehind() throws Exception {
		Nightly.only("clients that read slowly or not at all");
		try (WebApplication application = open("server.tomcat.connection-timeout=2s"); Clients slow = new Clients()) {
			Map<String, ?> before = application.stored();
			String head = "POST " + ECHO + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
			for (int i = 0; i < 5 * THREADS; i++) {
				slow.add(connect(application, head + "X-Slow: "));
			}
			List<Socket> bodies = new ArrayList<>();
			for (int i = 0; i < THREADS / 2; i++) {
				bodies.add(connect(application, head + "Content-Length: " + GOOD.length() + "\r\n\r\n"));
			}
			slow.addAll(bodies);
			for (char next : GOOD.substring(0, GOOD.length() - 1).toCharArray()) {
				for (Socket socket : slow.sockets) {
					socket.getOutputStream().write(next);
				}
				assertThat(application.http().get("/buddy/workflows").status()).isEqualTo(200);
			}
			assertThat(application.stored()).isEqualTo(before);
			assertOthersAreServed(application);
			before = application.stored();
			// nothing more comes: the container's time is up
			for (Socket socket : bodies) {
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.startsWith("HTTP/1.1 4");
			}
			for (Socket socket : slow.sockets) {
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.doesNotContain("HTTP/1.1 2");
			}
			assertThat(application.stored()).isEqualTo(before);
		}
	}

	/** The events that came before the server closed the connection, whichever way. */
	private static List<Event> untilTheCut(EventClient client) {
		List<Event> events = new ArrayList<>();
		try {
			for (Event event = client.next(); event != null; event = client.next()) {
				events.add(event);
			}
		}
		catch (IOException ex) {
			// a reset
		}
		return events;
	}

	private static WebApplication open(String... properties) {
		List<String> all = new ArrayList<>(Arrays.asList(properties));
		all.add("buddy.web.heartbeat=500ms");
		all.add("server.tomcat.threads.max=" + THREADS);
		return WebApplication.start(TestDatabase.H2.create(), all.toArray(String[]::new), ToldWorkflows.class,
				SmallSockets.class);
	}

	private static String loud(WebApplication application) {
		Response run = application.http()
			.post("/buddy/workflows/loud/runs", "{\"input\":{\"events\":" + EVENTS + ",\"size\":" + SIZE + "}}");
		assertThat(run.status()).as(run.body()).isEqualTo(200);
		return "/buddy/runs/" + run.at("run_id");
	}

	private static void assertOthersAreServed(WebApplication application) {
		assertThat(application.http().post(ECHO, GOOD).at("content")).isEqualTo("a");
		assertThat(application.http().with("Accept", "text/event-stream").post(ECHO, GOOD).body())
			.contains("event:WorkflowCompleted");
	}

	private static boolean noThreadWrites() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.flatMap(Arrays::stream)
			.noneMatch((frame) -> frame.getClassName().equals(EventStreamWriter.class.getName()));
	}

	private static boolean noStreamIsOpen(WebApplication application) {
		return application.bean(Streams.class).open() == 0
				&& application.bean(RunEventStreams.class).openStreams() == 0;
	}

	private static Socket connect(WebApplication application, String beginning) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
		socket.setSoTimeout(30_000);
		socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	/** Clients that leave when the test is over. */
	private static final class Clients implements AutoCloseable {

		private final List<EventClient> all = new ArrayList<>();

		private final List<Socket> sockets = new ArrayList<>();

		void add(EventClient client) {
			this.all.add(client);
		}

		void add(Socket socket) {
			this.sockets.add(socket);
		}

		void addAll(List<Socket> sockets) {
			this.sockets.addAll(sockets);
		}

		@Override
		public void close() throws IOException {
			for (EventClient client : this.all) {
				client.close();
			}
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}

	}

}
