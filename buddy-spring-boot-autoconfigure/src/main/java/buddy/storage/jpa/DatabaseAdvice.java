package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

/**
 * Warns at start-up about settings that are missing in the URL of an embedded database.
 */
final class DatabaseAdvice {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseAdvice.class);

	private static final boolean HIKARI = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			DatabaseAdvice.class.getClassLoader());

	private static final List<String> SQLITE = List.of("journal_mode=wal", "busy_timeout=",
			"transaction_mode=immediate");

	private DatabaseAdvice() {
	}

	static void log(Database database, Connection connection, DataSource dataSource) throws SQLException {
		String url = connection.getMetaData().getURL();
		if (url != null && database == Database.H2) {
			h2(url, connection, dataSource);
		}
		else if (url != null && database == Database.SQLITE) {
			sqlite(url);
		}
	}

	private static void h2(String url, Connection connection, DataSource dataSource) throws SQLException {
		if (url.startsWith("jdbc:h2:mem:")) {
			inMemory();
			return;
		}
		if (Stream.of("tcp:", "ssl:", "zip:").anyMatch((prefix) -> url.startsWith("jdbc:h2:" + prefix))) {
			return;
		}
		if (!url.contains(":async:")) {
			logger.warn("The H2 file database {} is opened without the prefix async: (jdbc:h2:async:…). One"
					+ " interrupted thread can then close it for every connection.", url);
		}
		if (!"0".equals(h2WriteDelay(connection))) {
			logger.warn("The H2 file database {} is opened without ;WRITE_DELAY=0. Transactions committed in the last"
					+ " moments before a crash can then be lost.", url);
		}
		if (closesOnExit(dataSource)) {
			logger.warn("The H2 file database {} is opened without ;DB_CLOSE_ON_EXIT=FALSE. On SIGTERM H2 then closes"
					+ " it at once, and runs in progress are not recorded.", url);
		}
	}

	/**
	 * Reads the setting from the database, since the metadata's URL does not contain it.
	 */
	private static @Nullable String h2WriteDelay(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(
						"select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'")) {
			return rows.next() ? rows.getString(1) : null;
		}
	}

	/** Only the URL says so, and only the pool has it as it was given. */
	private static boolean closesOnExit(DataSource dataSource) throws SQLException {
		String url = HIKARI ? Hikari.url(dataSource) : null;
		if (url == null) {
			return false;
		}
		String settings = url.toUpperCase(Locale.ROOT);
		// H2 takes only one of the two
		return !settings.contains(";DB_CLOSE_ON_EXIT=FALSE") && !settings.contains(";AUTO_SERVER=TRUE");
	}

	private static void sqlite(String url) {
		if (url.startsWith("jdbc:sqlite::memory:") || url.contains("mode=memory") || url.equals("jdbc:sqlite:")) {
			inMemory();
			return;
		}
		String parameters = url.toLowerCase(Locale.ROOT);
		List<String> missing = SQLITE.stream().filter((parameter) -> !parameters.contains(parameter)).toList();
		if (!missing.isEmpty()) {
			// a parameter may be an encryption key, so log the file name only
			logger.warn(
					"The URL of {} lacks {}. Concurrent runs then fail with SQLITE_BUSY; use"
							+ " ?journal_mode=WAL&busy_timeout=5000&transaction_mode=IMMEDIATE",
					url.split("\\?", 2)[0], missing);
		}
	}

	private static void inMemory() {
		logger.info("Sessions and runs are stored in an in-memory database and are lost on restart.");
	}

	private static final class Hikari {

		static @Nullable String url(DataSource dataSource) throws SQLException {
			return dataSource.isWrapperFor(HikariDataSource.class)
					? dataSource.unwrap(HikariDataSource.class).getJdbcUrl() : null;
		}

	}

}
