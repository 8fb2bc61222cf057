package buddy.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.storage.jpa.JpaStorageSettings;
import buddy.storage.jpa.SchemaMode;

/**
 * The properties of where sessions and runs are stored.
 *
 * @param schema What to do about buddy's tables at start-up.
 * @param entityManagerFactory Name of the entity manager factory bean to store sessions
 * and runs in. By default, the only or the primary one.
 * @param statementTimeout How long a statement of a run's begin or end, or of what goes
 * on in the background, may take on PostgreSQL and MariaDB. A connection that says
 * nothing for half as long again is dropped. Zero is no limit; let it be shorter than a
 * quarter of buddy.node.lease.
 * @param schemaName Name of the schema that buddy's tables are in, written as the
 * database keeps it; on MariaDB the database. By default, that of the data source's
 * connections.
 * @param migration Database user that creates and changes buddy's tables, where that of
 * the data source may not.
 */
@ConfigurationProperties("buddy.storage")
record BuddyStorageProperties(@DefaultValue("migrate") SchemaMode schema, @Nullable String entityManagerFactory,
		@DefaultValue("10s") Duration statementTimeout, @Nullable String schemaName,
		@DefaultValue Migration migration) {

	JpaStorageSettings toSettings() {
		return new JpaStorageSettings(this.schema, this.entityManagerFactory, this.statementTimeout, this.schemaName,
				new JpaStorageSettings.Migration(this.migration.url(), this.migration.username(),
						this.migration.password()));
	}

	/**
	 * Database user that creates and changes the tables.
	 *
	 * @param url JDBC URL. By default, that of the data source.
	 * @param username User who may create tables. By default, that of the data source.
	 * @param password Password of that user.
	 */
	record Migration(@Nullable String url, @Nullable String username, @Nullable String password) {
	}

}
