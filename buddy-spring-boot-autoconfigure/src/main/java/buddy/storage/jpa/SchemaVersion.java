package buddy.storage.jpa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The version of buddy's schema in a database.
 *
 * @param number the number of the newest applied script, 0 for none
 * @param failed whether a script failed
 */
record SchemaVersion(int number, boolean failed) {

	/** Flyway's history table for buddy's scripts, separate from the application's. */
	static final String HISTORY_TABLE = "buddy_schema_history";

	private static final SchemaVersion NONE = new SchemaVersion(0, false);

	/**
	 * Reads the version with one select, and another one on MariaDB.
	 * @param connection a connection; a transaction that this opens is rolled back
	 * @param schema the schema of the history, or {@code null} for that of the connection
	 * @return the version, with number 0 if there is no history
	 */
	static SchemaVersion read(Connection connection, @Nullable String schema) throws SQLException {
		if (isMissing(connection.getMetaData(), schema)) {
			return NONE;
		}
		String quote = connection.getMetaData().getIdentifierQuoteString().trim();
		String table = (schema != null) ? "?%s?.?%s?".formatted(schema, HISTORY_TABLE)
				: "?%s?".formatted(HISTORY_TABLE);
		String sql = "select ?version?, ?success? from %s".formatted(table).replace("?", quote);
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			SchemaVersion newest = NONE;
			while (rows.next()) {
				newest = newest.and(rows.getString(1), rows.getBoolean(2));
			}
			return newest;
		}
		catch (SQLException ex) {
			// most likely there is no such table; Flyway will report any other problem
			return NONE;
		}
		finally {
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
		}
	}

	/**
	 * MariaDB's driver logs a warning for every statement that fails, so it is asked
	 * first.
	 */
	private static boolean isMissing(DatabaseMetaData database, @Nullable String schema) throws SQLException {
		if (!Database.MARIADB.productName().equals(database.getDatabaseProductName())) {
			return false;
		}
		String catalog = (schema != null) ? schema : database.getConnection().getCatalog();
		try (ResultSet tables = database.getTables(catalog, null, HISTORY_TABLE, null)) {
			return !tables.next();
		}
	}

	/**
	 * Returns the number of the newest script in this library.
	 * @param database the database that the script is for
	 * @param classLoader the class loader of the scripts
	 * @return the number
	 */
	static int bundled(Database database, ClassLoader classLoader) {
		try {
			return Arrays
				.stream(new PathMatchingResourcePatternResolver(classLoader)
					.getResources("classpath*:" + database.scripts() + "/V*__*.sql"))
				.map((script) -> Objects.requireNonNull(script.getFilename()))
				.mapToInt((name) -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
				.max()
				.orElseThrow(() -> new StorageSetupException(
						"The scripts of buddy's tables for " + database.productName() + " are not on the class path.",
						"Look for " + database.scripts()
								+ " in the application's jar: a tool that repacks jars may have left it out."));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot list " + database.scripts(), ex);
		}
	}

	private SchemaVersion and(String version, boolean success) {
		int other = (success && version != null) ? Integer.parseInt(version) : 0;
		return new SchemaVersion(Math.max(this.number, other), this.failed || !success);
	}

}
