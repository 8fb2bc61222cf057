package buddy.storage.jpa;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;

import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.IdempotencyKey;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;
import buddy.workflow.RunNotRecordedException;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The connection to PostgreSQL is cut at every statement and commit of what a run writes,
 * before it and after it, where only its answer is lost: nothing is ever half written,
 * the caller is told exactly if nothing is, and the next run works.
 */
@ParameterizedClass(name = "fused {0}, auto-commit {1}")
@MethodSource("settings")
class ConnectionCutTests {

	static List<Arguments> settings() {
		return List.of(Arguments.of(true, true), Arguments.of(false, true), Arguments.of(true, false))
			.subList(0, Nightly.size(1, 3));
	}

	/** What a run has left: status, holder, version of the state, and waiting or not. */
	private static final String TRACES = "select coalesce((select status || coalesce('@' || (queued_at > 0)::text, '')"
			+ " from buddy_workflow_run where run_id = ?), 'none') || ' ' || coalesce((select"
			+ " coalesce((holder_run_id = ?)::text, 'free') || version from buddy_workflow_session where session_id = ?),"
			+ " 'none')";

	private final CuttingDataSource connections;

	private final HikariDataSource pool = new HikariDataSource();

	private final WorkflowSessionRepository repository;

	private final JdbcTemplate jdbc;

	private String session = "";

	private NewRun run = run(SessionConcurrency.MERGE);

	ConnectionCutTests(boolean fused, boolean autoCommit) throws SQLException {
		TestApplication application = JpaStorage.on(TestDatabase.POSTGRESQL, true).application();
		DataSource applications = application.bean(DataSource.class);
		this.connections = new CuttingDataSource(applications.unwrap(HikariDataSource.class).getJdbcUrl());
		this.pool.setDataSource(this.connections);
		this.pool.setAutoCommit(autoCommit);
		this.pool.setMaximumPoolSize(2);
		this.repository = new JpaWorkflowSessionRepository(application.bean(EntityManagerFactory.class), this.pool,
				() -> application.bean(WorkflowSessionEntityRepository.class),
				() -> application.bean(WorkflowRunEntityRepository.class), Runnable::run, fused, StorageTimeouts.NONE);
		this.jdbc = new JdbcTemplate(applications);
	}

	@AfterEach
	void close() {
		Awaitility.await().until(() -> this.pool.getHikariPoolMXBean().getActiveConnections() == 0);
		this.pool.close();
	}

	@AfterAll
	static void closeAll() {
		JpaStorage.emptyAll();
	}

	@Test
	void beginInANewSession() {
		cutEverywhere(SessionConcurrency.MERGE, () -> {
		}, () -> this.repository.begin(this.run), "none none", "RUNNING free0");
	}

	@Test
	void beginInASessionThatExists() {
		cutEverywhere(SessionConcurrency.MERGE, () -> this.repository.begin(another()),
				() -> this.repository.begin(this.run), "none free0", "RUNNING free0");
	}

	@Test
	void beginOfARunThatHoldsItsSession() {
		cutEverywhere(SessionConcurrency.REJECT, () -> this.repository.begin(another()),
				() -> this.repository.begin(this.run), "none free0", "RUNNING true0");
	}

	@Test
	void beginOfARunThatWaits() {
		cutEverywhere(SessionConcurrency.WAIT,
				() -> this.repository.begin(another().with(SessionConcurrency.REJECT, null)),
				() -> this.repository.begin(this.run), "none false0", "PENDING@true false0");
	}

	@Test
	void enterOfAWaitingRun() {
		cutEverywhere(SessionConcurrency.WAIT, () -> {
			NewRun holder = another().with(SessionConcurrency.REJECT, null);
			this.repository.begin(holder);
			this.repository.begin(this.run);
			this.repository.end(ended(holder, null));
		}, () -> assertThat(this.repository.enter(this.run)).isPresent(), "PENDING@true free0", "RUNNING true0");
	}

	@Test
	void endWithAChangedState() {
		cutEverywhere(SessionConcurrency.MERGE, () -> this.repository.begin(this.run),
				() -> this.repository.end(ended(this.run, new RunEnd.StateChange("{\"a\":1}", 0))), "RUNNING free0",
				"COMPLETED free1");
	}

