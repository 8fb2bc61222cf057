package buddy.storage.jpa;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A transaction that the database aborts for another one is tried again.
 */
class DeadlockTests {

	private final AtomicInteger tries = new AtomicInteger();

	@Test
	void manyDeadlocksInARowAreOutlasted() {
		assertThat(transactions(Duration.ofMinutes(1)).writeApart(() -> deadlock(40))).isEqualTo("written");
		assertThat(this.tries).hasValue(41);
	}

	@Test
	void whatMustNotWaitGivesUpSoon() {
		assertThatExceptionOfType(CannotAcquireLockException.class)
			.isThrownBy(() -> transactions(Duration.ZERO).writeApart(() -> deadlock(40)));
		assertThat(this.tries).hasValue(10);
	}

	private String deadlock(int times) {
		if (this.tries.incrementAndGet() <= times) {
			throw new CannotAcquireLockException("deadlock", new SQLException("deadlock", "40001"));
		}
		return "written";
	}

	private static StorageTransactions transactions(Duration lockTimeout) {
		return new StorageTransactions(new DriverManagerDataSource("jdbc:h2:mem:deadlock"), SqlDialect.H2,
				StorageTimeouts.NONE, lockTimeout);
	}

}
