package buddy.web;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import buddy.event.EventPosition;
import buddy.event.RunEventStreams;
import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.web.EventClient.Event;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Event streams of runs that pause: they stay open and go on with the run, wherever it
 * continues.
 */
class PausedStreamTests {

	private static final String ANSWER = "{\"question\":\"approve\",\"answer\":{\"approved\":true,\"note\":\"ok\"}}";

	private static final List<String> NAMES = List.of("WorkflowStarted", "CustomEvent", "RunPaused", "RunContinued",
			"CustomEvent", "WorkflowCompleted");

	@Test
	void streamStaysOpenOverThePause() throws Exception {
		try (WebApplication application = WebApplication.with(AskingWorkflows.class);
				EventClient starter = EventClient.start(application, "asking", "{\"input\":{}}")) {
			String run = starter.header("Content-Location");
			List<Event> got = paused(starter, new ArrayList<>());
			assertThat(got.get(2).data()).contains("\"question\":\"approve\"", "\"waits_for\"");
			assertThat(application.http().get(run).at("status")).isEqualTo("PAUSED");

			try (EventClient late = EventClient.follow(application, run);
					EventClient back = EventClient.follow(application, run, got.get(2).id())) {
				List<Event> seen = paused(late, new ArrayList<>());
				assertThat(seen).isEqualTo(got);
				answer(application, run);
				List<Event> rest = starter.rest();
				got.addAll(rest);
				assertThat(late.rest()).isEqualTo(rest);
				assertThat(back.rest()).isEqualTo(rest);
			}
			assertWhole(got);
			assertThat(got.get(3).data()).contains("\"valid_until\":\"0-1\"");
			try (EventClient after = EventClient.follow(application, run)) {
				assertThat(after.rest()).isEqualTo(got);
			}
			Awaitility.await()
				.atMost(30, TimeUnit.SECONDS)
				.until(() -> application.bean(RunEventStreams.class).openStreams() == 0);
		}
	}

	@Test
	void streamEndsAfterAWhileAndTheClientComesBack() throws Exception {
		try (WebApplication application = WebApplication.with(AskingWorkflows.class, "buddy.web.paused-stream=500ms");
				EventClient starter = EventClient.start(application, "asking", "{\"input\":{}}")) {
			String run = starter.header("Content-Location");
			List<Event> got = paused(starter, new ArrayList<>());
			assertThat(starter.next()).as("no last event").isNull();
			try (EventClient back = EventClient.follow(application, run, got.get(2).id())) {
				assertThat(back.status()).isEqualTo(200);
				assertThat(back.rest()).isEmpty();
			}
			try (EventClient back = EventClient.follow(application, run, got.get(2).id())) {
				answer(application, run);
				got.addAll(back.rest());
			}
			while (!got.get(got.size() - 1).name().equals("WorkflowCompleted")) {
				// that one ended before the answer was there: the client comes back again
				try (EventClient back = EventClient.follow(application, run, got.get(got.size() - 1).id())) {
					got.addAll(back.rest());
				}
			}
			assertWhole(got);
		}
	}

	@Test
	void cancelOfAPausedRunIsTheLastEvent() throws Exception {
		try (WebApplication application = WebApplication.with(AskingWorkflows.class);
				EventClient starter = EventClient.start(application, "asking", "{\"input\":{}}")) {
			String run = starter.header("Content-Location");
			paused(starter, new ArrayList<>());
			assertThat(application.http().post(run + "/cancel", "{}").status()).isEqualTo(202);
			assertThat(starter.rest()).extracting(Event::name).containsExactly("WorkflowCancelled");
		}
	}

	static Stream<TestDatabase> databases() {
		return Stream.of(TestDatabase.POSTGRESQL, TestDatabase.H2).limit(Nightly.size(1, 2));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void otherNodeContinuesTheRun(TestDatabase kind) throws Exception {
		String[] database = kind.create();
		try (WebApplication here = WebApplication.start(database, new String[0], AskingWorkflows.class);
				WebApplication there = WebApplication.start(database, new String[0], AskingWorkflows.class);
				EventClient starter = EventClient.start(here, "asking", "{\"input\":{}}")) {
			String run = starter.header("Content-Location");
			List<Event> got = paused(starter, new ArrayList<>());
			try (EventClient other = EventClient.follow(there, run)) {
				assertThat(paused(other, new ArrayList<>())).isEqualTo(got);
				answer(there, run);
				got.addAll(starter.rest());
				assertThat(other.rest()).isEqualTo(got.subList(3, got.size()));
			}
			assertWhole(got);
		}
	}

	@Test
	void answerThatComesAtOnceLosesNoReader() throws Exception {
		try (WebApplication application = WebApplication.with(AskingWorkflows.class)) {
			for (int round = 0; round < Nightly.size(5, 20); round++) {
				try (EventClient starter = EventClient.start(application, "asking", "{\"input\":{}}")) {
					String run = starter.header("Content-Location");
					// the pause is stored before its event
					Awaitility.await()
						.atMost(30, TimeUnit.SECONDS)
						.pollInterval(1, TimeUnit.MILLISECONDS)
						.until(() -> application.http().post(run + "/answers", ANSWER).status() == 200);
					List<Event> got = starter.rest();
					assertRising(got);
					assertThat(got).extracting(Event::name)
						.startsWith("WorkflowStarted")
						.containsSubsequence("RunContinued", "WorkflowCompleted")
						.endsWith("WorkflowCompleted");
				}
			}
		}
	}

	@Test
	void runWhoseEventsAreNotStoredIsFollowedOverItsPauseToo() throws Exception {
		try (WebApplication application = WebApplication.with(AskingWorkflows.class,
				"buddy.workflows.asking.events.store=none");
				EventClient starter = EventClient.start(application, "asking", "{\"input\":{}}")) {
			String run = starter.header("Content-Location");
			assertThat(starter.next().name()).isEqualTo("WorkflowStarted");
			Awaitility.await()
				.atMost(30, TimeUnit.SECONDS)
				.until(() -> "PAUSED".equals(application.http().get(run).at("status")));
			answer(application, run);
			assertThat(starter.rest()).extracting(Event::name).containsExactly("WorkflowCompleted");
		}
	}

	/** Reads until the run has paused. */
	private static List<Event> paused(EventClient client, List<Event> got) throws Exception {
		do {
			got.add(client.next());
		}
		while (!got.get(got.size() - 1).name().equals("RunPaused"));
		assertThat(got).extracting(Event::name).containsExactlyElementsOf(NAMES.subList(0, 3));
		return got;
	}

	private static void answer(WebApplication application, String run) {
		assertThat(application.http().post(run + "/answers", ANSWER).status()).isEqualTo(200);
	}

	private static void assertWhole(List<Event> events) {
		assertThat(events).extracting(Event::name).containsExactlyElementsOf(NAMES);
		assertRising(events);
	}

	private static void assertRising(List<Event> events) {
		@Nullable EventPosition last = null;
		for (Event event : events) {
			EventPosition position = EventPosition.parse(event.id());
			assertThat(last == null || last.compareTo(position) < 0).as(events.toString()).isTrue();
			last = position;
		}
	}

}
