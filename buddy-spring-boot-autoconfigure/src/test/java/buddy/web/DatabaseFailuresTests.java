package buddy.web;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionSystemException;

import static org.assertj.core.api.Assertions.assertThat;

/** Which failures say that the database is away for a moment. */
class DatabaseFailuresTests {

	@Test
	void rollbackThatFailsDoesNotHideThatTheConnectionWasCut() {
		SQLException noState = new SQLException("Connection is closed");

		assertThat(DatabaseFailures.isTemporary(rollback(noState, new DataAccessResourceFailureException("cut"))))
			.isTrue();
		assertThat(DatabaseFailures
			.isTemporary(rollback(noState, new IllegalStateException(new SQLException("terminated", "57P01")))))
			.isTrue();
		assertThat(DatabaseFailures.isTemporary(rollback(new SQLException("cut", "08006"), null))).isTrue();
		assertThat(DatabaseFailures.isTemporary(rollback(noState, new IllegalStateException("bug")))).isFalse();
	}

	private static TransactionSystemException rollback(SQLException cause, @Nullable RuntimeException why) {
		TransactionSystemException failure = new TransactionSystemException("JDBC rollback failed", cause);
		if (why != null) {
			failure.initApplicationException(why);
		}
		return failure;
	}

}
