package buddy.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.event.RunEventStreams;
import buddy.testkit.TestDatabase;
import buddy.web.EventClient.Event;
import buddy.web.Http.Response;
import buddy.web.ToldWorkflows.ToldWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two nodes on one database: a run that was started on one over HTTP is followed and
 * cancelled over HTTP on the other.
 */
class TwoNodesTests {

	private static WebApplication here;

	private static WebApplication there;

	@BeforeAll
	static void start() {
		String[] database = TestDatabase.POSTGRESQL.create();
		String[] properties = { "buddy.web.heartbeat=1s" };
		here = WebApplication.start(database, properties, ToldWorkflows.class);
		there = WebApplication.start(database, properties, ToldWorkflows.class);
	}

	@AfterAll
	static void stop() {
		for (WebApplication application : new WebApplication[] { here, there }) {
			if (application != null) {
				application.close();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void eachEventArrivesAtTheOtherNodeBeforeTheNextOneIsMade(Start start) throws Exception {
		try (Started run = Started.here(start); EventClient client = EventClient.follow(there, run.location())) {
			assertThat(client.header("Content-Type")).startsWith("text/event-stream");
			assertThat(client.next()).isEqualTo(run.local().next()).satisfies((event) -> {
				assertThat(event.id()).isEqualTo("0-0");
				assertThat(event.name()).isEqualTo("WorkflowStarted");
			});
			for (int i = 1; i <= 20; i++) {
				run.tell(i);
				Event event = client.next();
				assertThat(event.id()).isEqualTo("0-" + i);
				assertThat(event.data()).contains("\"content\":\"" + i + "\"");
				assertThat(run.local().next()).isEqualTo(event);
				assertThat(there.http().get(run.location()).at("status")).isEqualTo("RUNNING");
			}
			run.end();
			assertThat(client.rest()).singleElement().isEqualTo(run.local().next()).satisfies((event) -> {
				assertThat(event.id()).isEqualTo("0-21");
				assertThat(event.name()).isEqualTo("WorkflowCompleted");
			});
		}
		assertNoStreamIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void clientThatIsCutGoesOnAtEitherNodeWithoutGapAndDouble(Start start) throws Exception {
		List<Event> got = new ArrayList<>();
		try (Started run = Started.here(start)) {
			int told = 0;
			for (int visit = 0; visit < 10; visit++) {
				run.tell(++told); // while nobody looks
				WebApplication node = (visit % 2 == 0) ? there : here;
				try (EventClient client = EventClient.follow(node, run.location(), last(got))) {
					got.add(client.next());
					run.tell(++told);
					run.tell(++told);
					got.add(client.next());
					// what else came is lost with the connection
				}
			}
			run.local().close();
			assertThat(got).hasSize(20);
			try (EventClient client = EventClient.follow(there, run.location(), last(got))) {
				while (got.size() <= told) {
					got.add(client.next());
				}
				run.tell(++told);
				got.add(client.next());
				assertThat(here.http().get(run.location()).at("status")).isEqualTo("RUNNING");
				run.end();
				got.addAll(client.rest());
			}
			assertThat(got).extracting(Event::id)
				.containsExactlyElementsOf(IntStream.rangeClosed(0, 32).mapToObj((i) -> "0-" + i).toList());
			assertThat(got.subList(1, 32)).allMatch(
					(event) -> event.data().contains("\"content\":\"" + event.id().substring("0-".length()) + "\""));
			for (WebApplication node : List.of(here, there)) {
				try (EventClient client = EventClient.follow(node, run.location())) {
					assertThat(client.rest()).as("all of it once more").isEqualTo(got);
				}
			}
		}
		assertNoStreamIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void cancelOnTheOtherNodeEndsTheRunAndItsStreams(Start start) throws Exception {
		try (Started run = Started.here(start); EventClient client = EventClient.follow(there, run.location())) {
			run.tell(1);
			assertThat(List.of(client.next(), client.next())).extracting(Event::id).containsExactly("0-0", "0-1");

			assertThat(there.http().post(run.location() + "/cancel", "").status()).isEqualTo(202);

			assertThat(client.rest()).singleElement().satisfies((event) -> {
				assertThat(event.id()).isEqualTo("0-2");
				assertThat(event.name()).isEqualTo("WorkflowCancelled");
			});
			assertThat(run.local().rest()).extracting(Event::name)
				.containsExactly("WorkflowStarted", "CustomEvent", "WorkflowCancelled");
			for (WebApplication node : List.of(here, there)) {
				Response record = node.http().get(run.location());
				assertThat(record.at("status")).isEqualTo("CANCELLED");
				assertThat(record.at("error", "reason")).isEqualTo("cancelled");
				assertThat(node.http().post(run.location() + "/cancel", "").problem()).isEqualTo("run-ended");
			}
		}
		assertNoStreamIsLeft();
	}

	private static void assertNoStreamIsLeft() {
		for (WebApplication node : List.of(here, there)) {
			Awaitility.await()
				.atMost(30, TimeUnit.SECONDS)
				.until(() -> node.bean(Streams.class).open() == 0
						&& node.bean(RunEventStreams.class).openStreams() == 0);
		}
	}

	private static @Nullable String last(List<Event> events) {
		return events.isEmpty() ? null : events.get(events.size() - 1).id();
	}

	enum Start {

		IN_THE_BACKGROUND, WITH_A_STREAM

	}

	/**
	 * A run of the first node.
	 *
	 * @param session its session
	 * @param location where it is, on any node
	 * @param local a client that follows it on its own node: the one that started it, if
	 * it was started with a stream
	 */
	private record Started(String session, String location, EventClient local) implements AutoCloseable {

		static Started here(Start start) throws IOException {
			String session = ToldWorkflows.newSession();
			String body = ToldWorkflows.inSession(session);
			if (start == Start.WITH_A_STREAM) {
				EventClient starter = EventClient.start(here, "told", body);
				return new Started(session, starter.header("Content-Location"), starter);
			}
			Response accepted = here.http().with("Prefer", "respond-async").post("/buddy/workflows/told/runs", body);
			assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
			String location = accepted.header("Location").orElseThrow();
			return new Started(session, location, EventClient.follow(here, location));
		}

		void tell(int number) {
			here.bean(ToldWorkflow.class).tell(this.session, number);
		}

		void end() {
			here.bean(ToldWorkflow.class).end(this.session);
		}

		@Override
		public void close() throws IOException {
			end();
			this.local.close();
		}

	}

}
