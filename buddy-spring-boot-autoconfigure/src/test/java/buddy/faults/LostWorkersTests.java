package buddy.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All nodes that execute queued runs die, once by a kill, and again and again by a run
 * that takes them down. Whoever comes next completes what there is.
 */
class LostWorkersTests {

	private static final int RUNS = Nightly.size(4, 24);

	private static final Duration MOST = Duration.ofMinutes(2);

	private JdbcTemplate jdbc;

	@ParameterizedTest
	@EnumSource
	void runsOfNodesThatAreAllKilledAreCompletedByTheNext(WorkerEngine engine) throws IOException {
		Nightly.only("the tutorial kills the only node");
		try (TemporalProcess server = engine.start()) {
			String[] properties = engine.properties(TestDatabase.POSTGRESQL.create(), server);
			try (TestApplication here = here(properties)) {
				List<String> runs;
				try (JavaProcess one = KilledWorkerTests.node(properties);
						JavaProcess other = KilledWorkerTests.node(properties)) {
					one.awaitLine(KilledWorkerTests.READY);
					other.awaitLine(KilledWorkerTests.READY);
					runs = submit(here, FaultPoint.ANYWHERE, RUNS);
					await(() -> assertThat(count("select count(*) from ledger")).isGreaterThanOrEqualTo(RUNS));
					one.kill();
					other.kill();
				}
				assertThat(open()).isPositive();
				try (JavaProcess next = KilledWorkerTests.node(properties)) {
					next.awaitLine(KilledWorkerTests.READY);
					await(() -> assertThat(open()).isZero());
				}
				RunHistoryChecker checker = RunHistoryChecker.of(here);
				runs.forEach((runId) -> assertThat(checker.check(runId, JourneyNode::joined).run().status())
					.isEqualTo(RunStatus.COMPLETED));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void queuedRunThatTakesItsNodesDownIsGivenUpAndTheOthersComplete(WorkerEngine engine) throws IOException {
		Nightly.only("PoisonRunTests continues suspects one at a time");
		try (TemporalProcess server = engine.start()) {
			String[] properties = engine.properties(TestDatabase.POSTGRESQL.create(), server);
			try (TestApplication here = here(properties)) {
				List<String> others = submit(here, FaultPoint.ANYWHERE, RUNS / 2);
				String poison = submit(here, FaultPoint.HALT, 1).get(0);
				others.addAll(submit(here, FaultPoint.ANYWHERE, RUNS / 2));
				int deaths = 0;
				while (open() > 0) {
					try (JavaProcess node = KilledWorkerTests.node(properties)) {
						await(() -> assertThat(!node.isAlive() || open() == 0).isTrue());
						deaths += node.isAlive() ? 0 : 1;
					}
					assertThat(deaths).isLessThanOrEqualTo(6);
				}
				WorkflowSessionRepository repository = here.bean(WorkflowSessionRepository.class);
				StoredRun ended = repository.findRun(poison).orElseThrow();
				assertThat(ended.status()).isEqualTo(RunStatus.ERROR);
				assertThat(ended.reason()).isEqualTo("poisoned");
				others.forEach((runId) -> assertThat(repository.findRun(runId).orElseThrow().status())
					.isEqualTo(RunStatus.COMPLETED));
			}
		}
	}

	private TestApplication here(String[] properties) {
		TestApplication here = TestApplication.start(properties, JourneyNode.Journeys.class,
				TemporalProcess.Client.class);
		this.jdbc = new JdbcTemplate(here.bean(DataSource.class));
		return here;
	}

	private static List<String> submit(TestApplication here, FaultPoint point, int number) {
		WorkflowRuns runs = here.bean(WorkflowRuns.class).ofEverybody();
		List<String> submitted = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			submitted.add(runs.submit("journey", Map.of("point", point, "legs", 6)).runId());
		}
		return submitted;
	}

	private int open() {
		return count("select count(*) from buddy_workflow_run where status in ('PENDING', 'RUNNING', 'PAUSED')");
	}

	private int count(String sql) {
		return this.jdbc.queryForObject(sql, Integer.class);
	}

	private static void await(Runnable assertion) {
		Awaitility.await().atMost(MOST).pollInterval(Duration.ofMillis(100)).untilAsserted(assertion::run);
	}

}