	@Test
	void endOfARunThatHoldsItsSession() {
		cutEverywhere(SessionConcurrency.REJECT, () -> this.repository.begin(this.run),
				() -> this.repository.end(ended(this.run, new RunEnd.StateChange("{\"a\":1}", 0))), "RUNNING true0",
				"COMPLETED free1");
	}

	@Test
	void endOfARunThatWasContinued() {
		cutEverywhere(SessionConcurrency.MERGE, () -> {
			this.repository.begin(this.run);
			this.jdbc.update("update buddy_workflow_run set epoch = 3 where run_id = ?", this.run.runId());
			this.run = this.run.toBuilder().epoch(3).build();
		}, () -> this.repository.end(ended(this.run, new RunEnd.StateChange("{\"a\":1}", 0))), "RUNNING free0",
				"COMPLETED free1");
	}

	@Test
	void endOfAnEarlierExecutionIsNotMistakenForThatOfALaterOne() {
		renew(SessionConcurrency.MERGE, () -> this.repository.begin(this.run));
		this.connections.cutAt(0, false);
		this.repository.begin(another());
		this.jdbc.update(
				"update buddy_workflow_run set epoch = 1, status = 'COMPLETED', ended_at = 2000" + " where run_id = ?",
				this.run.runId());
		this.connections.cutAt(1, true);

		Throwable thrown = catchThrowable(
				() -> assertThat(this.repository.end(ended(this.run, null))).isEqualTo(EndOutcome.FENCED));

		this.connections.cutAt(0, false);
		if (thrown != null) {
			assertThat(thrown).isInstanceOfAny(DataAccessException.class, TransactionException.class);
		}
	}

	@Test
	void mergedEnd() {
		cutEverywhere(SessionConcurrency.MERGE, () -> this.repository.begin(this.run),
				() -> this.repository.endMerged(ended(this.run, null),
						(now) -> new RunEnd.StateChange("{\"a\":1}", now.version())),
				"RUNNING free0", "COMPLETED free1");
	}

	@Test
	void endThatStoresTheWholeRun() {
		cutEverywhere(SessionConcurrency.MERGE, () -> {
		}, () -> this.repository.end(new RunEnd(this.run, false, RunStatus.COMPLETED, "{}", null, 2000, null)),
				"none none", "COMPLETED free0");
	}

	@Test
	void endThatWasCutIsWrittenLater() {
		try (WorkflowRunner runner = WorkflowRunner.over(() -> this.repository)
			.concurrency(SessionConcurrency.REJECT, Duration.ZERO)
			.cancelPollInterval(Duration.ofMillis(10))
			.build()) {
			Runnable[] body = { () -> this.connections.cutAt(0, false) };
			Cut workflow = Workflows.proxy(new Cut(() -> {
				this.run = run(RunContext.current().runId(), SessionConcurrency.REJECT);
				body[0].run();
			}), runner);
			this.session = UUID.randomUUID().toString();
			workflow.run(this.session);
			int last = this.connections.points();
			for (boolean answerIsLost : new boolean[] { false, true }) {
				this.session = UUID.randomUUID().toString();
				body[0] = () -> this.connections.cutAt(last, answerIsLost);

				Throwable thrown = catchThrowable(() -> workflow.run(this.session));

				// what was stored before its answer was lost is stored, and nobody is
				// told
				// otherwise
				if (answerIsLost) {
					assertThat(thrown).isNull();
				}
				else {
					assertThat(thrown).isInstanceOf(RunNotRecordedException.class);
				}
				String ended = answerIsLost ? "COMPLETED free0" : "ERROR free0";
				Awaitility.await().untilAsserted(() -> assertThat(traces()).isEqualTo(ended));
				body[0] = () -> {
				};
				workflow.run(this.session);
				assertThat(traces()).isEqualTo("COMPLETED free0");
			}
		}
	}

