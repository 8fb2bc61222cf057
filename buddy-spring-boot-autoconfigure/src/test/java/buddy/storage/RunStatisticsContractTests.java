package buddy.storage;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.SessionAccess;
import buddy.storage.RunStatistics.OldestRun;
import buddy.storage.RunStatistics.RecentRuns;
import buddy.storage.RunStatistics.RunFigures;
import buddy.storage.RunStatistics.UnfinishedRuns;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every store tells of many runs.
 */
public abstract class RunStatisticsContractTests {

	private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

	private static final String METRICS = "{\"content\":\"x\",\"metrics\":{\"input_tokens\":[10,20],"
			+ "\"output_tokens\":[1,2]}}";

	private WorkflowSessionRepository repository;

	private RunStatistics statistics;

	/** An empty store; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	/** The statistics of that store. */
	protected abstract RunStatistics statistics();

	@BeforeEach
	void open() {
		this.repository = emptyRepository();
		this.statistics = statistics();
	}

	@Test
	void runsOfAPeriodComeLatestFirstWithTheirMeasures() {
		String completed = end(begin(1000, "s1", "alice"), RunStatus.COMPLETED, METRICS, null);
		String failed = end(begin(2000, "s1", "alice"), RunStatus.ERROR, "{}",
				"{\"type\":\"java.io.IOException\",\"message\":\"no\",\"stack_trace\":\"at …\"}");
		String stopped = end(begin(3000, "s1", "alice"), RunStatus.ERROR, null, "{\"reason\":\"interrupted\"}");
		String running = begin(4000, "s2", null).runId();

		RecentRuns recent = recent(1000, 4000, null, 10);

		assertThat(recent.cut()).isNull();
		assertThat(recent.runs()).containsExactly(
				new RunFigures(running, "w1", RunStatus.RUNNING, NOON + 4000, null, new RunMeasures(null, null, null)),
				new RunFigures(stopped, "w1", RunStatus.ERROR, NOON + 3000, NOON + 3500L,
						new RunMeasures("interrupted", null, null)),
				new RunFigures(failed, "w1", RunStatus.ERROR, NOON + 2000, NOON + 2500L,
						new RunMeasures("java.io.IOException", null, null)),
				new RunFigures(completed, "w1", RunStatus.COMPLETED, NOON + 1000, NOON + 1500L,
						new RunMeasures(null, 30L, 3L)));
		assertThat(ids(recent(1001, 3999, null, 10))).containsExactly(stopped, failed);
	}

	@Test
	void runsThatWereStoredAtTheirEndOrImportedHaveMeasuresToo() {
		NewRun late = TestRun.of(id(1000)).at(NOON + 1000).unrecorded().newRun();
		this.repository.end(new RunEnd(late, this.repository.begin(late).recorded(), RunStatus.COMPLETED, METRICS, null,
				NOON + 1100, null));
		NewRun again = TestRun.of(id(2000)).at(NOON + 2000).unrecorded().newRun();
		this.repository.end(new RunEnd(again, this.repository.begin(again).recorded(), RunStatus.ERROR, METRICS,
				"{\"type\":\"X\"}", NOON + 2100, null));
		this.repository.create(new StoredSession("s9", "w1", null, null, null, null, "{}", null, null, NOON, NOON, 0),
				List.of(TestRun.of(id(3000))
					.session("s9")
					.at(NOON + 3000)
					.stored(RunStatus.ERROR)
					.response(METRICS)
					.error("{\"type\":\"Y\"}")
					.endedAt(NOON + 3100)
					.build()));

		assertThat(recent(0, 4000, null, 10).runs()).extracting(RunFigures::measures)
			.containsExactly(new RunMeasures("Y", 30L, 3L), new RunMeasures("X", 30L, 3L),
					new RunMeasures(null, 30L, 3L));
	}

