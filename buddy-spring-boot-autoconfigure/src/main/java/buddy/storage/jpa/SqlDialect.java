package buddy.storage.jpa;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * The differences in SQL between the databases.
 */
enum SqlDialect {

	H2("H2", "? format json", "greatest", " for update",
			"cast(extract(epoch from current_timestamp) * 1000 as bigint)"),

	POSTGRESQL("PostgreSQL", "cast(? as jsonb)", "greatest", " for update",
			"cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"),

	/**
	 * Computes the time in UTC, since local times are ambiguous at the end of daylight
	 * saving time.
	 */
	MARIADB("MariaDB", "?", "greatest", " for update",
			"(timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(3)) div 1000)"),

	/** Has one writer at a time, so every row that a writer reads is locked. */
	SQLITE("SQLite", "?", "max", "", "cast(unixepoch('subsec') * 1000 as integer)");

	private final String productName;

	private final String json;

	private final String greatest;

	private final String forUpdate;

	private final String now;

	SqlDialect(String productName, String json, String greatest, String forUpdate, String now) {
		this.productName = productName;
		this.json = json;
		this.greatest = greatest;
		this.forUpdate = forUpdate;
		this.now = now;
	}

	/**
	 * Determines the dialect of a data source.
	 * @param dataSource the data source
	 * @return the database's dialect
	 */
	static SqlDialect of(DataSource dataSource) {
		String productName;
		try {
			productName = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::getDatabaseProductName);
		}
		catch (MetaDataAccessException ex) {
			throw new IllegalStateException(
					"The database for the workflow sessions does not respond; check the data source's URL, user and password",
					ex);
		}
		for (SqlDialect dialect : values()) {
			if (dialect.productName.equals(productName)) {
				return dialect;
			}
		}
		throw new IllegalStateException("Workflow sessions are stored in H2, PostgreSQL, MariaDB or SQLite, not in '"
				+ productName + "'; choose one of these or declare your own WorkflowSessionRepository bean");
	}

	/** Returns the name of the database's product, as its driver gives it. */
	String productName() {
		return this.productName;
	}

	/** Whether a transaction blocks all other writers, even if it only reads. */
	boolean hasOneWriter() {
		return this == SQLITE;
	}

	/** Whether deleting a row cascades to the rows that refer to it. */
	boolean enforcesForeignKeys() {
		return this != SQLITE; // unless configured otherwise
	}

	/** Returns a parameter for the text of a JSON document. */
	String json() {
		return this.json;
	}

	/** Returns the greater of a column and a parameter. */
	String greatest(String column) {
		return this.greatest + "(" + column + ", ?)";
	}

	/** Returns the end of a select that reads the current row and locks it. */
	String forUpdate() {
		return this.forUpdate;
	}

	/**
	 * Returns the end of a select that reads a row as it stands now, and keeps others
	 * from changing it until the write that the select is part of is over. Several writes
	 * may share the lock where the database supports that.
	 */
	String forShare() {
		return switch (this) {
			case POSTGRESQL -> " for share";
			case MARIADB -> " lock in share mode";
			case H2 -> " for update";
			case SQLITE -> "";
		};
	}

	/** Returns a parameter in the list of a select, which does not imply its type. */
	String parameter(String type) {
		return (this == POSTGRESQL || this == H2) ? "cast(? as " + type + ")" : "?";
	}

	/** Returns a parameter for JSON text that is stored as it is written. */
	String jsonText() {
		return (this == POSTGRESQL) ? "cast(? as json)" : this.json;
	}

	/** Returns a text field of a JSON object in a column, or null if it has none. */
	String jsonField(String column, String field) {
		return switch (this) {
			case H2 -> "trim(both '\"' from cast((" + column + ").\"" + field + "\" as varchar))";
			case POSTGRESQL -> column + " ->> '" + field + "'";
			case MARIADB -> "json_value(" + column + ", '$." + field + "')";
			case SQLITE -> "json_extract(" + column + ", '$." + field + "')";
		};
	}

	/** Returns the time of the database's clock, in milliseconds since the epoch. */
	String now() {
		return this.now;
	}

	/**
	 * Whether one statement can write several tables, so that a run begins and ends in
	 * one round trip.
	 */
	boolean fusesWrites() {
		return this == POSTGRESQL;
	}

	/** Whether there is a network between the application and the database. */
	boolean isServer() {
		return this == POSTGRESQL || this == MARIADB;
	}

	/**
	 * Returns whether a statement failed since another transaction has locked a row, so
	 * that statements on other rows may succeed.
	 */
	boolean isLocked(RuntimeException failure) {
		if (!(NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause)) {
			return false;
		}
		return switch (this) {
			case POSTGRESQL -> "55P03".equals(cause.getSQLState());
			case MARIADB -> cause.getErrorCode() == 1205;
			case H2 -> cause.getErrorCode() == H2ExceptionTranslator.LOCKED;
			case SQLITE -> false; // the whole database is locked
		};
	}

	/**
	 * Creates a template with a statement timeout. It costs no extra statement: the
	 * driver cancels a slow statement or sends the timeout along. The embedded databases
	 * have their own lock timeouts.
	 */
	JdbcTemplate template(DataSource dataSource, StorageTimeouts timeouts) {
		JdbcTemplate template = template(dataSource);
		if (isServer() && timeouts.statementSeconds() > 0) {
			template.setQueryTimeout(timeouts.statementSeconds());
		}
		return template;
	}

	JdbcTemplate template(DataSource dataSource) {
		JdbcTemplate template = new JdbcTemplate(dataSource);
		if (this == SQLITE) {
			template.setExceptionTranslator(new SqliteExceptionTranslator());
		}
		else if (this == H2) {
			template.setExceptionTranslator(new H2ExceptionTranslator());
		}
		return template;
	}

	/** Distinguishes a lock that could not be had from other timeouts. */
	private static final class H2ExceptionTranslator extends SQLExceptionSubclassTranslator {

		static final int LOCKED = 50200;

		@Override
		protected @Nullable DataAccessException doTranslate(String task, @Nullable String sql, SQLException ex) {
			return (ex.getErrorCode() == LOCKED) ? new CannotAcquireLockException(buildMessage(task, sql, ex), ex)
					: super.doTranslate(task, sql, ex);
		}

	}

	/** Translates SQLite's own error codes, since its driver has no SQL states. */
	private static final class SqliteExceptionTranslator extends SQLExceptionSubclassTranslator {

		private static final int BUSY = 5;

		private static final int LOCKED = 6;

		private static final int CONSTRAINT = 19;

		@Override
		protected @Nullable DataAccessException doTranslate(String task, @Nullable String sql, SQLException ex) {
			String message = buildMessage(task, sql, ex);
			return switch (ex.getErrorCode() & 0xff) {
				case CONSTRAINT -> isKey(ex) ? new DuplicateKeyException(message, ex)
						: new DataIntegrityViolationException(message, ex);
				case BUSY, LOCKED -> new CannotAcquireLockException(message, ex);
				default -> super.doTranslate(task, sql, ex);
			};
		}

		private static boolean isKey(SQLException ex) {
			String message = String.valueOf(ex.getMessage());
			return message.contains("PRIMARYKEY") || message.contains("UNIQUE");
		}

	}

}
