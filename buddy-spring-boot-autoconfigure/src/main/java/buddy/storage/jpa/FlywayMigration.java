package buddy.storage.jpa;

import java.sql.SQLException;
import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Runs buddy's scripts with a separate Flyway that is not a bean, so that it does not
 * affect Boot's Flyway of the application.
 */
final class FlywayMigration {

	private static final Logger logger = LoggerFactory.getLogger(FlywayMigration.class);

	/** What the application's own tables count as. */
	private static final String BASELINE = "0";

	/** The SQL state for a user without the right. */
	private static final String POSTGRESQL_FORBIDDEN = "42501";

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
			.baselineVersion(BASELINE)
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
		MigrateResult result = QuietFlywayLog.during(configuration::load, FlywayMigration::migrate);
		String place = (schema != null) ? "schema " + schema + " of " + database.productName() : database.productName();
		log(result, place);
	}

	private static void log(MigrateResult result, String place) {
		int scripts = result.migrationsExecuted;
		if (scripts == 0) {
			return; // another node was faster
		}
		String before = result.initialSchemaVersion;
		if (before == null || before.equals(BASELINE)) {
			logger.info("Created buddy's tables in {} ({} migrations)", place, scripts);
		}
		else {
			logger.info("Updated buddy's tables in {} from version {} to {}", place, before,
					result.targetSchemaVersion);
		}
	}

	private static boolean isForbidden(FlywayException failure) {
		return NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause
				&& POSTGRESQL_FORBIDDEN.equals(cause.getSQLState());
	}

	/**
	 * Migrates with one retry: Flyway baselines outside of its lock, so if two nodes
	 * start on an empty schema at once, one may fail. A failure of a script occurs again
	 * in the retry.
	 */
	private static MigrateResult migrate(Flyway flyway) {
		try {
			return flyway.migrate();
		}
		catch (FlywayException first) {
			if (isForbidden(first)) {
				throw first; // Flyway itself has tried for ten seconds
			}
			try {
				return flyway.migrate();
			}
			catch (FlywayException second) {
				first.addSuppressed(second);
				throw first;
			}
		}
	}

}
