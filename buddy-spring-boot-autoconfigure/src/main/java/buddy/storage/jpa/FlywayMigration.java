package buddy.storage.jpa;

import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Runs buddy's scripts with a separate Flyway that is not a bean, so that it does not
 * affect Boot's Flyway of the application.
 */
final class FlywayMigration {

	private FlywayMigration() {
	}

	static void run(DataSource dataSource, boolean singleConnection, Database database, @Nullable String schema,
			ClassLoader classLoader) {
		// the application's tables make the schema non-empty, so baseline it as version 0
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
			// a transactional lock would end with the script's transaction
			configuration.configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
		}
		migrate(configuration.load());
	}

	/**
	 * Migrates with one retry: Flyway baselines outside of its lock, so if two nodes
	 * start on an empty schema at once, one may fail. A failure of a script occurs again
	 * in the retry.
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
