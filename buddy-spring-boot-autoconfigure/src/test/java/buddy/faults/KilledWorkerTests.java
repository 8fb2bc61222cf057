package buddy.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunStatus;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two nodes execute queued runs, and are killed again and again: all runs complete, no
 * recorded step is lost or called again, whichever engine gives them out. The engine
 * loses all that it has in between.
 */
class KilledWorkerTests {

	private static final int KILLS = Nightly.size(4, 200);

	private static final int RUNS_OF_A_KILL = 10;

	private static final int LEGS = 6;

	static final int THREADS = 4;

	static final String READY = "Node is ready";

	private static final String[] SETTINGS = { "buddy.engine.enabled=true", "buddy.engine.threads=" + THREADS,
			"buddy.engine.poll-interval=200ms", "buddy.node.lease=4s", "buddy.node.heartbeat-interval=400ms",
			"buddy.node.end-orphans=true", "buddy.durable.recover=auto" };

	@ParameterizedTest
	@EnumSource
	void queuedRunsSurviveTheirNodes(WorkerEngine engine) throws Exception {
		Nightly.only(
				"QueuedRunTests and ScheduleTests are on both engines, the tutorial and OtherNodeTests kill processes");
		try (TemporalProcess server = engine.start()) {
			String[] properties = engine.properties(TestDatabase.POSTGRESQL.create(), server);
			JavaProcess[] nodes = { node(properties), node(properties) };
			try (TestApplication here = TestApplication.start(properties, JourneyNode.Journeys.class,
					TemporalProcess.Client.class)) {
				List<String> runs = killNodes(here, nodes, properties, server);
				check(here, runs);
			}
			finally {
				Stream.of(nodes).forEach(JavaProcess::close);
			}
		}
	}

	/** Starts a node in a process of its own. */
	static JavaProcess node(String[] properties, String... more) {
		return node(KilledWorkerTests.class, properties, more);
	}

	/** Starts a node with another main method. */
	static JavaProcess node(Class<?> main, String[] properties, String... more) {
		return JavaProcess.start(main,
				Stream.of(properties, SETTINGS, more).flatMap(Stream::of).toArray(String[]::new));
	}

	/**
	 * Submits some runs before each kill, and waits until some steps of theirs are done.
	 */
	private static List<String> killNodes(TestApplication here, JavaProcess[] nodes, String[] properties,
			TemporalProcess server) throws IOException {
		WorkflowRuns runs = here.bean(WorkflowRuns.class).ofEverybody();
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		List<String> submitted = new ArrayList<>();
		for (int kill = 0; kill < KILLS; kill++) {
			JavaProcess next = nodes[kill % 2];
			next.awaitLine(READY);
			int before = legs(jdbc);
			for (int i = 0; i < RUNS_OF_A_KILL; i++) {
				submitted.add(runs.submit("journey", Map.of("point", FaultPoint.ANYWHERE, "legs", LEGS)).runId());
			}
			int some = 3 + kill % 17;
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> legs(jdbc) >= before + some);
			next.kill();
			if (kill == KILLS / 2) {
				loseAll(jdbc, server);
			}
			nodes[kill % 2] = node(properties);
		}
		Awaitility.await()
			.atMost(Duration.ofMinutes(3))
			.pollInterval(Duration.ofMillis(500))
			.until(() -> jdbc.queryForObject("select count(*) from buddy_workflow_run where status = 'COMPLETED'",
					Integer.class) == submitted.size());
		return submitted;
	}

	private static void loseAll(JdbcTemplate jdbc, TemporalProcess server) throws IOException {
		if (server != null) {
			server.restart();
		}
		else {
			jdbc.update("delete from buddy_task");
		}
	}

	private static int legs(JdbcTemplate jdbc) {
		return jdbc.queryForObject("select count(*) from ledger", Integer.class);
	}

	private static void check(TestApplication here, List<String> runs) {
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		RunHistoryChecker checker = RunHistoryChecker.of(here);
		int repeated = 0;
		int continued = 0;
		for (String runId : runs) {
			History history = checker.check(runId, JourneyNode::joined);
			assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
			Map<String, Integer> calls = KilledNodeTests.calls(jdbc, runId);
			assertThat(calls).hasSize(LEGS);
			for (StoredStep step : history.steps()) {
				assertThat(step.head().status()).isEqualTo(StepStatus.DONE);
				assertThat(calls.get(step.key())).as("calls of %s", step).isBetween(1, 1 + step.head().epoch());
				repeated += calls.get(step.key()) - 1;
			}
			continued += (history.run().epoch() > 0) ? 1 : 0;
		}
		assertThat(repeated).isLessThanOrEqualTo(KILLS * THREADS);
		System.out.println(runs.size() + " runs under " + KILLS + " kills: " + continued + " continued, " + repeated
				+ " steps called again");
	}

	/** A node that executes queued runs. */
	public static void main(String[] properties) throws InterruptedException {
		TestApplication.start(properties, JourneyNode.Journeys.class, TemporalProcess.Client.class);
		System.out.println(READY);
		new CountDownLatch(1).await();
	}

}
