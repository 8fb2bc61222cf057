package buddy.storage.jpa;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.SessionIsolationContractTests;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaSessionIsolationTests extends SessionIsolationContractTests {

	private static final int FOREIGN = Nightly.size(2_000, 10_000);

	private final TestDatabase database;

	private final JpaStorage storage;

	JpaSessionIsolationTests(TestDatabase database) {
		this.database = database;
		this.storage = JpaStorage.on(database, true);
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.storage.application().emptyRepository();
	}

	@Test
	void foreignSessionsAddNeitherStatementsNorRows() {
		WorkflowSessionRepository repository = this.storage.repository();
		IntStream.range(0, 3).forEach((i) -> create(repository, "a" + i, "alice", 1000 + i));
		create(repository, "n", null, 1001);
		SessionQuery query = SessionQuery.all().visibleTo(SessionAccess.ofUser("alice"));
		this.storage.application().statements();
		List<SessionSummary> alone = repository.list(query, RunPage.first(50));
		int statements = this.storage.application().statements().size();

		insertForeign();
		this.storage.application().statements();

		assertThat(repository.list(query, RunPage.first(50))).isEqualTo(alone).hasSize(4);
		List<Statement> sent = this.storage.application().statements();
		assertThat(sent).hasSize(statements).hasSize(2);
		if (this.database == TestDatabase.POSTGRESQL) {
			sent.forEach(this::assertReadsByTheUsersIndexAlone);
		}
	}

	/** The plan tells how many rows were read and thrown away. */
	private void assertReadsByTheUsersIndexAlone(Statement statement) {
		JdbcTemplate template = new JdbcTemplate(this.storage.dataSource());
		// an index leads to rows that other tests deleted, until they are swept
		template.execute("vacuum analyze buddy_workflow_session");
		String plan = String.join("\n", template.queryForList("explain (analyze, timing off) " + statement.sql(),
				String.class, statement.values().toArray()));
		assertThat(plan).contains("buddy_workflow_session_user_idx")
			.doesNotContain("Rows Removed", "Seq Scan")
			.containsPattern("Index Scan.*actual rows=[0-4]\\b");
	}

	@Test
	void runsThatGoOnWhileTheirUserIsDeletedLeaveNothingBehind() throws Exception {
		WorkflowSessionRepository repository = this.storage.repository();
		WorkflowSessions sessions = new DefaultWorkflowSessions(repository, () -> "alice", java.time.Clock.systemUTC());
		int threads = 4;
		ExecutorService executor = Executors.newFixedThreadPool(threads + 1);
		try {
			CyclicBarrier start = new CyclicBarrier(threads + 1);
			Stream<Callable<Object>> runs = IntStream.range(0, threads).mapToObj((thread) -> () -> {
				start.await();
				IntStream.range(0, Nightly.size(10, 30))
					.forEach((i) -> run(repository, "r-" + thread + "-" + i, "s" + i % 3));
				return "";
			});
			Callable<Object> deletes = () -> {
				start.await();
				IntStream.range(0, Nightly.size(4, 10)).forEach((i) -> retried(() -> sessions.deleteUser("alice")));
				return "";
			};
			for (var result : executor.invokeAll(Stream.concat(runs, Stream.of(deletes)).toList())) {
				result.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		sessions.deleteUser("alice");

		JdbcTemplate template = new JdbcTemplate(this.storage.dataSource());
		assertThat(template.queryForObject("select count(*) from buddy_workflow_session", Integer.class)).isZero();
		assertThat(template.queryForObject("select count(*) from buddy_workflow_run", Integer.class)).isZero();
	}

	private static void run(WorkflowSessionRepository repository, String runId, String sessionId) {
		NewRun run = TestRun.of(runId).session(sessionId).user("alice").at(5000).newRun();
		retried(() -> repository.begin(run));
		EndOutcome outcome = retried(
				() -> repository.end(new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, 6000, null)));
		assertThat(outcome).isIn(EndOutcome.STORED, EndOutcome.GONE);
	}

	/** A database may give one of two up that wait for each other. */
	private static <T> T retried(java.util.function.Supplier<T> action) {
		while (true) {
			try {
				return action.get();
			}
			catch (PessimisticLockingFailureException | org.springframework.dao.DataIntegrityViolationException
					| org.springframework.dao.OptimisticLockingFailureException ex) {
				// again
			}
		}
	}

	private void insertForeign() {
		JdbcTemplate template = new JdbcTemplate(this.storage.dataSource());
		template.batchUpdate(
				"insert into buddy_workflow_session (session_id, workflow_id, user_id, created_at, updated_at, version)"
						+ " values (?, 'w1', ?, 1000, ?, 0)",
				IntStream.range(0, FOREIGN)
					.mapToObj((i) -> new Object[] { "f" + i, "user" + i % 100, 5000 + i })
					.toList());
	}

	private static void create(WorkflowSessionRepository repository, String sessionId, String userId, long usedAt) {
		repository.create(
				new StoredSession(sessionId, "w1", userId, null, null, null, "{}", null, null, 1000, usedAt, 0),
				List.of());
	}

}
