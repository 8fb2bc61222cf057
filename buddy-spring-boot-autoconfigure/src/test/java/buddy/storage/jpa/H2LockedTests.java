package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Another transaction keeps a row of H2 locked for longer than H2 waits for it, as on a
 * busy machine.
 */
class H2LockedTests {

	private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";LOCK_TIMEOUT=10";

	private final DriverManagerDataSource dataSource = new DriverManagerDataSource(this.url);

	private final JdbcTemplate jdbc = SqlDialect.H2.template(this.dataSource);

	private final AtomicInteger tries = new AtomicInteger();

	private Connection other;

	@BeforeEach
	void lockARow() throws SQLException {
		this.other = DriverManager.getConnection(this.url);
		try (var statement = this.other.createStatement()) {
			statement.execute("create table t (n int)");
			statement.execute("insert into t values (0)");
			this.other.setAutoCommit(false);
			statement.execute("update t set n = 1");
		}
	}

	@AfterEach
	void close() throws SQLException {
		this.other.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void lockIsWaitedForAsLongAsAStatementMayTake(boolean transaction) {
		assertThat(write(transaction, Duration.ofMinutes(1), () -> update((tries) -> tries == 5))).isOne();

		assertThat(this.tries).hasValue(6);
		assertThat(this.jdbc.queryForObject("select n from t", Integer.class)).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void lockIsNotWaitedForLonger(boolean transaction) {
		assertThatExceptionOfType(CannotAcquireLockException.class)
			.isThrownBy(() -> write(transaction, Duration.ofMillis(50), () -> update((tries) -> false)));

		assertThat(this.tries).hasValueGreaterThanOrEqualTo(2);
	}

	@Test
	void withoutALimitItIsTriedTwice() {
		assertThatExceptionOfType(CannotAcquireLockException.class)
			.isThrownBy(() -> write(true, Duration.ZERO, () -> update((tries) -> false)));

		assertThat(this.tries).hasValue(2);
	}

	private int write(boolean transaction, Duration timeout, Supplier<Integer> statement) {
		StorageTransactions transactions = new StorageTransactions(this.dataSource, SqlDialect.H2,
				new StorageTimeouts(timeout));
		return transaction ? transactions.writeApart(statement) : transactions.writeAtOnce(statement);
	}

	/** The other transaction ends after as many tries. */
	private int update(Function<Integer, Boolean> ends) {
		int tried = this.tries.getAndIncrement();
		if (ends.apply(tried)) {
			try {
				this.other.commit();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return this.jdbc.update("update t set n = n + 1");
	}

}
