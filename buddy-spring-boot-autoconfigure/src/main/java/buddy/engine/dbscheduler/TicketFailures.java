package buddy.engine.dbscheduler;

import java.sql.SQLException;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells of what the database refuses as all other statements of the transaction do:
 * db-scheduler has exceptions of its own for that, by which nobody sees that the
 * transaction was aborted for another one and can be tried again.
 */
final class TicketFailures {

	private final JdbcTemplate template;

	TicketFailures(DataSource dataSource) {
		this.template = new JdbcTemplate(dataSource);
	}

	/** Executes statements of db-scheduler in the current transaction. */
	<T> T translated(Supplier<T> statements) {
		try {
			return statements.get();
		}
		catch (RuntimeException ex) {
			SQLException cause = cause(ex);
			DataAccessException translated = (cause != null)
					? this.template.getExceptionTranslator().translate("Tickets of queued runs", null, cause) : null;
			throw (translated != null) ? translated : ex;
		}
	}

	private static @Nullable SQLException cause(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException found) {
				return found;
			}
		}
		return null;
	}

}
