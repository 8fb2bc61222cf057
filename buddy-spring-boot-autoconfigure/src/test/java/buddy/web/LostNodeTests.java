package buddy.web;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.web.EventClient.Event;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.web.NodeProcess.inSession;
import static buddy.web.NodeProcess.newSession;

/**
 * A node that is killed, paused or told to stop while it has runs, as another node and
 * its clients see it.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "processes are frozen and stopped by POSIX signals")
class LostNodeTests {

	private static final Duration LEASE = Duration.ofSeconds(3);

	private static final Duration HEARTBEAT = Duration.ofMillis(300);

	private static final Duration GRACE = Duration.ofMillis(500);

	/** For what is slow on a machine that has other things to do. */
	private static final Duration MARGIN = Duration.ofSeconds(15);

	private static final String FOR_EVER = "{\"ticks\":1000000}";

	private static final String[] SETTINGS = { "buddy.node.lease=" + LEASE.toMillis() + "ms",
			"buddy.node.heartbeat-interval=" + HEARTBEAT.toMillis() + "ms", "buddy.session.concurrency=wait",
			"buddy.session.wait-timeout=5m", "buddy.web.heartbeat=1s",
			"buddy.runs.shutdown-grace=" + GRACE.toMillis() + "ms", "spring.lifecycle.timeout-per-shutdown-phase=5s",
			"spring.datasource.hikari.maximum-pool-size=5" };

	private static String[] database;

	private static WebApplication here;

	/** Starts as often as it was lost, and no more. */
	private static NodeProcess node;

	@BeforeAll
	static void start() {
		Nightly.only("OtherNodeTests kills a node, RunShutdownTests stops one, and a test of the contract of the fence"
				+ " writes as one that was frozen");
		database = TestDatabase.POSTGRESQL.create();
		here = WebApplication.start(database, SETTINGS, NodeProcess.Workflows.class);
	}

	@AfterAll
	static void stop() {
		if (node != null) {
			node.close();
		}
		if (here != null) {
			here.close();
		}
	}

	@Test
	void runsOfAKilledNodeEndAsInterruptedOnceAndForAll() throws Exception {
		for (int kill = 0; kill < Nightly.size(1, 20); kill++) {
			NodeProcess killed = node();
			String session = newSession();
			List<Followed> runs = List.of(background(killed, "ticking", inSession(session, FOR_EVER)),
					streamed(killed, "pushing", inSession(newSession(), "{}")),
					background(killed, "ticking", inSession(session, FOR_EVER)));
			assertThat(status(runs.get(2))).as("the third waits for the first").isEqualTo("PENDING");
			runs.get(0).take(5 + 7 * kill);
			runs.get(1).take(11 * kill);

			killed.process().kill();
			long since = System.nanoTime();
			NodeProcess restarted = node();
			for (Followed run : runs) {
				run.takeRest();
			}

			assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(LEASE.plus(HEARTBEAT).plus(MARGIN));
			for (Followed run : runs) {
				assertEnded(run, "WorkflowError", "ERROR", "interrupted");
				assertSeenAgain(run, here.port());
				assertSeenAgain(run, restarted.port());
			}
			assertThat(countOf(session)).as("nothing of the runs is in the session").isNull();
			assertThat(tick(here.http(), session).status()).isEqualTo(200);
			assertThat(countOf(session)).isEqualTo("1");
		}
		assertNoneIsUnfinished();
	}

	@Test
	void nodeThatWasFrozenWritesNothingMoreOfRunsThatWereEnded() throws Exception {
		Http frozen = node().http();
		String session = newSession();
		CompletableFuture<Response> caller = new CompletableFuture<>();
		inBackground(() -> caller.complete(frozen.post("/buddy/workflows/ticking/runs", inSession(session, FOR_EVER))));
		Followed called = Followed.of(here, "/buddy/runs/" + awaitRun(session), null);
		Followed streamed = streamed(node(), "pushing", inSession(newSession(), "{}"));
		called.take(10);
		streamed.take(10);

		node().process().pause();
		called.takeRest();
		streamed.takeRest();
		assertThat(tick(here.http(), session).status()).as("the session is free").isEqualTo(200);
		assertEnded(called, "WorkflowError", "ERROR", "interrupted");
		assertEnded(streamed, "WorkflowError", "ERROR", "interrupted");
		List<Map<String, Object>> rows = rows(called, streamed);
		node().process().goOn();

		assertThat(caller).succeedsWithin(MARGIN.plus(MARGIN)).satisfies((answer) -> {
			assertThat(answer.status()).as(answer.body()).isEqualTo(409);
			assertThat(answer.problem()).isEqualTo("run-cancelled");
		});
		assertThat(streamed.starter().rest()).last()
			.satisfies((event) -> assertThat(event.name()).isIn("WorkflowError", "WorkflowCancelled"));
		assertThat(tick(frozen, session).status()).as("the node goes on").isEqualTo(200);
		assertThat(rows(called, streamed)).isEqualTo(rows);
		assertThat(countOf(session)).isEqualTo("2");
		for (Followed run : List.of(called, streamed)) {
			assertEnded(run, "WorkflowError", "ERROR", "interrupted");
			assertSeenAgain(run, here.port());
			assertSeenAgain(run, node().port());
		}
		assertNoneIsUnfinished();
	}

	@Test
	void nodeThatIsToldToStopRecordsAllOfItsRunsFirst() throws Exception {
		NodeProcess stopping = node();
		String session = newSession();
		List<Followed> runs = List.of(background(stopping, "stubborn", inSession(session, "{}")),
				streamed(stopping, "pushing", inSession(newSession(), "{}")),
				background(stopping, "ticking", inSession(newSession(), FOR_EVER)),
				background(stopping, "stubborn", inSession(session, "{}")));
		assertThat(status(runs.get(3))).as("the last waits for the first").isEqualTo("PENDING");
		runs.subList(0, 3).forEach((run) -> run.take(2));

		stopping.process().terminate();

		assertThat(stopping.process().awaitExit(GRACE.plus(MARGIN))).isTrue();
		for (Followed run : runs) {
			run.takeRest();
			assertEnded(run, "WorkflowCancelled", "CANCELLED", "shutdown");
			assertSeenAgain(run, here.port());
		}
		assertNoneIsUnfinished();
	}

	/** The other node, started if there is none or the last one is gone. */
	private static NodeProcess node() {
		if (node == null || !node.process().isAlive()) {
			node = NodeProcess.start(database, SETTINGS);
		}
		return node;
	}

	private static Response tick(Http http, String session) {
		return http.post("/buddy/workflows/ticking/runs", inSession(session, "{\"ticks\":1}"));
	}

	private static Followed background(NodeProcess node, String workflow, String body) throws IOException {
		Response accepted = node.http()
			.with("Prefer", "respond-async")
			.post("/buddy/workflows/" + workflow + "/runs", body);
		assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
		return Followed.of(here, accepted.header("Location").orElseThrow(), null);
	}

	/** Its starter is a client of the node that runs it. */
	private static Followed streamed(NodeProcess node, String workflow, String body) throws IOException {
		EventClient starter = EventClient.start(node.port(), workflow, body);
		return Followed.of(here, starter.header("Content-Location"), starter);
	}

	private static void assertEnded(Followed run, String lastEvent, String status, String reason) {
		assertThat(run.events()).as(run.location())
			.extracting(Event::name)
			.endsWith(lastEvent)
			.containsOnlyOnce(lastEvent);
		List<Long> numbers = run.events().stream().map((event) -> Long.valueOf(event.id().substring(2))).toList();
		assertThat(numbers).as("ids only rise").isSorted().doesNotHaveDuplicates();
		Response record = here.http().get(run.location());
		assertThat(record.at("status")).as(run.location()).isEqualTo(status);
		assertThat(record.at("error", "reason")).as(run.location()).isEqualTo(reason);
		assertThat(here.http().post(run.location() + "/cancel", "").problem()).isEqualTo("run-ended");
	}

	/** Whole, from the middle, and after its last event. */
	private static void assertSeenAgain(Followed run, int port) throws IOException {
		List<Event> all = run.events();
		for (int from : new int[] { 0, all.size() / 2, all.size() }) {
			String after = (from > 0) ? all.get(from - 1).id() : null;
			try (EventClient client = EventClient.get(port, run.location() + "/events", after, 0)) {
				if (from < all.size()) {
					assertThat(client.rest()).as(run.location()).isEqualTo(all.subList(from, all.size()));
				}
				else {
					assertThat(client.status()).isEqualTo(204);
				}
			}
		}
	}

	private static String status(Followed run) {
		return here.http().get(run.location()).at("status").toString();
	}

	private static String awaitRun(String session) {
		return Awaitility.await()
			.atMost(MARGIN)
			.until(() -> jdbc().queryForList("select run_id from buddy_workflow_run where session_id = ?", String.class,
					session), (runs) -> !runs.isEmpty())
			.get(0);
	}

	private static List<Map<String, Object>> rows(Followed... runs) {
		return Stream.of(runs)
			.map((run) -> run.location().substring("/buddy/runs/".length()))
			.map((id) -> jdbc().queryForMap("select run_id, status, error::text, response::text, ended_at, last_event,"
					+ " (select count(*) from buddy_workflow_run_event e where e.run_id = r.run_id)"
					+ " from buddy_workflow_run r where run_id = ?", id))
			.toList();
	}

	private static String countOf(String session) {
		return jdbc().queryForObject(
				"select session_state ->> 'count' from buddy_workflow_session where session_id = ?", String.class,
				session);
	}

	private static void assertNoneIsUnfinished() {
		assertThat(jdbc().queryForList("select run_id from buddy_workflow_run where status in ('RUNNING', 'PENDING')"))
			.isEmpty();
		assertThat(jdbc().queryForList("select session_id from buddy_workflow_session where holder_run_id is not null"))
			.isEmpty();
	}

	private static JdbcTemplate jdbc() {
		return new JdbcTemplate(here.bean(DataSource.class));
	}

	private static void inBackground(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * A run of the other node, followed from here.
	 *
	 * @param location where it is
	 * @param client follows it
	 * @param events what the client has read
	 * @param starter the client that started it, if it was started with a stream
	 */
	private record Followed(String location, EventClient client, List<Event> events, EventClient starter) {

		static Followed of(WebApplication node, String location, EventClient starter) throws IOException {
			return new Followed(location, EventClient.follow(node, location), new ArrayList<>(), starter);
		}

		void take(int number) {
			try {
				for (int i = 0; i < number; i++) {
					this.events.add(this.client.next());
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		void takeRest() throws IOException {
			this.events.addAll(this.client.rest());
			this.client.close();
		}

	}

}
