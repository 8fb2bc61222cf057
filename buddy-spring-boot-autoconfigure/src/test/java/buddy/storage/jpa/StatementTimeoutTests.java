package buddy.storage.jpa;

import java.sql.Connection;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.event.EventPosition;
import buddy.event.RunEventStore;
import buddy.event.StoredEvent;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TcpProxy;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A connection that says nothing any more, and a row that somebody keeps locked: no
 * statement of buddy's waits for either for ever.
 */
@Timeout(120)
@ParameterizedClass
@EnumSource(names = { "POSTGRESQL", "MARIADB" })
class StatementTimeoutTests {

	private static final StorageTimeouts TIMEOUTS = new StorageTimeouts(Duration.ofSeconds(1));

	/** For what must be answered, though the machine may be paused for seconds. */
	private static final StorageTimeouts PATIENT = new StorageTimeouts(Duration.ofSeconds(30));

	private final TestDatabase database;

	private final TestApplication application;

	private final TcpProxy proxy;

	private final HikariDataSource pool = new HikariDataSource();

	private final WorkflowSessionRepository repository;

	private final WorkflowSessionRepository patient;

	private final RunOwners owners;

	private final RunEventStore events;

	private final String session = UUID.randomUUID().toString();

	StatementTimeoutTests(TestDatabase database) throws SQLException {
		this.database = database;
		this.application = JpaStorage.on(database, true).application();
		HikariDataSource applications = this.application.bean(DataSource.class).unwrap(HikariDataSource.class);
		String url = applications.getJdbcUrl();
		int port = Integer.parseInt(url.replaceFirst(".*?//[^:/]+:(\\d+).*", "$1"));
		this.proxy = new TcpProxy(port);
		// the pool may be connecting while nobody answers: it gives up soon
		String connect = (database == TestDatabase.MARIADB) ? "connectTimeout=1000" : "loginTimeout=1";
		this.pool.setJdbcUrl(url.replaceFirst("//[^:/]+:\\d+", "//127.0.0.1:" + this.proxy.port())
				+ (url.contains("?") ? "&" : "?") + connect);
		this.pool.setUsername(applications.getUsername());
		this.pool.setPassword(applications.getPassword());
		this.pool.setMaximumPoolSize(2);
		this.pool.setConnectionTimeout(2000);
		this.pool.setValidationTimeout(500);
		this.owners = new JpaRunOwners(this.pool, new StatementSettings(TIMEOUTS, SchemaTables.OF_CONNECTION));
		this.events = new JpaRunEventStore(this.pool, TIMEOUTS);
		this.repository = repository(TIMEOUTS);
		this.patient = repository(PATIENT);
	}

	private WorkflowSessionRepository repository(StorageTimeouts timeouts) {
		return new JpaWorkflowSessionRepository(this.application.bean(EntityManagerFactory.class), this.pool,
				() -> this.application.bean(WorkflowSessionEntityRepository.class),
				() -> this.application.bean(WorkflowRunEntityRepository.class), Runnable::run, true, timeouts);
	}

	@BeforeEach
	void connect() {
		awaitPool();
	}

	@AfterEach
	void close() {
		this.proxy.serve();
		Awaitility.await().until(() -> this.pool.getHikariPoolMXBean().getActiveConnections() == 0);
		this.pool.close();
		this.proxy.close();
	}

	@AfterAll
	static void closeAll() {
		JpaStorage.emptyAll();
	}

	@Test
	void silentConnectionIsDroppedAndTheNextOneServes() {
		if (this.database == TestDatabase.POSTGRESQL) {
			Nightly.only("the same on MariaDB, whose driver takes less time to close a connection that hangs");
		}
		NewRun run = run(SessionConcurrency.MERGE);
		this.patient.begin(run);
		awaitSeen();
		List<Runnable> statements = List.of(() -> this.owners.seen("n1", 60_000), () -> this.owners.runsOf("n1"),
				() -> this.events.append(List.of(event(run))), () -> this.repository.end(ended(run, null)));
		// the pool takes 15 seconds to close each connection that hangs
		for (Runnable statement : statements.subList(0, Nightly.size(1, statements.size()))) {
			awaitPool(); // it trusts a connection that was just used
			this.proxy.hang();

			assertThatException().isThrownBy(statement::run);

			this.proxy.serve();
			this.pool.getHikariPoolMXBean().softEvictConnections();
		}
		awaitPool();
		assertThat(this.patient.end(ended(run, null))).isEqualTo(EndOutcome.STORED);
	}

	private void awaitSeen() {
		Awaitility.await().ignoreExceptions().until(() -> this.owners.seen("n1", 60_000));
	}

	/**
	 * The pool may still wait for a connection that it asked for while nobody answered.
	 */
	private void awaitPool() {
		Awaitility.await().ignoreExceptions().until(() -> this.owners.runsOf("n1").isEmpty());
	}

	@Test
	void rowThatSomebodyKeepsLockedIsNotWaitedForForEver() throws SQLException {
		NewRun run = run(SessionConcurrency.MERGE);
		this.patient.begin(run);
		try (Connection vanished = this.application.bean(DataSource.class).getConnection()) {
			vanished.setAutoCommit(false);
			vanished.createStatement()
				.execute("update buddy_workflow_session set version = version where session_id = '" + this.session
						+ "'");

			for (RunEnd.StateChange change : new RunEnd.StateChange[] { null,
					new RunEnd.StateChange("{\"a\":1}", 0) }) {
				assertThatException().isThrownBy(() -> this.repository.end(ended(run, change)));
			}
			assertThatException().isThrownBy(() -> this.repository.begin(run(SessionConcurrency.REJECT)));
			vanished.rollback();
			vanished.setAutoCommit(true);
		}
		awaitPool();
		assertThat(this.patient.end(ended(run, new RunEnd.StateChange("{\"a\":1}", 0)))).isEqualTo(EndOutcome.STORED);
	}

	@Test
	void limitOfAPoolStaysAsItWas() throws SQLException {
		awaitSeen();
		awaitPool();
		try (Connection connection = this.pool.getConnection()) {
			assertThat(connection.getNetworkTimeout()).isZero();
		}
	}

	private NewRun run(SessionConcurrency concurrency) {
		return TestRun.of(UUID.randomUUID().toString()).session(this.session).newRun().with(concurrency, null);
	}

	private static RunEnd ended(NewRun run, RunEnd.StateChange change) {
		return new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, 2000, change);
	}

	private static StoredEvent event(NewRun run) {
		return new StoredEvent(run.runId(), new EventPosition(0, 1), "{\"event\":\"CustomEvent\"}");
	}

}
