package buddy.web;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Detects whether a request failed because the database is unavailable or overloaded,
 * however the exception is wrapped.
 */
final class DatabaseFailures {

	/**
	 * The maximum number of causes to follow, since a chain of causes may be circular.
	 */
	private static final int MAX_CAUSES = 30;

	/**
	 * The SQL state classes for lost connections, insufficient resources and a server
	 * that shuts down.
	 */
	private static final List<String> STATES = List.of("08", "53", "57P");

	/**
	 * Error codes of H2, which has no state for these: the database is being closed or is
	 * closed.
	 */
	private static final Set<Integer> H2_CODES = Set.of(90098, 90121);

	private static final boolean SPRING = ClassUtils.isPresent(
			"org.springframework.dao.DataAccessResourceFailureException", DatabaseFailures.class.getClassLoader());

	private DatabaseFailures() {
	}

	static boolean isTemporary(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof SQLException sql && isTemporary(sql)
					|| SPRING && SpringExceptions.isTemporary(cause)) {
				return true;
			}
			Throwable hidden = SPRING ? SpringExceptions.hiddenBy(cause) : null;
			if (hidden != null && hidden != failure && isTemporary(hidden)) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	private static boolean isTemporary(SQLException ex) {
		return ex instanceof SQLTransientException || ex instanceof SQLRecoverableException
				|| ex instanceof SQLNonTransientConnectionException || H2_CODES.contains(ex.getErrorCode())
				|| hasState(ex.getSQLState());
	}

	private static boolean hasState(@Nullable String state) {
		return state != null && STATES.stream().anyMatch(state::startsWith);
	}

	/** Loaded only where Spring's data access exceptions are present. */
	private static final class SpringExceptions {

		/** A rollback that fails hides why there was one. */
		static @Nullable Throwable hiddenBy(Throwable ex) {
			return (ex instanceof org.springframework.transaction.TransactionSystemException failed)
					? failed.getApplicationException() : null;
		}

		static boolean isTemporary(Throwable ex) {
			return ex instanceof org.springframework.dao.TransientDataAccessException
					|| ex instanceof org.springframework.dao.RecoverableDataAccessException
					|| ex instanceof org.springframework.dao.DataAccessResourceFailureException
					|| ex instanceof org.springframework.transaction.CannotCreateTransactionException;
		}

	}

}
