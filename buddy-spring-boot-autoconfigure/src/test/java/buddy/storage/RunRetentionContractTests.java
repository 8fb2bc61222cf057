package buddy.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.session.RetentionOptions;
import buddy.session.RunPage;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.storage.SessionRetention.Swept;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every store deletes by age and number, and what it never does.
 */
public abstract class RunRetentionContractTests {

	private static final long NOW = 1_000_000;

	private static final RetentionOptions NONE = RetentionOptions.NONE;

	private static final RunStatus[] ENDED = { RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.CANCELLED };

	private WorkflowSessionRepository repository;

	/** An empty store; called before each test. */
	protected abstract WorkflowSessionRepository emptyRepository();

	/** What deletes in that store. */
	protected abstract RunRetention retention();

	@BeforeEach
	void open() {
		this.repository = emptyRepository();
	}

	@Test
	void nothingIsDeletedUnlessSomethingIsSet() {
		create("s1", "w1", 10, 5);
		assertThat(sweep(NONE, Map.of(), 500)).isEqualTo(new Swept(0, 0));
		assertThat(sweep(new RetentionOptions(Duration.ZERO, 0, Duration.ZERO), Map.of(), 500))
			.isEqualTo(new Swept(0, 0));
		assertThat(runIds("s1")).hasSize(5);
	}

	@Test
	void runsThatHaveEndedGoByTheirAgeInBatchesAndTheOthersStay() {
		create("s1", "w1", NOW, 20); // began at 0, 1000 and so on
		begin("running", "s1", 0);

		assertThat(sweep(age(NOW - 10_000), Map.of(), 3)).isEqualTo(new Swept(0, 10));

		assertThat(runIds("s1")).hasSize(11).contains("running", "s1-r10", "s1-r19").doesNotContain("s1-r9");
		assertThat(sweep(age(NOW - 10_000), Map.of(), 3)).isEqualTo(new Swept(0, 0));
	}

	@Test
	void newestRunsOfEachSessionAreKept() {
		create("s1", "w1", NOW, 20);
		create("s2", "w1", NOW, 3);
		create("s3", "w1", NOW, 4);
		create("s4", "w1", NOW, 0);
		begin("r-new", "s1", 500_000);
		begin("r-old", "s3", 0);

		assertThat(sweep(new RetentionOptions(null, 3, null), Map.of(), 2)).isEqualTo(new Swept(0, 18));

		assertThat(runIds("s1")).containsExactly("r-new", "s1-r19", "s1-r18", "s1-r17");
		assertThat(runIds("s2")).containsExactly("s2-r2", "s2-r1", "s2-r0");
		assertThat(runIds("s3")).containsExactlyInAnyOrder("s3-r3", "s3-r2", "s3-r1", "r-old");
	}

	@Test
	void unusedSessionsGoWithTheirRunsButNotThoseWithARunInProgress() {
		IntStream.range(0, 12).forEach((i) -> create("s" + i, "w1", 1000 + i, i));
		create("used", "w1", 900_000, 2);
		begin("running", "s3", 500);

		assertThat(sweep(new RetentionOptions(null, null, Duration.ofMillis(NOW - 1010)), Map.of(), 5))
			.isEqualTo(new Swept(9, 0));

		assertThat(this.repository.list(SessionQuery.all(), RunPage.first(20))).extracting(SessionSummary::sessionId)
			.containsExactly("used", "s11", "s10", "s3");
		assertThat(this.repository.findRun("s9-r0")).isEmpty();
		assertThat(runIds("s3")).hasSize(4);
		assertThat(runIds("used")).hasSize(2);
	}

	@Test
	void sessionWithMoreRunsThanABatchGoesInSeveral() {
		create("s1", "w1", 1000, 30);
		create("s2", "w1", 1001, 1);
		for (int batchSize : new int[] { 1, 2, 7 }) {
			assertThat(sweep(new RetentionOptions(null, null, Duration.ofMillis(NOW - 2000)), Map.of(), batchSize))
				.isEqualTo(new Swept(2, 0));
			assertThat(this.repository.findRun("s1-r0")).isEmpty();
			create("s1", "w1", 1000, 30);
			create("s2", "w1", 1001, 1);
		}
	}

