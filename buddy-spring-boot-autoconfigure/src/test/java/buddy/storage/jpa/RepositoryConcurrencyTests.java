package buddy.storage.jpa;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.json.internal.Json;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads on one session, on every database, on PostgreSQL in both forms.
 */
@ParameterizedClass(name = "{0}, fused {1}")
@MethodSource("setups")
class RepositoryConcurrencyTests {

	private final JpaStorage storage;

	private final WorkflowSessionRepository repository;

	private final JdbcTemplate jdbc;

	RepositoryConcurrencyTests(TestDatabase database, boolean fused) {
		this.storage = JpaStorage.on(database, true);
		this.repository = JpaStorage.repository(this.storage.application(), Runnable::run, fused);
		this.jdbc = new JdbcTemplate(this.storage.dataSource());
	}

	static Stream<Arguments> setups() {
		return Stream.concat(Stream.of(TestDatabase.values()).map((database) -> Arguments.of(database, true)),
				Stream.of(Arguments.of(TestDatabase.POSTGRESQL, false)));
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void sixtyFourThreadsCreateOneSession() throws Exception {
		List<OpenedSession> opened = together(64, (i) -> this.repository.begin(run("r" + i)));

		assertThat(opened).extracting(OpenedSession::session).containsOnly(session());
		assertThat(count("buddy_workflow_session")).isOne();
		assertThat(count("buddy_workflow_run")).isEqualTo(64);
	}

	@Test
	void sixtyFourThreadsBeginOneRunAndOneDoes() throws Exception {
		List<Object> outcomes = together(64, (i) -> {
			try {
				return this.repository.begin(run("r1"));
			}
			catch (DuplicateKeyException ex) {
				return ex;
			}
		});

		assertThat(outcomes).filteredOn(OpenedSession.class::isInstance).hasSize(1);
		assertThat(count("buddy_workflow_session")).isOne();
		assertThat(count("buddy_workflow_run")).isOne();
	}

	@Test
	void sixtyFourThreadsTryToHoldANewSessionAndOneDoes() throws Exception {
		List<OpenedSession> opened = together(64, (i) -> begin(run("r" + i).with(SessionConcurrency.REJECT, null)));

		assertThat(opened).filteredOn(Objects::nonNull).hasSize(1);
		assertThat(count("buddy_workflow_run")).isOne();
	}

	@Test
	void endsOfADeletedSessionAreGoneAndLeaveNoOrphans() throws Exception {
		for (int round = 0; round < Nightly.size(1, 3); round++) {
			String prefix = "r" + round + "-";
			this.repository.begin(run(prefix));
			together(16, (i) -> this.repository.begin(run(prefix + i)));

			List<Object> outcomes = together(17,
					(i) -> (i == 16) ? this.repository.delete("s1", SessionAccess.ofUser("alice"))
							: this.repository.end(ended(run(prefix + i), null)));

			assertThat(outcomes).last().isEqualTo(true);
			assertThat(outcomes.subList(0, 16)).containsAnyOf(EndOutcome.STORED, EndOutcome.GONE)
				.isSubsetOf(EndOutcome.STORED, EndOutcome.GONE);
			assertThat(count("buddy_workflow_session")).isZero();
			assertThat(count("buddy_workflow_run")).isZero();
		}
	}

	@Test
	void rejectingRunsNeverOverlapAndNoneIsLost() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger accepted = new AtomicInteger();
		together(16, (thread) -> {
			for (int i = 0; i < Nightly.size(5, 10); i++) {
				NewRun run = run("r" + thread + "-" + i).with(SessionConcurrency.REJECT, null);
				OpenedSession opened = begin(run);
				if (opened != null) {
					assertThat(inside.incrementAndGet()).isOne();
					RunEnd end = incremented(run, opened.session());
					inside.decrementAndGet();
					assertThat(this.repository.end(end)).isEqualTo(EndOutcome.STORED);
					accepted.incrementAndGet();
				}
			}
			return true;
		});

		assertThat(counter()).isEqualTo(accepted.get()).isPositive();
		assertThat(count("buddy_workflow_run")).isEqualTo(accepted.get());
		assertThat(holder()).isNull();
	}

