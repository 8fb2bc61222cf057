package buddy.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.storage.jpa.JpaStorageSettings;
import buddy.storage.jpa.SchemaMode;

/**
 * Properties for the storage of sessions and runs.
 *
 * @param schema What to do with buddy's tables at start-up.
 * @param entityManagerFactory Name of the entity manager factory bean to store sessions
 * and runs in. By default, the only or the primary one.
 * @param statementTimeout Timeout of buddy's statements at the beginning and end of runs
 * and in the background, on PostgreSQL and MariaDB. A connection that does not respond
 * for 1.5 times as long is closed. Zero is no limit. It should be less than a quarter of
 * buddy.node.lease.
 * @param schemaName Name of the schema of buddy's tables, in the case that the database
 * uses; on MariaDB the name of the database. By default, that of the data source's
 * connections.
 * @param migration Separate database user that creates and changes buddy's tables.
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