	@Test
	void workflowsOwnOptionsWin() {
		create("a", "short", NOW, 10);
		create("b", "forever", NOW, 10);
		create("c", "general", NOW, 10);
		create("d", "gone", NOW, 10);
		Map<String, RetentionOptions> own = Map.of("short", age(NOW - 8000), "forever", age(0), "other",
				new RetentionOptions(null, 1, null));

		assertThat(sweep(age(NOW - 5000), own, 500)).isEqualTo(new Swept(0, 18));

		assertThat(runIds("a")).hasSize(2);
		assertThat(runIds("b")).hasSize(10);
		assertThat(runIds("c")).hasSize(5);
		assertThat(runIds("d")).hasSize(5);
		assertThat(
				sweep(new RetentionOptions(null, 4, null), Map.of("forever", new RetentionOptions(null, 9, null)), 4))
			.isEqualTo(new Swept(0, 3));
		assertThat(runIds("b")).hasSize(9);
		assertThat(sweep(new RetentionOptions(null, null, Duration.ofMillis(1)),
				Map.of("forever", new RetentionOptions(null, null, Duration.ZERO)), 4)
			.sessions()).isZero();
		assertThat(
				new SessionRetention(() -> List.of(retention()), new RetentionOptions(null, null, Duration.ofMillis(1)),
						() -> Map.of("forever", new RetentionOptions(null, null, Duration.ZERO)), 4, at(NOW + 1000))
					.sweep())
			.isEqualTo(new Swept(3, 0));
		assertThat(this.repository.find("b")).isPresent();
	}

	@Test
	void severalNodesMaySweepAtOnceWhileRunsGoOn() throws Exception {
		IntStream.range(0, 40).forEach((i) -> create("s" + i, "w1", 1000, 10));
		RetentionOptions options = new RetentionOptions(null, 2, Duration.ofMillis(NOW - 2000));
		ExecutorService executor = Executors.newFixedThreadPool(4);
		List<String> begun = new ArrayList<>();
		try {
			Callable<Swept> node = () -> sweep(options, Map.of(), 7);
			List<Future<Swept>> nodes = List.of(executor.submit(node), executor.submit(node));
			for (int i = 39; i >= 0; i--) {
				if (beginUnlessLocked("live" + i, "s" + i)) {
					begun.add("live" + i);
				}
			}
			for (Future<Swept> each : nodes) {
				each.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		sweep(options, Map.of(), 7);

		for (String runId : begun) {
			StoredRun run = this.repository.findRun(runId).orElseThrow();
			assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
			assertThat(this.repository.find(run.sessionId())).isPresent();
		}
		assertThat(this.repository.list(SessionQuery.all(), RunPage.first(100))).hasSize(begun.size());
	}

	@Test
	void sweepThatIsStoppedDeletesNoMore() {
		create("s1", "w1", NOW, 5);
		SessionRetention retention = retention(age(0).overriddenBy(age(1)), Map.of(), 1);
		retention.stop();
		assertThat(retention.sweep()).isEqualTo(new Swept(0, 0));
		assertThat(runIds("s1")).hasSize(5);
		retention.resume();
		assertThat(retention.sweep()).isEqualTo(new Swept(0, 5));
	}

	@Test
	void numbersThatMakeNoSenseAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new RetentionOptions(Duration.ofDays(-1), null, null))
			.withMessageContaining("runAge");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetentionOptions(null, -1, null));
		assertThatIllegalArgumentException().isThrownBy(() -> retention(NONE, Map.of(), 0))
			.withMessageContaining("batchSize");
	}

	private Swept sweep(RetentionOptions general, Map<String, RetentionOptions> own, int batchSize) {
		return retention(general, own, batchSize).sweep();
	}

	private SessionRetention retention(RetentionOptions general, Map<String, RetentionOptions> own, int batchSize) {
		return new SessionRetention(() -> List.of(retention()), general, () -> own, batchSize, at(NOW));
	}

	private static Clock at(long millis) {
		return Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
	}

	private static RetentionOptions age(long millis) {
		return new RetentionOptions(Duration.ofMillis(millis), null, null);
	}

	private List<String> runIds(String sessionId) {
		return this.repository.runs(sessionId, RunPage.first(100)).stream().map(StoredRun::runId).toList();
	}

	private void begin(String runId, String sessionId, long at) {
		this.repository.begin(newRun(runId, sessionId, at));
	}

	/** A begin may lose against a delete that holds its session, and is then refused. */
	private boolean beginUnlessLocked(String runId, String sessionId) {
		try {
			begin(runId, sessionId, NOW);
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private static NewRun newRun(String runId, String sessionId, long at) {
		return TestRun.of(runId).session(sessionId).user("alice").at(at).newRun();
	}

	/** A session with runs that began a second apart, from 0 on. */
	private void create(String sessionId, String workflowId, long usedAt, int runs) {
		this.repository.create(
				new StoredSession(sessionId, workflowId, "alice", null, null, null, "{}", null, null, 0, usedAt, 0),
				IntStream.range(0, runs)
					.mapToObj((i) -> TestRun.of(sessionId + "-r" + i)
						.session(sessionId)
						.workflow(workflowId)
						.user("alice")
						.at(1000L * i)
						.stored(ENDED[i % 3])
						.response("{}")
						.endedAt(1000L * i + 1)
						.build())
					.toList());
	}

}
