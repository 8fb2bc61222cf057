package buddy.storage.jpa;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Another writer keeps SQLite's database locked for longer than anybody waits for it. The
 * pool has one connection, so that the next transaction has the one that failed.
 */
class SqliteLockedTests {

	@TempDir
	private Path folder;

	private final HikariDataSource pool = new HikariDataSource();

	private String url = "";

	private StorageTransactions transactions;

	private JdbcTemplate jdbc;

	@BeforeEach
	void open() {
		this.url = "jdbc:sqlite:" + this.folder.resolve("test.sqlite")
				+ "?journal_mode=WAL&busy_timeout=1&transaction_mode=IMMEDIATE";
		this.pool.setJdbcUrl(this.url);
		this.pool.setMaximumPoolSize(1);
		this.transactions = new StorageTransactions(this.pool, SqlDialect.SQLITE,
				new StorageTimeouts(Duration.ofSeconds(1)));
		this.jdbc = SqlDialect.SQLITE.template(this.pool);
		this.jdbc.execute("create table t (n int)");
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	@Test
	void transactionAfterOneThatCouldNotBeginIsOne() throws SQLException {
		whileLocked(() -> assertThatExceptionOfType(CannotCreateTransactionException.class)
			.isThrownBy(() -> this.transactions.writeApart(this::insert)));

		assertThatTransactionsAreWhole();
	}

	@Test
	void transactionAfterOneOfTheApplicationThatCouldNotBeginIsOne() throws SQLException {
		whileLocked(() -> {
			try (Connection connection = this.pool.getConnection()) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setAutoCommit(false));
			}
		});

		assertThatTransactionsAreWhole();
	}

	@Test
	void oneStatementAfterATransactionOfTheApplicationThatCouldNotBeginIsStored() throws SQLException {
		whileLocked(() -> {
			try (Connection connection = this.pool.getConnection()) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setAutoCommit(false));
			}
		});

		assertThat(this.transactions.writeAtOnce(this::insert)).isOne();

		assertThat(count()).isOne();
	}

	@Test
	void transactionThatFailsIsNotStoredWhereManyWrite() throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		CompletableFuture<Void> other = CompletableFuture.runAsync(() -> writeUntil(over));
		int stored = 0;
		try {
			for (int i = 0; i < 3000; i++) {
				stored += insertUnlessLocked();
			}
		}
		finally {
			over.set(true);
			other.join();
		}
		assertThat(stored).isPositive();
		assertThat(count()).isEqualTo(stored);
	}

	private int insertUnlessLocked() {
		try {
			return this.transactions.writeApart(this::insert);
		}
		catch (RuntimeException ex) {
			return 0;
		}
	}

	private void writeUntil(AtomicBoolean over) {
		try (Connection connection = DriverManager.getConnection(this.url);
				Statement statement = connection.createStatement()) {
			while (!over.get()) {
				try {
					statement.execute("begin immediate");
					statement.execute("commit");
				}
				catch (SQLException ex) {
					// the other one writes
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void assertThatTransactionsAreWhole() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.transactions.writeApart(() -> {
			insert();
			throw new IllegalStateException("rolled back");
		}));
		assertThat(count()).isZero();
		assertThat(this.transactions.writeApart(this::insert)).isOne();
		assertThat(count()).isOne();
	}

	private int insert() {
		return this.jdbc.update("insert into t values (1)");
	}

	private int count() {
		return this.jdbc.queryForObject("select count(*) from t", Integer.class);
	}

	private void whileLocked(Action action) throws SQLException {
		try (Connection connection = DriverManager.getConnection(this.url);
				Statement statement = connection.createStatement()) {
			statement.execute("begin immediate");
			action.run();
			statement.execute("rollback");
		}
	}

	@FunctionalInterface
	private interface Action {

		void run() throws SQLException;

	}

}
