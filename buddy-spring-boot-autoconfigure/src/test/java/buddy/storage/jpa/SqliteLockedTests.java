package buddy.storage.jpa;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

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
		writer().whileLocked(() -> assertThatExceptionOfType(CannotCreateTransactionException.class)
			.isThrownBy(() -> this.transactions.writeApart(this::insert)));

		assertThatTransactionsAreWhole();
	}

	@Test
	void transactionAfterOneOfTheApplicationThatCouldNotBeginIsOne() throws SQLException {
		writer().whileLocked(() -> {
			try (Connection connection = this.pool.getConnection()) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setAutoCommit(false));
			}
		});

		assertThatTransactionsAreWhole();
	}

	@Test
	void oneStatementAfterATransactionOfTheApplicationThatCouldNotBeginIsStored() throws SQLException {
		writer().whileLocked(() -> {
			try (Connection connection = this.pool.getConnection()) {
				assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connection.setAutoCommit(false));
			}
		});

		assertThat(this.transactions.writeAtOnce(this::insert)).isOne();

		assertThat(count()).isOne();
	}

	@Test
	void transactionThatFailsIsNotStoredWhereManyWrite() throws Exception {
		AtomicInteger stored = new AtomicInteger();
		writer().whileWriting(() -> {
			for (int i = 0; i < 3000; i++) {
				stored.addAndGet(insertUnlessLocked());
			}
		});
		assertThat(stored).hasPositiveValue();
		assertThat(count()).isEqualTo(stored.get());
	}

	private int insertUnlessLocked() {
		try {
			return this.transactions.writeApart(this::insert);
		}
		catch (RuntimeException ex) {
			return 0;
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

	private SqliteWriter writer() {
		return new SqliteWriter(this.url);
	}

}
