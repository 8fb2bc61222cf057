package buddy.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

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
 * A node that executes queued runs is frozen in the midst of steps for longer than its
 * lease. Another one completes all of them, and when the first goes on, it changes
 * nothing and takes up other runs.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "processes are frozen by POSIX signals")
class FrozenWorkerTests {

	private static final int RUNS = 2 * KilledWorkerTests.THREADS;

	private static final int LEGS = 4;

	@TempDir
	private Path folder;

	private JdbcTemplate jdbc;

	private WorkflowRuns runs;

	@ParameterizedTest
	@EnumSource
	void queuedRunsOfAFrozenNodeAreCompletedByAnother(WorkerEngine engine) throws IOException {
		Nightly.only("the contract of the fence is tested on every database");
		try (TemporalProcess server = engine.start()) {
			for (int round = 0; round < Nightly.size(1, 8); round++) {
				freeze(engine.properties(TestDatabase.POSTGRESQL.create(), server),
						this.folder.resolve("gate" + round));
			}
		}
	}

	private void freeze(String[] properties, Path gate) throws IOException {
		try (JavaProcess frozen = KilledWorkerTests.node(properties, "gate=" + gate);
				TestApplication here = TestApplication.start(properties, JourneyNode.Journeys.class,
						TemporalProcess.Client.class)) {
			this.jdbc = new JdbcTemplate(here.bean(DataSource.class));
			this.runs = here.bean(WorkflowRuns.class).ofEverybody();
			frozen.awaitLine(KilledWorkerTests.READY);
			List<String> taken = submit(RUNS);
			await(() -> assertThat(count("select count(*) from ledger where leg = 2"))
				.isEqualTo(KilledWorkerTests.THREADS));

			frozen.pause();
			RunHistoryChecker checker = RunHistoryChecker.of(here);
			Map<String, History> before;
			try (JavaProcess other = KilledWorkerTests.node(properties)) {
				await(() -> assertThat(completed()).isEqualTo(RUNS));
				before = histories(checker, taken);
			}
			int calls = calls(frozen);
			Files.createFile(gate);
			frozen.goOn();
			List<String> later = submit(KilledWorkerTests.THREADS);
			await(() -> assertThat(completed()).isEqualTo(RUNS + later.size()));

			assertThat(histories(checker, taken)).isEqualTo(before);
			before.values().forEach((history) -> assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED));
			assertThat(calls(frozen) - LEGS * later.size()).as("steps that it called after it was frozen")
				.isBetween(calls, calls + KilledWorkerTests.THREADS);
			assertThat(KilledNodeTests.calls(this.jdbc, taken.get(0)).values()).allMatch((number) -> number <= 2);
		}
	}

	private List<String> submit(int number) {
		List<String> submitted = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			submitted.add(this.runs.submit("journey", Map.of("point", FaultPoint.AFTER_BODY, "legs", LEGS)).runId());
		}
		return submitted;
	}

	private static Map<String, History> histories(RunHistoryChecker checker, List<String> runs) {
		return runs.stream()
			.collect(Collectors.toMap((runId) -> runId, (runId) -> checker.check(runId, JourneyNode::joined)));
	}

	private int completed() {
		return count("select count(*) from buddy_workflow_run where status = 'COMPLETED'");
	}

	private int calls(JavaProcess node) {
		return count("select count(*) from ledger where pid = ?", node.pid());
	}

	private int count(String sql, Object... values) {
		return this.jdbc.queryForObject(sql, Integer.class, values);
	}

	private static void await(Runnable assertion) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(100))
			.untilAsserted(assertion::run);
	}

}