	@Test
	void waitingRunsNeverOverlapAndAllGetTheirTurn() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		together(16, (thread) -> {
			for (int i = 0; i < 3; i++) {
				NewRun run = run("r" + thread + "-" + i).with(SessionConcurrency.WAIT, null);
				StoredSession session = await(run);
				assertThat(inside.incrementAndGet()).isOne();
				RunEnd end = incremented(run, session);
				inside.decrementAndGet();
				assertThat(this.repository.end(end)).isEqualTo(EndOutcome.STORED);
			}
			return true;
		});

		assertThat(counter()).isEqualTo(48);
		assertThat(this.repository.runs("s1", RunPage.first(100))).hasSize(48)
			.extracting(StoredRun::status)
			.containsOnly(RunStatus.COMPLETED);
		assertThat(holder()).isNull();
	}

	@Test
	void sharingRunsMergeTheirEndsBesideRunsThatHoldTheSession() throws Exception {
		AtomicInteger stored = new AtomicInteger();
		together(16, (thread) -> {
			for (int i = 0; i < 5; i++) {
				SessionConcurrency policy = SessionConcurrency.values()[thread % 3];
				NewRun run = run("r" + thread + "-" + i).with(policy, null);
				StoredSession session = (policy == SessionConcurrency.WAIT) ? await(run) : opened(run);
				if (session != null) {
					assertThat(this.repository.endMerged(incremented(run, session),
							(now) -> incremented(run, now).state()))
						.isEqualTo(EndOutcome.STORED);
					stored.incrementAndGet();
				}
			}
			return true;
		});

		assertThat(counter()).isEqualTo(stored.get());
		assertThat(session().version()).isEqualTo(stored.get());
		assertThat(count("buddy_workflow_run")).isEqualTo(stored.get());
	}

	private StoredSession await(NewRun run) {
		OpenedSession opened = this.repository.begin(run);
		return !opened.waiting() ? opened.session()
				: Awaitility.await()
					.pollInSameThread()
					.pollDelay(Duration.ZERO)
					.pollInterval(Duration.ofMillis(5))
					.atMost(Duration.ofMinutes(2))
					.until(() -> this.repository.enter(run).map(OpenedSession::session).orElse(null), Objects::nonNull);
	}

	private StoredSession opened(NewRun run) {
		OpenedSession opened = begin(run);
		return (opened != null) ? opened.session() : null;
	}

	private OpenedSession begin(NewRun run) {
		try {
			return this.repository.begin(run);
		}
		catch (SessionBusyException ex) {
			return null;
		}
	}

	private static RunEnd incremented(NewRun run, StoredSession session) {
		return ended(run, new RunEnd.StateChange(Json.write(Map.of("count", count(session) + 1)), session.version()));
	}

	private static int count(StoredSession session) {
		return (session.state() != null) ? (int) Json.readMap(session.state()).get("count") : 0;
	}

	private int counter() {
		return count(session());
	}

	private StoredSession session() {
		return this.repository.find("s1").orElseThrow();
	}

	private String holder() {
		return this.jdbc.queryForObject("select holder_run_id from buddy_workflow_session", String.class);
	}

	private int count(String table) {
		return this.jdbc.queryForObject("select count(*) from " + table, Integer.class);
	}

	private static <T> List<T> together(int number, IntFunction<T> action) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(number);
		try {
			CyclicBarrier start = new CyclicBarrier(number);
			List<Callable<T>> calls = new ArrayList<>();
			for (int i = 0; i < number; i++) {
				int thread = i;
				calls.add(() -> {
					start.await();
					return action.apply(thread);
				});
			}
			List<T> results = new ArrayList<>();
			for (Future<T> result : threads.invokeAll(calls)) {
				results.add(result.get());
			}
			return results;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static NewRun run(String runId) {
		return TestRun.of(runId).newRun();
	}

	private static RunEnd ended(NewRun run, RunEnd.StateChange change) {
		return new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, 2000, change);
	}

}
