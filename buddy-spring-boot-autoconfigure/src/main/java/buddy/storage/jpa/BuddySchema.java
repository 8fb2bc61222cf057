package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.ClassUtils;

/**
 * Migrates buddy's tables to the version of this library, or validates their version. A
 * current schema costs one select.
 */
final class BuddySchema {

	private static final Logger logger = LoggerFactory.getLogger(BuddySchema.class);

	/**
	 * Serializes migrations of embedded databases, which have no lock that outlives a
	 * transaction.
	 */
	private static final Object EMBEDDED = new Object();

	private final String entityManagerFactory;

	private final DataSource dataSource;

	private final @Nullable String schemaName;

	private final JpaStorageSettings.Migration migration;

	private final ClassLoader classLoader;

	BuddySchema(String entityManagerFactory, DataSource dataSource, JpaStorageSettings settings,
			ClassLoader classLoader) {
		this.schemaName = settings.schemaName();
		this.migration = settings.migration();
		this.entityManagerFactory = entityManagerFactory;
		this.dataSource = dataSource;
		this.classLoader = classLoader;
	}

	/**
	 * Creates, updates or validates the tables.
	 * @return whether the tables must be checked by writing to them. This is not
	 * necessary for tables on a server that buddy's scripts created at an earlier start
	 */
	boolean prepare(SchemaMode mode, @Nullable Object expectedSchema) {
		Found found = look(expectedSchema);
		int bundled = SchemaVersion.bundled(found.database(), this.classLoader);
		if (mode == SchemaMode.VALIDATE) {
			validate(found, bundled);
			return true;
		}
		if (found.version().failed() || found.version().number() < bundled) {
			migrate(found.database(), bundled);
			return true;
		}
		if (found.version().number() > bundled) {
			logger.warn(
					"buddy's tables behind entity manager factory '{}' have version {}, newer than version {} of"
							+ " this library; they are used as they are.",
					this.entityManagerFactory, found.version().number(), bundled);
		}
		// the URL and the file of an embedded database may change with every start
		return found.database().isEmbedded();
	}

	private Found look(@Nullable Object expectedSchema) {
		try (Connection connection = connect()) {
			Database database = Database.ofProduct(connection.getMetaData().getDatabaseProductName(),
					this.entityManagerFactory);
			if (this.schemaName == null) {
				requireSchema(connection, expectedSchema);
			}
			DatabaseAdvice.log(database, connection, this.dataSource);
			return new Found(database, SchemaVersion.read(connection, this.schemaName));
		}
		catch (SQLException ex) {
			throw unreachable(ex);
		}
	}

	private Connection connect() throws SQLException {
		try {
			return this.dataSource.getConnection();
		}
		catch (RuntimeException ex) {
			// the pool fails to start
			throw unreachable(ex);
		}
	}

	/**
	 * Checks that Hibernate's default schema is the schema of the connections, which
	 * plain SQL uses.
	 */
	private void requireSchema(Connection connection, @Nullable Object expected) throws SQLException {
		if (expected == null) {
			return;
		}
		String schema = connection.getSchema();
		if (schema != null && !schema.equalsIgnoreCase(expected.toString().replace("\"", "").replace("`", ""))) {
			throw new StorageSetupException(
					"Entity manager factory '" + this.entityManagerFactory + "' has hibernate.default_schema "
							+ expected + ", but its connections are in schema " + schema
							+ ", where buddy's tables are.",
					"Make the connections start in " + expected
							+ " (PostgreSQL: ?currentSchema=… in the URL; Hikari: spring.datasource.hikari.schema),"
							+ " or leave hibernate.default_schema out.");
		}
	}

	private void validate(Found found, int bundled) {
		SchemaVersion version = found.version();
		if (version.number() == bundled && !version.failed()) {
			return;
		}
		String state = version.failed() ? "were left incomplete by a script that failed"
				: (version.number() == 0) ? "are missing (or their history " + SchemaVersion.HISTORY_TABLE + " is)"
						: "have version " + version.number();
		throw new StorageSetupException(
				"buddy's tables behind entity manager factory '" + this.entityManagerFactory + "' " + state
						+ ", and this library needs version " + bundled
						+ "; buddy.storage.schema=validate changes nothing.",
				(version.number() > bundled) ? "Use the version of buddy that created them, or a later one."
						: "Apply the scripts in " + found.database().scripts()
								+ " of the jar buddy-spring-boot-autoconfigure with Flyway (history table "
								+ SchemaVersion.HISTORY_TABLE + ", baseline version 0), or let buddy do it with"
								+ " buddy.storage.schema=migrate. Where another tool owns the tables, say"
								+ " buddy.storage.schema=none.");
	}

