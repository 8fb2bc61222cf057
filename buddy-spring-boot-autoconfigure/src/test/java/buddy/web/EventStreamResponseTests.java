package buddy.web;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
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
import buddy.web.EventClient.Event;
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

	/** By run: those of another test may be noticed later. */
	private static final Map<String, AtomicInteger> disconnects = new ConcurrentHashMap<>();

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class, SmallSockets.class)
			.properties(TestDatabase.H2.create())
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
		try (EventClient client = follow(run, null)) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.header("Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
			assertThat(client.header("Cache-Control")).isEqualTo("no-store");
			assertThat(client.header("X-Accel-Buffering")).isEqualTo("no");
			assertThat(client.has("Content-Length")).isFalse();
			assertThat(client.line()).isEqualTo("retry:1000");
			List<Event> events = client.rest();
			assertThat(events).extracting(Event::name)
				.containsExactly("WorkflowStarted", "CustomEvent", "CustomEvent", "CustomEvent", "WorkflowCompleted");
			assertThat(events).extracting(Event::id).containsExactly("0-0", "0-1", "0-2", "0-3", "0-4");
			assertThat(events.get(1).data()).startsWith("{\"event\":\"CustomEvent\"").contains("\"content\":\"ä1\"");
		}
	}

	@Test
	void clientThatHasTheLastEventIsToldNotToComeAgain() throws Exception {
		String run = finished(3);
		try (EventClient client = follow(run, "0-4")) {
			assertThat(client.status()).isEqualTo(204);
			assertThat(client.has("Content-Type")).isFalse();
		}
	}

	@RepeatedTest(3)
	void clientThatIsCutTwentyTimesGetsEachEventOnce() throws Exception {
		Telling telling = context.getBean(Telling.class);
		CompletableFuture<String> run = new CompletableFuture<>();
		CountDownLatch done = new CountDownLatch(1);
		Semaphore ahead = new Semaphore(30); // told, and not read
		onThread(() -> telling.run("s", (live) -> {
			run.complete(live.runId());
			for (int i = 1; i <= 500; i++) {
				ahead.acquireUninterruptibly();
				tell(live, i);
			}
			done.countDown();
		}));
		List<Event> all = new ArrayList<>();
		for (int visit = 0; visit < 20; visit++) {
			try (EventClient client = follow(run.get(), all.isEmpty() ? null : all.get(all.size() - 1).id())) {
				for (int i = 0; i < 20; i++) {
					all.add(client.next());
					ahead.release();
				}
			}
		}
		ahead.release(500);
		done.await();
		try (EventClient client = follow(run.get(), all.get(all.size() - 1).id())) {
			all.addAll(client.rest());
		}
		assertThat(all).extracting(Event::id)
			.containsExactlyElementsOf(IntStream.rangeClosed(0, 501).mapToObj((i) -> "0-" + i).toList());
		Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 0);
		// a client that leaves while the last event is on its way was not missed
		Awaitility.await().until(() -> disconnects(run.get()) > 0);
		assertThat(disconnects(run.get())).isLessThanOrEqualTo(20);
	}

	@Test
	void slowClientsCostNoThreadsAndTheOthersAreServed() throws Exception {
		String large = finished(300, 5000); // 1.5 MB, more than sockets hold
		List<EventClient> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 20; i++) {
				EventClient client = followSlowly(large);
				slow.add(client);
				assertThat(client.readByte()).isPositive(); // a byte, and no more for now
			}
			Awaitility.await().until(EventStreamResponseTests::noThreadWrites);
			String run = finished(3);
			try (EventClient client = follow(run, null)) {
				assertThat(client.rest()).hasSize(5);
			}
			// that of the other one is closed a moment after it was read
			Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 20);
			// each goes on where it was
			assertThat(slow.get(0).body()).contains("id:0-300\n", "id:0-301\n");
		}
		finally {
			for (EventClient client : slow) {
				client.close();
			}
		}
		Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 0);
	}

	@Test
	void clientsThatLeaveCauseNoWarnings(CapturedOutput output) throws Exception {
		int before = output.toString().length(); // what the start said
		String large = finished(300, 5000);
		for (int i = 0; i < 10; i++) {
			try (EventClient client = followSlowly(large)) {
				assertThat(client.readByte()).isPositive();
			}
		}
		Awaitility.await().until(() -> context.getBean(RunEventStreams.class).openStreams() == 0);
		String run = finished(3);
		try (EventClient client = follow(run, null)) {
			assertThat(client.rest()).hasSize(5);
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
		try (EventClient client = follow(run.get(), null); EventClient leaving = follow(run.get(), null)) {
			assertThat(client.next().name()).isEqualTo("WorkflowStarted");
			assertThat(client.line()).isEqualTo(":");
			assertThat(client.line()).isEmpty();
			assertThat(client.line()).isEqualTo(":");
			leaving.close();
			Awaitility.await().until(() -> disconnects(run.get()) == 1);
			go.countDown();
			assertThat(client.rest()).extracting(Event::name).containsExactly("WorkflowCompleted");
			assertThat(disconnects(run.get())).isOne();
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
		List<EventClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 100; i++) { // of 8 threads
				clients.add(follow(run.get(), null));
			}
			go.countDown();
			for (EventClient client : clients) {
				assertThat(client.rest()).extracting(Event::id)
					.containsExactlyElementsOf(IntStream.rangeClosed(0, 201).mapToObj((i) -> "0-" + i).toList());
			}
		}
		finally {
			for (EventClient client : clients) {
				client.close();
			}
		}
	}

	private static int disconnects(String run) {
		return disconnects.computeIfAbsent(run, (id) -> new AtomicInteger()).get();
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

	private static EventClient follow(String run, String lastEventId) throws IOException {
		return EventClient.get(port, "/events/" + run, lastEventId, 0);
	}

	private static EventClient followSlowly(String run) throws IOException {
		return EventClient.get(port, "/events/" + run, null, 1024);
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
			String run = request.pathVariable("run");
			AtomicInteger disconnects = EventStreamResponseTests.disconnects.computeIfAbsent(run,
					(id) -> new AtomicInteger());
			return new EventStreamResponse(streams.open(run, (last != null) ? EventPosition.parse(last) : null),
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