	@Test
	void noMoreRunsAreLookedAtThanAreAskedFor() {
		String alices = begin(1000, "s1", "alice").runId();
		String bobs = begin(2000, "s2", "bob").runId();
		String alicesLast = begin(3000, "s1", "alice").runId();
		SessionAccess alice = SessionAccess.ofOwner("alice");

		assertThat(recent(0, 4000, null, 3)).satisfies((all) -> {
			assertThat(ids(all)).containsExactly(alicesLast, bobs, alices);
			assertThat(all.cut()).isNull();
		});
		assertThat(recent(0, 4000, null, 2)).satisfies((cut) -> {
			assertThat(ids(cut)).containsExactly(alicesLast, bobs);
			assertThat(cut.cut()).isEqualTo(Instant.ofEpochMilli(NOON + 1000));
		});
		assertThat(recent(0, 4000, alice, 2)).satisfies((cut) -> {
			assertThat(ids(cut)).containsExactly(alicesLast);
			assertThat(cut.cut()).isNotNull();
		});
		assertThat(ids(recent(0, 4000, alice, 3))).containsExactly(alicesLast, alices);
	}

	@Test
	void viewerSeesTheRunsOfOpenSessionsAlone() {
		String alices = begin(1000, "s1", "alice").runId();
		String bobs = begin(2000, "s2", "bob").runId();
		String nobodys = begin(3000, "s3", null).runId();

		assertThat(ids(recent(0, 4000, SessionAccess.ofUser("alice"), 10))).containsExactly(nobodys, alices);
		assertThat(ids(recent(0, 4000, SessionAccess.ofOwner("bob"), 10))).containsExactly(bobs);
		assertThat(ids(recent(0, 4000, SessionAccess.ofUser(null), 10))).containsExactly(nobodys);
		assertThat(ids(recent(0, 4000, new SessionAccess(null, null, false), 10))).isEmpty();
		assertThat(ids(recent(0, 4000, new SessionAccess("alice", "w2"), 10))).isEmpty();
		assertThat(this.statistics.unfinished(SessionAccess.ofUser("alice"), 10).counts())
			.isEqualTo(Map.of(RunStatus.RUNNING, 2));
		assertThat(this.statistics.unfinished(SessionAccess.ofOwner("bob"), 10).oldest())
			.isEqualTo(new OldestRun(bobs, "w1", Instant.ofEpochMilli(NOON + 2000)));
		assertThat(this.statistics.unfinished(SessionAccess.ofOwner("carol"), 10))
			.isEqualTo(new UnfinishedRuns(Map.of(), null));
	}

	@Test
	void unfinishedRunsAreCountedByStatus() {
		assertThat(this.statistics.unfinished(null, 10)).isEqualTo(new UnfinishedRuns(Map.of(), null));
		store(1000, RunStatus.PAUSED);
		store(2000, RunStatus.PENDING);
		store(3000, RunStatus.RUNNING);
		store(4000, RunStatus.RUNNING);
		store(500, RunStatus.COMPLETED);

		assertThat(this.statistics.unfinished(null, 10))
			.isEqualTo(new UnfinishedRuns(Map.of(RunStatus.PAUSED, 1, RunStatus.PENDING, 1, RunStatus.RUNNING, 2),
					new OldestRun(id(1000), "w1", Instant.ofEpochMilli(NOON + 1000))));
		for (int i = 0; i < 5; i++) {
			store(5000 + i, RunStatus.PAUSED);
		}
		assertThat(this.statistics.unfinished(null, 3).counts()).containsEntry(RunStatus.PAUSED, 3);
	}

	private void store(long at, RunStatus status) {
		StoredRun run = TestRun.of(id(at)).session("s" + at).at(NOON + at).stored(status).build();
		this.repository.create(
				new StoredSession("s" + at, "w1", null, null, null, null, "{}", null, null, NOON, NOON, 0),
				List.of(run));
	}

	private NewRun begin(long at, String sessionId, @Nullable String user) {
		NewRun run = TestRun.of(id(at)).session(sessionId).user(user).at(NOON + at).newRun();
		this.repository.begin(run);
		return run;
	}

	private String end(NewRun run, RunStatus status, @Nullable String response, @Nullable String error) {
		this.repository.end(new RunEnd(run, true, status, response, error, run.createdAt() + 500, null));
		return run.runId();
	}

	private RecentRuns recent(long from, long to, @Nullable SessionAccess viewer, int most) {
		return this.statistics.recent(Instant.ofEpochMilli(NOON + from), Instant.ofEpochMilli(NOON + to), viewer, most);
	}

	private static List<String> ids(RecentRuns recent) {
		return recent.runs().stream().map(RunFigures::runId).toList();
	}

	/** An id as buddy makes it at that time. */
	private static String id(long at) {
		return RunIds.before(NOON + at) + "-7000-8000-000000000000";
	}

}
