package buddy.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.event.EventPosition;
import buddy.event.RunEventStreams;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stream of events over a real port, to clients that are slow, leave, and come again.
 */
@ExtendWith(OutputCaptureExtension.class)
class EventStreamResponseTests {

	private static final int HEARTBEAT_MILLIS = 200;

	private static ConfigurableApplicationContext context;

	private static int port;

	private static final AtomicInteger disconnects = new AtomicInteger();

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).properties(TestDatabase.H2.create())
			.properties("server.port=0", "spring.main.banner-mode=off", "buddy.scan.enabled=false",
					"spring.jpa.open-in-view=false", "server.tomcat.threads.max=8", "server.tomcat.max-connections=500")
			.run();
		port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	@AfterAll
	static void stop() {
		if (context != null) {
			context.close();
		}
	}

	@Test
	void finishedRunIsAnsweredWholeWithHeadersForStreams() throws Exception {
		String run = finished(3);
		try (Client client = new Client(run, null)) {
			assertThat(client.status).isEqualTo(200);
			assertThat(client.headers).containsEntry("content-type", "text/event-stream;charset=UTF-8")
				.containsEntry("cache-control", "no-store")
				.containsEntry("x-accel-buffering", "no")
				.doesNotContainKey("content-length");
			assertThat(client.firstLine()).isEqualTo("retry:1000");
			List<Event> events = client.readAll();
			assertThat(events).extracting(Event::name)
				.containsExactly("WorkflowStarted", "CustomEvent", "CustomEvent", "CustomEvent", "WorkflowCompleted");
			assertThat(events).extracting(Event::id).containsExactly("0-0", "0-1", "0-2", "0-3", "0-4");
			assertThat(events.get(1).data()).startsWith("{\"event\":\"CustomEvent\"").contains("\"content\":\"ä1\"");
		}
	}

	@Test
	void clientThatHasTheLastEventIsToldNotToComeAgain() throws Exception {
		String run = finished(3);
		try (Client client = new Client(run, "0-4")) {
			assertThat(client.status).isEqualTo(204);
			assertThat(client.headers).doesNotContainKey("content-type");
		}
	}

	@RepeatedTest(3)
	void clientThatIsCutTwentyTimesGetsEachEventOnce() throws Exception {
		Telling telling = context.getBean(Telling.class);
		CompletableFuture<String> run = new CompletableFuture<>();
		CountDownLatch done = new CountDownLatch(1);
		onThread(() -> telling.run("s", (live) -> {
			run.complete(live.runId());
			for (int i = 1; i <= 500; i++) {
				tell(live, i);
				java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
			}
			done.countDown();
		}));
		List<Event> all = new ArrayList<>();
		int left = disconnects.get();
		for (int visit = 0; visit < 20; visit++) {
			try (Client client = new Client(run.get(), all.isEmpty() ? null : all.get(all.size() - 1).id())) {
				for (int i = 0; i < 20; i++) {
					all.add(client.next());
				}
			}
		}
		done.await();
		try (Client client = new Client(run.get(), all.get(all.size() - 1).id())) {
			all.addAll(client.readAll());
		}
		assertThat(all).extracting(Event::id)
			.containsExactlyElementsOf(IntStream.rangeClosed(0, 501).mapToObj((i) -> "0-" + i).toList());
		Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 0);
		// a client that leaves while the last event is on its way was not missed
		assertThat(disconnects.get() - left).isBetween(1, 20);
	}

	@Test
	void slowClientsCostNoThreadsAndTheOthersAreServed() throws Exception {
		String large = finished(3000, 5000); // 15 MB, more than sockets hold
		List<Client> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 20; i++) {
				Client client = new Client(large, null, 1024);
				slow.add(client);
				assertThat(client.in.read()).isPositive(); // a byte, and no more for now
			}
			Awaitility.await().until(EventStreamResponseTests::noThreadWrites);
			String run = finished(3);
			try (Client client = new Client(run, null)) {
				assertThat(client.readAll()).hasSize(5);
			}
			assertThat(context.getBean(RunEventStreams.class).openStreams()).isEqualTo(20);
			// each goes on where it was
			assertThat(slow.get(0).readAllBytes()).contains("id:0-3000\n", "id:0-3001\n");
		}
		finally {
			for (Client client : slow) {
				client.close();
			}
		}
		Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 0);
	}

	@Test
	void clientsThatLeaveCauseNoWarnings(CapturedOutput output) throws Exception {
		int before = output.toString().length(); // what the start said
		String large = finished(1000, 5000);
		for (int i = 0; i < 10; i++) {
			try (Client client = new Client(large, null, 1024)) {
				assertThat(client.in.read()).isPositive();
			}
		}
		Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 0);
		String run = finished(3);
		try (Client client = new Client(run, null)) {
			assertThat(client.readAll()).hasSize(5);
		}
		assertThat(output.toString().substring(before)).doesNotContain("WARN", "ERROR");
	}

	@Test
	void idleStreamSendsHeartbeatsAndNoticesThatItsClientLeft() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<String> run = new CompletableFuture<>();
		onThread(() -> context.getBean(Telling.class).run("s", (live) -> {
			run.complete(live.runId());
			try {
				go.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}));
		int left = disconnects.get();
		try (Client client = new Client(run.get(), null); Client leaving = new Client(run.get(), null)) {
			assertThat(client.next().name()).isEqualTo("WorkflowStarted");
			assertThat(client.line()).isEqualTo(":");
			assertThat(client.line()).isEmpty();
			assertThat(client.line()).isEqualTo(":");
			leaving.close();
			Awaitility.await().until(() -> disconnects.get() == left + 1);
			go.countDown();
			assertThat(client.readAll()).extracting(Event::name).containsExactly("WorkflowCompleted");
			assertThat(disconnects.get()).isEqualTo(left + 1);
		}
	}

	@RepeatedTest(3)
	void manyStreamsOfLiveRunsAreServedAtOnce() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<String> run = new CompletableFuture<>();
		onThread(() -> context.getBean(Telling.class).run("s", (live) -> {
			run.complete(live.runId());
			try {
				go.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			for (int i = 1; i <= 200; i++) {
				tell(live, i);
			}
		}));
		List<Client> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 100; i++) { // of 8 threads
				clients.add(new Client(run.get(), null));
			}
			go.countDown();
			for (Client client : clients) {
				assertThat(client.readAll()).extracting(Event::id)
					.containsExactlyElementsOf(IntStream.rangeClosed(0, 201).mapToObj((i) -> "0-" + i).toList());
			}
		}
		finally {
			for (Client client : clients) {
				client.close();
			}
		}
	}

	private static boolean noThreadWrites() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.flatMap(java.util.Arrays::stream)
			.noneMatch((frame) -> frame.getClassName().equals(EventStreamWriter.class.getName()));
	}

	private static String finished(int events, int size) {
		String[] run = new String[1];
		String text = "x".repeat(size);
		context.getBean(Telling.class).run("s", (live) -> {
			run[0] = live.runId();
			IntStream.rangeClosed(1, events).forEach((i) -> live.emit(RunResponseEvent.content(text)));
		});
		return run[0];
	}

	private static String finished(int events) {
		String[] run = new String[1];
		context.getBean(Telling.class).run("s", (live) -> {
			run[0] = live.runId();
			IntStream.rangeClosed(1, events).forEach((i) -> tell(live, i));
		});
		return run[0];
	}

	private static void tell(RunContext live, int number) {
		live.emit(RunResponseEvent.custom("told", "ä" + number));
	}

	private static void onThread(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
	}

	record Event(String id, String name, String data) {
	}

	/** A client of the protocol's own lines, so that it can be slow, and can leave. */
	static final class Client implements AutoCloseable {

		private final Socket socket = new Socket();

		private final InputStream in;

		private final BufferedReader reader;

		private final Map<String, String> headers = new HashMap<>();

		private final int status;

		Client(String run, String lastEventId) throws IOException {
			this(run, lastEventId, 0);
		}

		/** HTTP/1.0, so that the body comes as it is and ends with the connection. */
		Client(String run, String lastEventId, int receiveBuffer) throws IOException {
			if (receiveBuffer > 0) {
				this.socket.setReceiveBufferSize(receiveBuffer);
			}
			this.socket.setSoTimeout(30_000);
			this.socket.connect(new java.net.InetSocketAddress("localhost", port));
			String request = "GET /events/" + run + " HTTP/1.0\r\nHost: localhost\r\n"
					+ ((lastEventId != null) ? "Last-Event-ID: " + lastEventId + "\r\n" : "") + "\r\n";
			this.socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			this.in = this.socket.getInputStream();
			this.status = Integer.parseInt(header().split(" ")[1]);
			for (String line = header(); !line.isEmpty(); line = header()) {
				this.headers.put(line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT),
						line.substring(line.indexOf(':') + 1).strip());
			}
			this.reader = new BufferedReader(new InputStreamReader(this.in, StandardCharsets.UTF_8));
		}

		/** Byte by byte: nothing of the body is taken along. */
		private String header() throws IOException {
			StringBuilder line = new StringBuilder();
			for (int c = this.in.read(); c != '\n'; c = this.in.read()) {
				if (c < 0) {
					throw new IOException("Closed after: " + line);
				}
				line.append((char) c);
			}
			return line.toString().strip();
		}

		String line() throws IOException {
			return this.reader.readLine();
		}

		String firstLine() throws IOException {
			return line();
		}

		Event next() throws IOException {
			String id = null;
			String name = null;
			String data = null;
			for (String line = line(); line != null; line = line()) {
				if (line.startsWith("id:")) {
					id = line.substring(3);
				}
				else if (line.startsWith("event:")) {
					name = line.substring(6);
				}
				else if (line.startsWith("data:")) {
					data = line.substring(5);
				}
				else if (line.isEmpty() && data != null) {
					return new Event(id, name, data);
				}
			}
			return null;
		}

		List<Event> readAll() throws IOException {
			List<Event> all = new ArrayList<>();
			for (Event event = next(); event != null; event = next()) {
				all.add(event);
			}
			return all;
		}

		String readAllBytes() throws IOException {
			return new String(this.in.readAllBytes(), StandardCharsets.UTF_8);
		}

		@Override
		public void close() throws IOException {
			if (!this.socket.isClosed()) {
				this.socket.setSoLinger(true, 0); // a cut rather than a good-bye
				this.socket.close();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Telling telling() {
			return new Telling();
		}

		@Bean
		RouterFunction<ServerResponse> events(RunEventStreams streams) {
			return RouterFunctions.route().GET("/events/{run}", (request) -> answer(streams, request)).build();
		}

		private static ServerResponse answer(RunEventStreams streams, ServerRequest request) {
			String last = request.headers().firstHeader("Last-Event-ID");
			return new EventStreamResponse(
					streams.open(request.pathVariable("run"), (last != null) ? EventPosition.parse(last) : null),
					Duration.ofMillis(HEARTBEAT_MILLIS), disconnects::incrementAndGet);
		}

	}

	static class Telling extends Workflow {

		String run(@SessionId String session, java.util.function.Consumer<RunContext> body) {
			body.accept(RunContext.current());
			return "done";
		}

	}

}
