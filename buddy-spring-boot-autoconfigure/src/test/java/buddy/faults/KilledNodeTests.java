package buddy.faults;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.json.internal.Json;
import buddy.run.RunStatus;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A node is killed while its runs stand at every point of a step, and another one
 * continues them: nothing that is recorded is done again, nothing is lost.
 */
class KilledNodeTests {

	private static final Duration MOST = JourneyNode.LEASE.plusSeconds(60);

	/** An H2 file is killed in the gate by the tutorial. */
	static List<TestDatabase> databases() {
		return List.of(TestDatabase.POSTGRESQL, TestDatabase.H2).subList(0, Nightly.size(1, 2));
	}

	@ParameterizedTest
	@MethodSource("databases")
	void runsOfAKilledNodeAreContinued(TestDatabase kind) {
		Nightly.only("RunCrashTests and the contract tests of the journal end runs at each point, the tutorial and"
				+ " OtherNodeTests kill processes");
		Set<FaultPoint> points = EnumSet.complementOf(EnumSet.of(FaultPoint.HALT));
		Map<FaultPoint, Integer> counts = new EnumMap<>(FaultPoint.class);
		for (int kill = 0; kill < Nightly.size(1, (kind == TestDatabase.H2) ? 50 : 20); kill++) {
			String[] database = kind.create();
			Set<String> acknowledged;
			TestApplication survivor = null;
			try (JavaProcess node = JourneyNode.other(database, Nightly.size(3, 10), List.copyOf(points))) {
				if (kind != TestDatabase.H2) {
					survivor = JourneyNode.here(database);
				}
				node.awaitLine(JourneyNode.STANDING);
				node.kill();
				acknowledged = new HashSet<>(node.lines(StandStill.RECORDED));
			}
			try (TestApplication here = (survivor != null) ? survivor : JourneyNode.here(database)) {
				awaitEnds(here);
				check(here, acknowledged, counts);
			}
		}
		assertThat(counts).containsOnlyKeys(points);
		System.out.println("Runs of killed nodes that were checked on " + kind + ": " + counts);
	}

	private static void awaitEnds(TestApplication here) {
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		Awaitility.await()
			.atMost(MOST)
			.pollInterval(Duration.ofMillis(200))
			.untilAsserted(() -> assertThat(jdbc.queryForList(
					"select run_id from buddy_workflow_run where status in ('RUNNING', 'PENDING')", String.class))
				.isEmpty());
	}

	private static void check(TestApplication here, Set<String> acknowledged, Map<FaultPoint, Integer> counts) {
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		RunHistoryChecker checker = RunHistoryChecker.of(here);
		List<String> runs = jdbc.queryForList("select run_id from buddy_workflow_run", String.class);
		assertThat(acknowledged).isNotEmpty();
		for (String runId : runs) {
			History history = checker.check(runId, JourneyNode::joined);
			FaultPoint point = FaultPoint
				.valueOf(String.valueOf(Json.readMap(String.valueOf(history.run().input())).get("point")));
			checkRun(here, history, point, acknowledged);
			counts.merge(point, 1, Integer::sum);
		}
	}

	private static void checkRun(TestApplication here, History history, FaultPoint point, Set<String> acknowledged) {
		String runId = history.run().runId();
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		Map<String, Integer> calls = calls(jdbc, runId);
		List<String> lost = acknowledged.stream()
			.filter((step) -> step.startsWith(runId))
			.map((step) -> step.substring(runId.length() + 1))
			.filter((key) -> !history.done().contains(key))
			.toList();
		assertThat(lost).as("recorded steps of %s that are lost", runId).isEmpty();
		for (StoredStep step : history.steps()) {
			assertThat(calls.getOrDefault(step.key(), 0)).as("calls of %s at %s", step, point)
				.isLessThanOrEqualTo((step.head().status() == StepStatus.DONE) ? 1 + step.head().epoch() : 1);
		}
		if (point.interrupts()) {
			checkInterrupted(here, history, calls);
			return;
		}
		assertThat(history.run().status()).as("%s at %s: %s", runId, point, history.run().error())
			.isEqualTo(RunStatus.COMPLETED);
		assertThat(journeys(here, history)).isEqualTo(1);
		// one that stands still nowhere may have ended before
		int continued = (point == FaultPoint.AFTER_END || point == FaultPoint.ANYWHERE) ? 0 : 1;
		assertThat(history.run().epoch()).isGreaterThanOrEqualTo(continued);
		if (history.run().epoch() == continued) {
			// a node that is too slow for its lease is taken from before it is killed
			checkSecondStep(point, calls.get(StandStill.STEP));
		}
		int bookings = jdbc.queryForObject("select count(*) from booking where run_id = ?", Integer.class, runId);
		boolean books = point == FaultPoint.BEFORE_COMMIT || point == FaultPoint.AFTER_COMMIT;
		assertThat(bookings).as("bookings of %s", runId).isEqualTo(books ? history.done().size() : 0);
	}

	private static void checkSecondStep(FaultPoint point, int calls) {
		switch (point) {
			case AFTER_BODY, BEFORE_COMMIT -> assertThat(calls).isEqualTo(2);
			case STARTED, AFTER_ROW, AFTER_END, AFTER_COMMIT -> assertThat(calls).isOne();
			default -> assertThat(calls).isBetween(1, 2);
		}
	}

	private static void checkInterrupted(TestApplication here, History history, Map<String, Integer> calls) {
		assertThat(history.run().status()).isEqualTo(RunStatus.ERROR);
		assertThat(history.run().error()).contains("step_interrupted");
		assertThat(calls.getOrDefault(StandStill.STEP, 0)).isLessThanOrEqualTo(1);
		assertThat(journeys(here, history)).as("the session is as it was").isNull();
		assertThatExceptionOfType(RunNotResumableException.class)
			.isThrownBy(() -> here.bean(WorkflowRuns.class).ofEverybody().retry(history.run().runId()))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("step_interrupted"));
	}

	private static Object journeys(TestApplication here, History history) {
		String state = here.bean(WorkflowSessionRepository.class).find(history.run().sessionId()).orElseThrow().state();
		return (state != null) ? Json.readMap(state).get("journeys") : null;
	}

	static Map<String, Integer> calls(JdbcTemplate jdbc, String runId) {
		Map<String, Integer> calls = new TreeMap<>();
		jdbc.query("select leg, count(*) from ledger where run_id = ? group by leg", (row) -> {
			calls.put((row.getInt(1) == 1) ? "leg" : "leg#" + row.getInt(1), row.getInt(2));
		}, runId);
		return calls;
	}

}
