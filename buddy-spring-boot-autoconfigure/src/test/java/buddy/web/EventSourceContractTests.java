package buddy.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.event.EventPosition;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.testkit.TestDatabase;
import buddy.web.CuttingProxy.Cut;
import buddy.web.CuttingProxy.Visit;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that come again by themselves, as an {@code EventSource} does, get the events
 * of a run in their order and each once, however often and wherever they are cut.
 */
abstract class EventSourceContractTests {

	private static final int ITEMS = 500;

	private static final int EVENTS_A_CUT = 24;

	private final String[] database = TestDatabase.H2.create();

	private WebApplication application;

	private CuttingProxy proxy;

	/**
	 * Follows the events of a run with one client, until it is told not to come again.
	 * @param proxy where the server is
	 * @param run the run
	 * @return what the client was given, in that order
	 */
	abstract List<Seen> follow(CuttingProxy proxy, String run) throws Exception;

	/**
	 * Returns how often a run in progress is cut.
	 * @return the number of cuts
	 */
	int cuts() {
		return 20;
	}

	@AfterEach
	void stop() throws Exception {
		if (this.proxy != null) {
			this.proxy.close();
		}
		stopServer();
	}

	@Test
	void runInProgressIsFollowedOverCuts() throws Exception {
		int cuts = cuts();
		startServer();
		Pace pace = this.application.bean(Pace.class);
		// never so many that the run could end before the last cut
		pace.allow(EVENTS_A_CUT + 6);
		String run = begin();
		AtomicInteger left = new AtomicInteger(cuts);
		this.proxy.cut(cuts(cuts), () -> pace.allow((left.decrementAndGet() > 0) ? EVENTS_A_CUT : ITEMS));

		assertItems(follow(this.proxy, run));

		assertVisits(cuts);
		assertThat(status(run)).isEqualTo("COMPLETED");
	}

	@Test
	void endedRunIsReplayedAfterARestartOverCutsOfEveryKind() throws Exception {
		startServer();
		this.application.bean(Pace.class).allow(ITEMS);
		String run = begin();
		Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> "COMPLETED".equals(status(run)));
		stopServer();
		startServer();
		int cuts = EventBytes.Place.values().length;
		this.proxy.cut(cuts(cuts), () -> {
		});

		assertItems(follow(this.proxy, run));

		assertVisits(cuts);
	}

	private static List<Cut> cuts(int number) {
		EventBytes.Place[] places = EventBytes.Place.values();
		return IntStream.range(0, number).mapToObj((i) -> new Cut(EVENTS_A_CUT, places[i % places.length])).toList();
	}

	private static void assertItems(List<Seen> seen) {
		assertThat(seen).extracting(Seen::content)
			.containsExactlyElementsOf(Stream
				.of(Stream.of("WorkflowStarted"), IntStream.rangeClosed(1, ITEMS).mapToObj((i) -> "ä" + i),
						Stream.of("WorkflowCompleted"))
				.flatMap((part) -> part)
				.toList());
		assertThat(seen).extracting(Seen::id)
			.containsExactlyElementsOf(IntStream.rangeClosed(0, ITEMS + 1).mapToObj((i) -> "0-" + i).toList());
	}

	/** It was cut, came again with what it had, read to the end, and was sent away. */
	private void assertVisits(int cuts) {
		Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> this.proxy.visits().size() >= cuts + 2);
		List<Visit> visits = this.proxy.visits();
		String last = "0-" + (ITEMS + 1);
		assertThat(visits).hasSize(cuts + 2);
		assertThat(visits.subList(0, cuts)).allMatch(Visit::cut).allMatch((visit) -> visit.status() == 200);
		assertThat(visits.get(cuts)).returns(false, Visit::cut)
			.returns(200, Visit::status)
			.returns(last, Visit::passed);
		assertThat(visits.get(cuts + 1)).isEqualTo(new Visit(last, 204, null, false));
		assertThat(visits.get(0).lastEventId()).isNull();
		for (int i = 1; i < visits.size(); i++) {
			// what was passed on last may be lost with the connection
			assertThat(read(visits.get(i).lastEventId())).as("what visit %s of %s had", i, visits)
				.isBetween(read(visits.get(i - 1).lastEventId()), read(visits.get(i - 1).passed()));
		}
		Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> this.application.bean(Streams.class).open() == 0);
	}

	private static EventPosition read(String id) {
		return (id != null) ? EventPosition.parse(id) : EventPosition.START;
	}

	private void startServer() throws Exception {
		this.application = WebApplication.start(this.database,
				new String[] { "spring.web.resources.static-locations=classpath:/buddy/web/pages/" }, Telling.class);
		if (this.proxy == null) {
			this.proxy = new CuttingProxy(this.application.port());
		}
		this.proxy.leadTo(this.application.port());
	}

	private void stopServer() {
		if (this.application != null) {
			this.application.bean(Pace.class).allow(ITEMS);
			this.application.close();
			this.application = null;
		}
	}

	private String begin() {
		Http.Response begun = this.application.http()
			.with("Prefer", "respond-async")
			.post("/buddy/workflows/telling/runs", "{\"input\":{\"items\":" + ITEMS + "}}");
		assertThat(begun.status()).as(begun.body()).isEqualTo(202);
		return (String) begun.at("run_id");
	}

	private Object status(String run) {
		return this.application.http().get("/buddy/runs/" + run).at("status");
	}

	/**
	 * What a client was given.
	 *
	 * @param id the event's id
	 * @param content the content of the workflow's own events, the name of the others
	 */
	record Seen(String id, String content) {

		static Seen of(String id, Map<String, ?> event) {
			Object name = event.get("event");
			return new Seen(id, (String) ("CustomEvent".equals(name) ? event.get("content") : name));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Telling {

		@Bean
		Pace pace() {
			return new Pace();
		}

		@Bean
		TellingWorkflow telling(Pace pace) {
			return new TellingWorkflow(pace);
		}

	}

	/** How many items may be told. */
	static final class Pace {

		private final Semaphore items = new Semaphore(0);

		void allow(int more) {
			this.items.release(more);
		}

	}

	static class TellingWorkflow extends Workflow {

		private final Pace pace;

		TellingWorkflow(Pace pace) {
			this.pace = pace;
		}

		void run(int items) throws InterruptedException {
			for (int i = 1; i <= items; i++) {
				this.pace.items.acquire();
				RunContext.current().emit(RunResponseEvent.custom("told", "ä" + i));
			}
		}

	}

}
