package buddy.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunFencedException;
import buddy.run.RunStatus;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node is frozen in the midst of steps for longer than its lease, and another one takes
 * its runs: when it goes on, it writes nothing of them any more, and stops within a step.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "processes are frozen by POSIX signals")
class FrozenNodeTests {

	private static final Duration MOST = JourneyNode.LEASE.plusSeconds(60);

	private static final List<FaultPoint> POINTS = List.of(FaultPoint.ANYWHERE, FaultPoint.AFTER_BODY,
			FaultPoint.STARTED, FaultPoint.AFTER_COMMIT);

	@TempDir
	private Path folder;

	private JdbcTemplate jdbc;

	@Test
	void nodeThatWasFrozenWritesNothingMoreOfRunsThatWereTaken() throws IOException {
		Nightly.only("the contract of the fence is tested on every database");
		for (int round = 0; round < Nightly.size(1, 20); round++) {
			freeze(this.folder.resolve("gate" + round), Nightly.size(2, 8));
		}
	}

	@Test
	void pauseThatIsShorterThanTheLeaseIsNoDeath() throws IOException {
		Nightly.only("nodes whose pool is exhausted for longer than their lease are not taken for dead");
		String[] lease = { "buddy.node.lease=40s", "buddy.node.heartbeat-interval=4s" };
		Path gate = this.folder.resolve("pause");
		int runs = Nightly.size(2, 8);
		String[] database = TestDatabase.POSTGRESQL.create();
		try (JavaProcess frozen = JourneyNode.other(database, runs, POINTS,
				Stream.concat(Stream.of("gate=" + gate), Stream.of(lease)).toArray(String[]::new));
				TestApplication here = JourneyNode.here(database, lease)) {
			this.jdbc = new JdbcTemplate(here.bean(DataSource.class));
			frozen.awaitLine(JourneyNode.STANDING);
			await(() -> assertThat(count("select count(*) from ledger where leg = 2")).isEqualTo(runs * POINTS.size()));

			frozen.pause();
			long since = System.nanoTime();
			await(() -> assertThat(System.nanoTime() - since).isGreaterThan(Duration.ofSeconds(20).toNanos()));
			frozen.goOn();
			Files.createFile(gate);
			await(() -> assertThat(frozen.lines(JourneyNode.ENDED)).hasSize(runs * POINTS.size()));

			Map<String, History> histories = histories(RunHistoryChecker.of(here));
			assertThat(histories).hasSize(runs * POINTS.size());
			assertThat(histories.values()).allSatisfy((history) -> {
				assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
				assertThat(history.run().epoch()).as("nobody has taken it over").isZero();
			});
			assertThat(count("select count(*) from ledger where pid <> ?", frozen.pid())).isZero();
		}
	}

	private void freeze(Path gate, int runs) throws IOException {
		String[] database = TestDatabase.POSTGRESQL.create();
		try (JavaProcess frozen = JourneyNode.other(database, runs, POINTS, "gate=" + gate);
				TestApplication here = JourneyNode.here(database)) {
			this.jdbc = new JdbcTemplate(here.bean(DataSource.class));
			RunHistoryChecker checker = RunHistoryChecker.of(here);
			frozen.awaitLine(JourneyNode.STANDING);
			await(() -> assertThat(count("select count(*) from ledger where leg = 2")).isEqualTo(runs * POINTS.size()));

			frozen.pause();
			await(() -> assertThat(count("select count(*) from buddy_workflow_run where status <> 'COMPLETED'"))
				.isZero());
			Map<String, History> before = histories(checker);
			Map<String, Integer> calls = calls(frozen.pid());
			Files.createFile(gate);
			frozen.goOn();
			await(() -> assertThat(frozen.lines(JourneyNode.ENDED)).hasSize(runs * POINTS.size()));

			Map<String, History> after = histories(checker);
			assertThat(after).isEqualTo(before);
			after.values().forEach((history) -> check(frozen, history));
			calls(frozen.pid()).forEach((runId, number) -> assertThat(number - calls.get(runId))
				.as("steps of run %s that the node called after it was frozen", runId)
				.isBetween(0, 1));
		}
	}

	private void check(JavaProcess frozen, History history) {
		String runId = history.run().runId();
		assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
		if (history.run().epoch() > 0) {
			assertThat(frozen.lines(JourneyNode.ENDED + history.run().sessionId() + " "))
				.containsExactly(RunFencedException.class.getSimpleName());
		}
		int bookings = count("select count(*) from booking where run_id = ?", runId);
		boolean books = String.valueOf(history.run().input()).contains(FaultPoint.AFTER_COMMIT.name());
		assertThat(bookings).as("bookings of %s", runId).isEqualTo(books ? history.done().size() : 0);
		assertThat(KilledNodeTests.calls(this.jdbc, runId).values())
			.allMatch((number) -> number <= 1 + history.run().epoch());
	}

	private Map<String, History> histories(RunHistoryChecker checker) {
		Map<String, History> histories = new HashMap<>();
		for (String runId : this.jdbc.queryForList("select run_id from buddy_workflow_run", String.class)) {
			histories.put(runId, checker.check(runId));
		}
		return histories;
	}

	private Map<String, Integer> calls(long pid) {
		Map<String, Integer> calls = new HashMap<>();
		this.jdbc.query("select run_id, count(*) from ledger where pid = ? group by run_id", (row) -> {
			calls.put(row.getString(1), row.getInt(2));
		}, pid);
		return calls;
	}

	private int count(String sql, Object... values) {
		return this.jdbc.queryForObject(sql, Integer.class, values);
	}

	private static void await(Runnable assertion) {
		Awaitility.await().atMost(MOST).pollInterval(Duration.ofMillis(100)).untilAsserted(assertion::run);
	}

}
