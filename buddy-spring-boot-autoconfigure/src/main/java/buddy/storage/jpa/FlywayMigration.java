package buddy.storage.jpa;

import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Runs buddy's scripts by a Flyway of its own, which is no bean: Boot's Flyway, where the
 * application has one, behaves as if this one were absent.
 */
final class FlywayMigration {

	private FlywayMigration() {
	}

	static void run(DataSource dataSource, boolean singleConnection, Database database, @Nullable String schema,
			ClassLoader classLoader) {
		// the application's tables make the schema non-empty: take it as version 0
		var configuration = Flyway.configure(classLoader)
			.dataSource(dataSource)
			.table(SchemaVersion.HISTORY_TABLE)
			.locations("classpath:" + database.scripts())
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.cleanDisabled(true)
			.failOnMissingLocations(true)
			.placeholderReplacement(false);
		if (schema != null) {
			configuration.schemas(schema).defaultSchema(schema);
		}
		if (singleConnection && database == Database.POSTGRESQL) {
			// the lock of a transaction would end with the script's transaction
			configuration.configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
		}
		migrate(configuration.load());
	}

	/**
	 * Flyway decides on its baseline outside of its lock, so of two nodes that start on
	 * an empty schema at once, one may fail. It finds the other's work when it tries
	 * again; the failure of a script comes back.
	 */
	private static void migrate(Flyway flyway) {
		try {
			flyway.migrate();
		}
		catch (FlywayException first) {
			try {
				flyway.migrate();
			}
			catch (FlywayException second) {
				first.addSuppressed(second);
				throw first;
			}
		}
	}

}
