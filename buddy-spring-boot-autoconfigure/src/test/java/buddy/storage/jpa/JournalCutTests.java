package buddy.storage.jpa;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;

import buddy.durable.AnswerOutcome;
import buddy.durable.JournalWrite;
import buddy.durable.QuestionStatus;
import buddy.durable.RunPause;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepStatus;
import buddy.durable.StoredQuestion;
import buddy.durable.StoredStep;
import buddy.run.RunStatus;
import buddy.storage.RunTake;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The connection to PostgreSQL is cut at every statement and commit of what a journal
 * writes, before it and after it: the caller is told exactly whether it is stored.
 */
@ParameterizedClass(name = "auto-commit {0}")
@ValueSource(booleans = { true, false })
class JournalCutTests {

	private final CuttingDataSource connections;

	private final HikariDataSource pool = new HikariDataSource();

	private final WorkflowSessionRepository runs;

	private final JpaRunJournal journal;

	private final JpaRunWaits waits;

	private final JdbcTemplate jdbc;

	private String runId = "";

	JournalCutTests(boolean autoCommit) throws SQLException {
		if (!autoCommit) {
			Nightly.only("the same with auto-commit, as pools have it");
		}
		TestApplication application = JpaStorage.on(TestDatabase.POSTGRESQL, true).application();
		DataSource applications = application.bean(DataSource.class);
		this.connections = new CuttingDataSource(applications.unwrap(HikariDataSource.class).getJdbcUrl());
		this.pool.setDataSource(this.connections);
		this.pool.setAutoCommit(autoCommit);
		this.pool.setMaximumPoolSize(2);
		this.runs = application.bean(WorkflowSessionRepository.class);
		this.journal = new JpaRunJournal(this.pool,
				new StatementSettings(new StorageTimeouts(Duration.ofSeconds(10)), SchemaTables.OF_CONNECTION),
				() -> new JpaTransactionManager(application.bean(EntityManagerFactory.class)));
		this.waits = new JpaRunWaits(this.pool,
				new StatementSettings(new StorageTimeouts(Duration.ofSeconds(10)), SchemaTables.OF_CONNECTION));
		this.jdbc = new JdbcTemplate(applications);
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	@AfterAll
	static void closeAll() {
		JpaStorage.emptyAll();
	}

	@Test
	void append() {
		cutEverywhere(() -> {
		}, () -> this.journal.append(step(StepStatus.DONE)) == JournalWrite.STORED, () -> is(StepStatus.DONE));
	}

	@Test
	void update() {
		cutEverywhere(() -> this.journal.append(step(StepStatus.STARTED)),
				() -> this.journal.update(step(StepStatus.DONE)) == JournalWrite.STORED, () -> is(StepStatus.DONE));
	}

	@Test
	void take() {
		cutEverywhere(
				() -> this.jdbc.update("update buddy_workflow_run set status = 'PAUSED' where run_id = ?", this.runId),
				() -> this.journal.take(new RunTake(this.runId, 0, RunStatus.PAUSED, "n1", false, false)),
				() -> this.jdbc.queryForObject("select coalesce(epoch, 0) from buddy_workflow_run where run_id = ?",
						Integer.class, this.runId) == 1);
	}

	@Test
	void pause() {
		cutEverywhere(() -> {
		}, () -> this.waits.pause(pauseForAnAnswer()),
				() -> this.waits.isPaused(pauseForAnAnswer()) && this.waits.find(this.runId, "q").isPresent());
	}

	@Test
	void answer() {
		cutEverywhere(() -> assertThat(this.waits.pause(pauseForAnAnswer())).isTrue(),
				() -> this.waits.answer(this.runId, "q", "{\"a\":1}", "ann", this.runId) == AnswerOutcome.STORED,
				() -> is(StepStatus.DONE) && this.waits.due(1000).contains(this.runId));
	}

	@Test
	void answerOfAnotherIsNotMistakenForTheOwn() {
		begin();
		this.waits.pause(pauseForAnAnswer());
		this.waits.answer(this.runId, "q", "1", "ann", this.runId);
		this.connections.cutAt(1, true);
		assertThat(told(() -> this.waits.answer(this.runId, "q", "1", "bob", this.runId) == AnswerOutcome.STORED))
			.isFalse();
		this.connections.cutAt(0, false);
	}

	private RunPause pauseForAnAnswer() {
		StoredStep step = new StoredStep(this.runId,
				new StepHead("q", 0, StepKind.INPUT, StepStatus.WAITING, 0, 0, 1000, null, null));
		StoredQuestion question = new StoredQuestion(this.runId, "q", QuestionStatus.OPEN, "{}", null, null, null, 0,
				null, null, null, null, null);
		return new RunPause(TestRun.of(this.runId).newRun(),
				List.of(new RunPause.Wait(step, false, Duration.ofHours(1), question)), List.of(), null);
	}

	@Test
	void takeOfAnotherNodeIsNotMistakenForTheOwn() {
		begin();
		this.jdbc.update("update buddy_workflow_run set status = 'PAUSED' where run_id = ?", this.runId);
		assertThat(this.journal.take(new RunTake(this.runId, 0, RunStatus.PAUSED, "n1", false, false))).isTrue();
		RunTake late = new RunTake(this.runId, 0, RunStatus.PAUSED, "n2", false, false);
		this.connections.cutAt(1, true);
		assertThat(told(() -> this.journal.take(late))).isFalse();
		this.connections.cutAt(0, false);
		assertThat(this.journal.take(late)).isFalse();
	}

	private void cutEverywhere(Runnable before, Supplier<Boolean> write, Supplier<Boolean> stored) {
		begin();
		before.run();
		this.connections.cutAt(0, false);
		assertThat(write.get()).isTrue();
		int points = this.connections.points();
		assertThat(points).isPositive();
		for (int point = 1; point <= points; point++) {
			for (boolean answerIsLost : new boolean[] { false, true }) {
				begin();
				before.run();
				this.connections.cutAt(point, answerIsLost);

				boolean told = told(write);

				this.connections.cutAt(0, false);
				assertThat(told).as("cut at %d of %d, answer lost: %s", point, points, answerIsLost)
					.isEqualTo(answerIsLost && point == points);
				assertThat(stored.get()).isEqualTo(told);
				assertThat(told || write.get()).as("tried again").isTrue();
				assertThat(stored.get()).isTrue();
			}
		}
	}

	/** Whether the caller is told that it is stored; otherwise there is an exception. */
	private static boolean told(Supplier<Boolean> write) {
		try {
			return write.get();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private void begin() {
		this.runId = UUID.randomUUID().toString();
		this.runs.begin(TestRun.of(this.runId).newRun());
	}

	private StoredStep step(StepStatus status) {
		return new StoredStep(this.runId,
				new StepHead("s", 0, StepKind.STEP, status, 1, 0, 1000, status.isOutcome() ? 1100L : null, null));
	}

	private boolean is(StepStatus status) {
		return this.journal.heads(this.runId).stream().anyMatch((head) -> head.status() == status);
	}

}
