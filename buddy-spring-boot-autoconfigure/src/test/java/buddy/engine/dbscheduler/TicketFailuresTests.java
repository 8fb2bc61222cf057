package buddy.engine.dbscheduler;

import java.sql.SQLException;

import com.github.kagkarlsson.scheduler.exceptions.FailedToScheduleBatchException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

class TicketFailuresTests {

	private final TicketFailures failures = new TicketFailures(new DriverManagerDataSource("jdbc:h2:mem:tickets"));

	@Test
	void deadlockIsOneThoughDbSchedulerHidesIt() {
		SQLException deadlock = new SQLException("deadlock", "40001");
		assertThatExceptionOfType(PessimisticLockingFailureException.class)
			.isThrownBy(() -> this.failures.translated(
					() -> failed(new FailedToScheduleBatchException("no", new IllegalStateException(deadlock)))))
			.withCause(deadlock);
	}

	@Test
	void otherFailuresAndResultsAreLeftAsTheyAre() {
		FailedToScheduleBatchException failure = new FailedToScheduleBatchException("no");
		assertThat(catchThrowable(() -> this.failures.translated(() -> failed(failure)))).isSameAs(failure);
		assertThat(this.failures.translated(() -> "added")).isEqualTo("added");
	}

	private static String failed(RuntimeException failure) {
		throw failure;
	}

}
