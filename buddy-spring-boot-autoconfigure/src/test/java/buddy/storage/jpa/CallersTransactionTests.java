package buddy.storage.jpa;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Runs inside a transaction of the caller's, on every database, begun by Spring's JPA and
 * JDBC transaction managers.
 */
class CallersTransactionTests {

	private static final Map<TestDatabase, TestApplication> applications = new EnumMap<>(TestDatabase.class);

	private final String session = "s-" + UUID.randomUUID();

	@AfterAll
	static void stop() {
		applications.values().forEach(TestApplication::close);
		applications.clear();
	}

	@ParameterizedTest
	@EnumSource
	void endJoinsAJpaTransaction(TestDatabase database) {
		endJoins(database, jpa(database));
	}

	@ParameterizedTest
	@EnumSource
	void endJoinsAJdbcTransaction(TestDatabase database) {
		endJoins(database, jdbc(database));
	}

	@ParameterizedTest
	@EnumSource
	void rolledBackRunIsRecordedAfterwardsAndLeavesNoState(TestDatabase database) {
		jpa(database).executeWithoutResult((transaction) -> {
			assertThat(workflow(database).run(this.session, false).content()).isEqualTo(1L);
			transaction.setRollbackOnly();
		});
		StoredRun run = awaitRun(database);
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.error()).contains("rolled_back");
		assertThat(repository(database).find(this.session).orElseThrow().state()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void failedBodyIsRecordedAfterTheTransactionWhateverItsEnd(TestDatabase database) {
		TransactionTemplate jdbc = jdbc(database); // skips here where the server is
													// missing
		assertThatIllegalStateException()
			.isThrownBy(() -> jdbc.executeWithoutResult((transaction) -> workflow(database).run(this.session, true)));
		StoredRun run = awaitRun(database);
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.error()).contains("as asked");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQLITE") // it has one writer
	void readOnlyTransactionIsNotJoined(TestDatabase database) {
		TransactionTemplate readOnly = jpa(database);
		readOnly.setReadOnly(true);
		readOnly.executeWithoutResult((transaction) -> {
			workflow(database).run(this.session, false);
			transaction.setRollbackOnly();
		});
		assertThat(runs(database)).singleElement()
			.satisfies((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
	}

	@ParameterizedTest
	@EnumSource
	void twoRunsInOneTransactionSeeEachOther(TestDatabase database) {
		jpa(database).executeWithoutResult((transaction) -> {
			assertThat(workflow(database).run(this.session, false).content()).isEqualTo(1L);
			assertThat(workflow(database).run(this.session, false).content()).isEqualTo(2L);
		});
		assertThat(runs(database)).hasSize(2)
			.allSatisfy((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
	}

	private void endJoins(TestDatabase database, TransactionTemplate transaction) {
		JdbcTemplate template = new JdbcTemplate(application(database).bean(DataSource.class));
		template.execute("create table if not exists theirs (id varchar(64) primary key)");
		String lost = UUID.randomUUID().toString();
		transaction.executeWithoutResult((status) -> {
			template.update("insert into theirs values (?)", lost);
			workflow(database).run(this.session, false);
			status.setRollbackOnly();
		});
		assertThat(template.queryForObject("select count(*) from theirs where id = ?", Integer.class, lost)).isZero();
		awaitRun(database);
		String kept = UUID.randomUUID().toString();
		transaction.executeWithoutResult((status) -> {
			template.update("insert into theirs values (?)", kept);
			workflow(database).run(this.session, false);
		});
		assertThat(template.queryForObject("select count(*) from theirs where id = ?", Integer.class, kept)).isOne();
		assertThat(runs(database)).extracting(StoredRun::status).containsExactly(RunStatus.COMPLETED, RunStatus.ERROR);
		assertThat(repository(database).find(this.session).orElseThrow().state()).contains("1");
	}

	private StoredRun awaitRun(TestDatabase database) {
		Awaitility.await().until(() -> !runs(database).isEmpty());
		return runs(database).get(0);
	}

	private List<StoredRun> runs(TestDatabase database) {
		return repository(database).runs(this.session, RunPage.first(10));
	}

	private static WorkflowSessionRepository repository(TestDatabase database) {
		return application(database).bean(WorkflowSessionRepository.class);
	}

	private static OrderWorkflow workflow(TestDatabase database) {
		return application(database).bean(OrderWorkflow.class);
	}

	private static TransactionTemplate jpa(TestDatabase database) {
		return new TransactionTemplate(application(database).bean(PlatformTransactionManager.class));
	}

	private static TransactionTemplate jdbc(TestDatabase database) {
		return new TransactionTemplate(new JdbcTransactionManager(application(database).bean(DataSource.class)));
	}

	private static synchronized TestApplication application(TestDatabase database) {
		return applications.computeIfAbsent(database,
				(missing) -> TestApplication.start(missing.create(), Workflows.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		OrderWorkflow orderWorkflow() {
			return new OrderWorkflow();
		}

	}

	static class OrderWorkflow extends Workflow {

		RunResponse run(@SessionId String session, boolean fail) {
			long count = sessionState().increment("count", 1);
			if (fail) {
				throw new IllegalStateException("as asked");
			}
			return RunResponse.of(count);
		}

	}

}
