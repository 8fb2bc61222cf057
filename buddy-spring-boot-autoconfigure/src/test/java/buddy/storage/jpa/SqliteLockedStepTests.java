package buddy.storage.jpa;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.JournalWrite;
import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.storage.NewRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Another writer keeps SQLite's database locked while a step is to begin the transaction
 * that it shares with the application. The pool has one connection, so that the next
 * transaction has the one that failed.
 */
class SqliteLockedStepTests {

	@TempDir
	private Path folder;

	private String url = "";

	private TestApplication application;

	private JdbcTemplate jdbc;

	private RunJournal journal;

	private NewRun run;

	@BeforeEach
	void start() {
		this.url = "jdbc:sqlite:" + this.folder.resolve("test.sqlite")
				+ "?journal_mode=WAL&busy_timeout=1&transaction_mode=IMMEDIATE";
		this.application = TestApplication.start(
				new String[] { "spring.datasource.url=" + this.url, "spring.datasource.hikari.maximum-pool-size=1" });
		this.jdbc = new JdbcTemplate(this.application.bean(DataSource.class));
		this.jdbc.execute("create table booking (n int)");
		this.journal = this.application.bean(RunJournal.class);
		this.run = TestRun.of(UUID.randomUUID().toString()).newRun();
		this.application.bean(WorkflowSessionRepository.class).begin(this.run);
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void applicationsTransactionAfterAStepThatCouldNotBeginIsOne() throws SQLException {
		writer().whileLocked(() -> assertThatExceptionOfType(CannotCreateTransactionException.class)
			.isThrownBy(() -> book("locked")));

		assertThatTransactionsAreWhole();
	}

	@Test
	void applicationsTransactionAfterAStepOfAWebRequestThatCouldNotBeginIsOne() throws SQLException {
		EntityManagerFactory factory = this.application.bean(EntityManagerFactory.class);
		EntityManager ofRequest = factory.createEntityManager();
		TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(ofRequest));
		try {
			writer().whileLocked(() -> assertThatExceptionOfType(CannotCreateTransactionException.class)
				.isThrownBy(() -> book("locked")));
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
			ofRequest.close();
		}
		assertThatTransactionsAreWhole();
	}

	@Test
	void stepAfterATransactionOfTheApplicationThatCouldNotBeginIsWhole() throws SQLException {
		writer().whileLocked(() -> {
			try (Connection connection = this.application.bean(DataSource.class).getConnection()) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setAutoCommit(false));
			}
		});

		assertThatIllegalStateException().isThrownBy(() -> this.journal.writeInTransaction(() -> {
			insert();
			throw new IllegalStateException("rolled back");
		}, false));
		assertThat(bookings()).isZero();
		assertThat(book("a")).isEqualTo(JournalWrite.STORED);
		assertThat(bookings()).isOne();
	}

	@Test
	void stepsAreStoredWithWhatTheyWroteWhereManyWrite() {
		AtomicInteger stored = new AtomicInteger();
		writer().whileWriting(() -> {
			for (int i = 0; i < Nightly.size(500, 2000); i++) {
				stored.addAndGet(bookUnlessLocked("s" + i));
			}
		});
		assertThat(stored).hasPositiveValue();
		assertThat(this.journal.heads(this.run.runId())).hasSize(stored.get());
		assertThat(bookings()).isEqualTo(stored.get());
	}

	private int bookUnlessLocked(String key) {
		try {
			return (book(key) == JournalWrite.STORED) ? 1 : 0;
		}
		catch (RuntimeException ex) {
			assertThat(this.journal.isTemporary(ex)).as("%s", ex).isTrue();
			return 0;
		}
	}

	private void assertThatTransactionsAreWhole() {
		for (PlatformTransactionManager manager : new PlatformTransactionManager[] {
				new JdbcTransactionManager(this.application.bean(DataSource.class)),
				this.application.bean(PlatformTransactionManager.class) }) {
			int before = bookings();
			TransactionTemplate transaction = new TransactionTemplate(manager);
			transaction.executeWithoutResult((status) -> {
				insert();
				status.setRollbackOnly();
			});
			assertThat(bookings()).isEqualTo(before);
			transaction.executeWithoutResult((status) -> insert());
			assertThat(bookings()).isEqualTo(before + 1);
		}
	}

	private JournalWrite book(String key) {
		return this.journal.writeInTransaction(() -> {
			insert();
			return new StoredStep(this.run.runId(),
					new StepHead(key, 0, StepKind.STEP, StepStatus.DONE, 1, 0, 500, 600L, null));
		}, false);
	}

	private void insert() {
		this.jdbc.update("insert into booking values (1)");
	}

	private int bookings() {
		return this.jdbc.queryForObject("select count(*) from booking", Integer.class);
	}

	private SqliteWriter writer() {
		return new SqliteWriter(this.url);
	}

}
