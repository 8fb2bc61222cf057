package buddy.storage.jpa;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.AuditLog;
import buddy.storage.AuditLogContractTests;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ParameterizedClass(name = "{0}")
@EnumSource(TestDatabase.class)
class JpaAuditLogTests extends AuditLogContractTests {

	private final TestDatabase database;

	private final TestApplication application;

	private final AuditLog log;

	JpaAuditLogTests(TestDatabase database) {
		this.database = database;
		this.application = JpaStorage.on(database, true).application();
		this.log = this.application.bean(AuditLog.class);
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected AuditLog emptyLog() {
		this.application.emptyRepository();
		return this.log;
	}

	@Test
	void entryOfATransactionThatIsRolledBackIsNotWrittenUnlessItTellsWhatIsDoneAlready() {
		transaction().executeWithoutResult((status) -> {
			this.log.append(entry("1"));
			status.setRollbackOnly();
		});
		assertThat(ids()).isEmpty();
		if (this.database != TestDatabase.SQLITE) { // which has no other writer beside
			transaction().executeWithoutResult((status) -> {
				this.log.appendBeside(entry("2"));
				status.setRollbackOnly();
			});
			assertThat(ids()).containsExactly("2");
		}
	}

	@Test
	void sessionIsDeletedWithItsEntryOrNotAtAll() {
		WorkflowSessionRepository repository = this.application.bean(WorkflowSessionRepository.class);
		WorkflowSessions sessions = new DefaultWorkflowSessions(repository, () -> "alice", Clock.systemUTC(), this.log);
		repository.begin(TestRun.of("r1").newRun());
		assertThat(sessions.delete("none")).isFalse();
		assertThat(ids()).isEmpty();

		this.log.append(entry("taken"));
		assertThatExceptionOfType(DuplicateKeyException.class)
			.isThrownBy(() -> this.log.appendIf(entry("taken"), () -> sessions.delete("s1")));
		assertThat(repository.findRun("r1")).isPresent();
		assertThat(ids()).containsExactly("taken");

		assertThat(sessions.delete("s1")).isTrue();
		assertThat(repository.findRun("r1")).isEmpty();
		assertThat(this.log.list(AuditQuery.all().ofSession("s1"), RunPage.first(10))).singleElement()
			.satisfies((entry) -> {
				assertThat(entry.action()).isEqualTo(AuditEntry.DELETE);
				assertThat(entry.actor()).isEqualTo("alice");
				assertThat(entry.workflowId()).isEqualTo("w1");
				assertThat(entry.runId()).isNull();
			});
	}

	private TransactionTemplate transaction() {
		return new TransactionTemplate(new JdbcTransactionManager(this.application.bean(DataSource.class)));
	}

	private static AuditEntry entry(String id) {
		return new AuditEntry(id, Instant.EPOCH, AuditEntry.CANCEL, "ann", "w1", null, "r1", Map.of());
	}

	private List<String> ids() {
		return this.log.list(AuditQuery.all(), RunPage.first(10)).stream().map(AuditEntry::id).toList();
	}

}