	private void migrate(Database database, int bundled) {
		requireFlyway("org.flywaydb.core.Flyway", "org.flywaydb:flyway-core", database);
		if (database.flywayType() != null && database.flywayArtifact() != null) {
			requireFlyway(database.flywayType(), database.flywayArtifact(), database);
		}
		if (!database.isEmbedded()) {
			runScripts(database, bundled);
			return;
		}
		synchronized (EMBEDDED) {
			if (!isCurrent(bundled)) {
				runScripts(database, bundled);
			}
		}
	}

	private void requireFlyway(String type, String artifact, Database database) {
		if (!ClassUtils.isPresent(type, this.classLoader)) {
			throw new StorageSetupException(
					"buddy's tables on " + database.productName() + " (entity manager factory '"
							+ this.entityManagerFactory + "') must be created or updated, and " + artifact
							+ " is not on the class path.",
					"Add the dependency " + artifact + ", or apply the scripts in " + database.scripts()
							+ " yourself and set buddy.storage.schema to validate or none.");
		}
	}

	private void runScripts(Database database, int bundled) {
		try {
			if (this.migration.isSet()) {
				FlywayMigration.run(migrationDataSource(), false, database, this.schemaName, this.classLoader);
			}
			else if (SingleConnectionPool.is(this.dataSource)) {
				runOnOneConnection(database);
			}
			else {
				FlywayMigration.run(this.dataSource, false, database, this.schemaName, this.classLoader);
			}
		}
		catch (SQLException ex) {
			throw unreachable(ex);
		}
		catch (RuntimeException ex) {
			// another node may have migrated meanwhile
			if (this.migration.isSet() || !isCurrent(bundled)) {
				StorageAdvice advice = StorageAdvice.of(ex);
				throw new StorageSetupException(
						"buddy's tables on " + database.productName() + " behind entity manager factory '"
								+ this.entityManagerFactory + "' could not be brought to version " + bundled + ": "
								+ ex.getMessage(),
						(advice != null) ? advice.action()
								: "Check that the database user may create tables (buddy.storage.migration.* names another one) and that the connection pool holds two"
										+ " connections, or apply the scripts in " + database.scripts()
										+ " yourself and set buddy.storage.schema=validate.",
						ex);
			}
		}
	}

	private void runOnOneConnection(Database database) throws SQLException {
		try (Connection connection = connect()) {
			FlywayMigration.run(new SingleConnectionDataSource(connection, true), true, database, this.schemaName,
					this.classLoader);
		}
	}

	/**
	 * Returns a data source with the migration user, for the same database unless another
	 * URL is set.
	 */
	private DataSource migrationDataSource() throws SQLException {
		String url = this.migration.url();
		if (url == null) {
			try (Connection connection = connect()) {
				url = connection.getMetaData().getURL();
			}
		}
		String username = this.migration.username();
		return (username != null)
				? new DriverManagerDataSource(url, username, Objects.requireNonNullElse(this.migration.password(), ""))
				: new DriverManagerDataSource(url);
	}

	/** Returns the names of the tables; SQLite has no persistent schemas. */
	SchemaTables tables() {
		if (this.schemaName == null) {
			return SchemaTables.OF_CONNECTION;
		}
		try (Connection connection = connect()) {
			Database database = Database.ofProduct(connection.getMetaData().getDatabaseProductName(),
					this.entityManagerFactory);
			if (database == Database.SQLITE) {
				throw new StorageSetupException(
						"buddy.storage.schema-name is '" + this.schemaName + "', and " + database.productName()
								+ " (entity manager factory '" + this.entityManagerFactory + "') has no schemas.",
						"Leave buddy.storage.schema-name out.");
			}
			return SchemaTables.in(this.schemaName, database);
		}
		catch (SQLException ex) {
			throw unreachable(ex);
		}
	}

	private boolean isCurrent(int bundled) {
		try (Connection connection = connect()) {
			SchemaVersion version = SchemaVersion.read(connection, this.schemaName);
			return !version.failed() && version.number() >= bundled;
		}
		catch (SQLException ex) {
			throw unreachable(ex);
		}
	}

	private StorageSetupException unreachable(Exception ex) {
		StorageAdvice advice = StorageAdvice.of(ex);
		return new StorageSetupException(
				"buddy cannot reach the database of entity manager factory '" + this.entityManagerFactory + "': "
						+ ex.getMessage(),
				(advice != null) ? advice.action()
						: "Start the database, and check URL, user and password of the data source (spring.datasource.*).",
				ex);
	}

	private record Found(Database database, SchemaVersion version) {
	}

}
