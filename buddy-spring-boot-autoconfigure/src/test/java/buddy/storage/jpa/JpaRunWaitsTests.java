package buddy.storage.jpa;

import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionStatus;
import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.durable.RunWaitsContractTests;
import buddy.durable.StepStatus;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ParameterizedClass(name = "{0}")
@EnumSource(TestDatabase.class)
class JpaRunWaitsTests extends RunWaitsContractTests {

	private final TestDatabase database;

	private final TestApplication application;

	private final JdbcTemplate jdbc;

	JpaRunWaitsTests(TestDatabase database) {
		this.database = database;
		this.application = JpaStorage.on(database, true).application();
		this.jdbc = new JdbcTemplate(this.application.bean(DataSource.class));
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.application.emptyRepository();
	}

	@Override
	protected RunJournal journal() {
		return this.application.bean(RunJournal.class);
	}

	@Override
	protected RunWaits waits() {
		return this.application.bean(RunWaits.class);
	}

	@Test
	void pausedRunHasNoOwnerAndItsPausesAreCounted() {
		NewRun run = begin();
		this.jdbc.update("update buddy_workflow_run set owner_node = 'n1', queued_at = 5, resumes = 2 where run_id = ?",
				run.runId());
		waits().pause(pause(run, ask(run, "q", null, null)));
		assertThat(this.jdbc
			.queryForMap("select status, owner_node, queued_at, resumes, resume_at from buddy_workflow_run"
					+ " where run_id = ?", run.runId())
			.values()).containsExactly("PAUSED", null, null, 3, null);
		assertThat(this.application.bean(RunOwners.class).executions(run.runId()))
			.containsExactly(new RunOwners.Execution(0, "n1"));
	}

	@Test
	void answerInATransactionOfTheCallerIsStoredWithIt() {
		List<PlatformTransactionManager> managers = List.of(
				new JdbcTransactionManager(this.application.bean(DataSource.class)),
				this.application.bean(PlatformTransactionManager.class));
		for (PlatformTransactionManager manager : managers) {
			NewRun run = begin();
			waits().pause(pause(run, ask(run, "q", null, null)));
			new TransactionTemplate(manager).executeWithoutResult((status) -> {
				assertThat(answer(run, "q", "1")).isEqualTo(AnswerOutcome.STORED);
				status.setRollbackOnly();
			});
			assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.OPEN);
			assertThat(waits().waiting(run.runId())).hasSize(1);
			assertThat(waits().due(10)).doesNotContain(run.runId());

			new TransactionTemplate(manager)
				.executeWithoutResult((status) -> assertThat(answer(run, "q", "2")).isEqualTo(AnswerOutcome.STORED));
			assertThat(question(run, "q").answer()).isEqualTo("2");
			assertThat(waits().due(10)).contains(run.runId());
		}
	}

	@Test
	void pauseIsStoredWhateverBecomesOfATransactionOfTheCaller() {
		NewRun run = begin();
		new TransactionTemplate(this.application.bean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> {
				assertThat(waits().pause(pause(run, ask(run, "q", null, null)))).isTrue();
				status.setRollbackOnly();
			});
		// there is no other writer beside the caller on SQLite
		assertThat(waits().find(run.runId(), "q").isPresent()).isEqualTo(this.database != TestDatabase.SQLITE);
	}

	@Test
	void pauseThatCannotStoreAllStoresNothing() {
		NewRun run = begin();
		assertThatExceptionOfType(DuplicateKeyException.class)
			.isThrownBy(() -> waits().pause(pause(run, ask(run, "q", null, null), ask(run, "q", null, null))));
		assertThat(journal().heads(run.runId())).isEmpty();
		assertThat(waits().find(run.runId(), "q")).isEmpty();
		assertThat(this.application.bean(WorkflowSessionRepository.class).findRun(run.runId()))
			.hasValueSatisfying((stored) -> assertThat(stored.status()).isEqualTo(RunStatus.RUNNING));
	}

	@Test
	void answerToAStepThatDoesNotWaitIsNotStored() {
		NewRun run = begin();
		waits().pause(pause(run, ask(run, "q", Duration.ofHours(1), null)));
		this.jdbc.update("update buddy_workflow_run_step set status = ? where run_id = ?", StepStatus.STARTED.name(),
				run.runId());
		assertThat(answer(run, "q", "1")).isEqualTo(AnswerOutcome.NOT_FOUND);
		assertThat(question(run, "q").status()).isEqualTo(QuestionStatus.OPEN);
	}

}