	@Test
	void beginWhoseAnswerIsLostFindsItsSession() {
		this.session = UUID.randomUUID().toString();
		this.repository.begin(another());
		for (SessionConcurrency concurrency : SessionConcurrency.values()) {
			NewRun cut = run(concurrency).withIdempotencyKey(new IdempotencyKey(this.session + concurrency, "r"));
			this.connections.cutAt(0, false);
			OpenedSession expected = this.repository.begin(cut);
			int last = this.connections.points();
			assertThat(this.repository.undo(cut)).isTrue();
			this.connections.cutAt(last, true);

			OpenedSession opened = this.repository.begin(cut);

			this.connections.cutAt(0, false);
			assertThat(opened).isEqualTo(expected);
			this.repository.undo(cut);
		}
	}

	@Test
	void beginThatIsNeitherAnsweredNorFoundIsTakenBackLater() {
		this.session = UUID.randomUUID().toString();
		try (WorkflowRunner runner = WorkflowRunner.over(() -> this.repository)
			.concurrency(SessionConcurrency.REJECT, Duration.ZERO)
			.cancelPollInterval(Duration.ofMillis(10))
			.build()) {
			Cut workflow = Workflows.proxy(new Cut(() -> {
			}), runner);
			workflow.run(this.session);
			// the answer of the begin's commit, and of whatever looks for it afterwards
			this.connections.cutFromCommit();

			Throwable thrown = catchThrowable(() -> workflow.run(this.session));

			assertThat(thrown).isInstanceOfAny(DataAccessException.class, TransactionException.class);
			assertThat(unfinished()).isOne();
			this.connections.cutAt(0, false);
			Awaitility.await().untilAsserted(() -> assertThat(unfinished()).isZero());
			workflow.run(this.session);
		}
	}

	private void cutEverywhere(SessionConcurrency concurrency, Runnable before, Runnable action, String untouched,
			String done) {
		renew(concurrency, before);
		assertThat(traces()).isEqualTo(untouched);
		this.connections.cutAt(0, false);
		action.run();
		assertThat(traces()).isEqualTo(done);
		int points = this.connections.points();
		assertThat(points).isPositive();
		for (int point = 1; point <= points; point++) {
			for (boolean answerIsLost : new boolean[] { false, true }) {
				renew(concurrency, before);
				this.connections.cutAt(point, answerIsLost);

				Throwable thrown = catchThrowable(action::run);

				this.connections.cutAt(0, false);
				boolean ambiguous = answerIsLost && point == points;
				if (ambiguous) {
					assertThat(thrown).as("what is stored is settled by reading it").isNull();
				}
				else {
					assertThat(thrown).isInstanceOfAny(DataAccessException.class, TransactionException.class);
					assertThat(NestedExceptionUtils.getMostSpecificCause(thrown)).isNotNull();
				}
				assertThat(traces()).as("cut at %d of %d, answer lost: %s", point, points, answerIsLost)
					.isEqualTo(ambiguous ? done : untouched);
				nextRunWorks();
			}
		}
	}

	private void renew(SessionConcurrency concurrency, Runnable before) {
		this.session = UUID.randomUUID().toString();
		this.run = run(concurrency);
		before.run();
	}

	private void nextRunWorks() {
		NewRun next = another();
		OpenedSession opened = this.repository.begin(next);
		assertThat(this.repository.end(ended(next, new RunEnd.StateChange("{\"next\":1}", opened.session().version()))))
			.isEqualTo(EndOutcome.STORED);
	}

	private int unfinished() {
		return this.jdbc.queryForObject(
				"select count(*) from buddy_workflow_run where session_id = ? and status = 'RUNNING'", Integer.class,
				this.session);
	}

	private String traces() {
		return this.jdbc.queryForObject(TRACES, String.class, this.run.runId(), this.run.runId(), this.session);
	}

	private NewRun another() {
		return run(SessionConcurrency.MERGE);
	}

	private NewRun run(SessionConcurrency concurrency) {
		return run(UUID.randomUUID().toString(), concurrency);
	}

	private NewRun run(String runId, SessionConcurrency concurrency) {
		return TestRun.of(runId).session(this.session).newRun().with(concurrency, null);
	}

	private static RunEnd ended(NewRun run, RunEnd.StateChange change) {
		return new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, 2000, change);
	}

	static class Cut extends Workflow {

		private final Runnable body;

		Cut(Runnable body) {
			this.body = body;
		}

		void run(@SessionId String session) {
			this.body.run();
		}

	}

}
