package buddy.storage.jpa;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the JPA storage.
 *
 * @param schema what to do with the tables at start-up
 * @param entityManagerFactory the name of the entity manager factory bean to store in, or
 * {@code null} for the only or the primary one
 * @param statementTimeout the timeout of statements at the beginning and end of runs and
 * in the background; zero for no limit
 * @param schemaName the schema of the tables, or {@code null} for that of the data
 * source's connections
 * @param migration the database user that creates and changes the tables
 */
public record JpaStorageSettings(SchemaMode schema, @Nullable String entityManagerFactory, Duration statementTimeout,
		@Nullable String schemaName, Migration migration) {

	StorageTimeouts timeouts() {
		return new StorageTimeouts(this.statementTimeout);
	}

	/**
	 * Validates the schema's name.
	 */
	public JpaStorageSettings {
		if (schemaName != null && !schemaName.matches("[A-Za-z_][A-Za-z0-9_$-]*")) {
			throw new StorageSetupException("buddy.storage.schema-name is '" + schemaName + "'.",
					"Name one schema, in letters, digits, _, $ and -, without quotes.");
		}
	}

	/**
	 * The database user that creates and changes the tables.
	 *
	 * @param url the JDBC URL, or {@code null} for that of the data source
	 * @param username the database user, or {@code null} for that of the data source
	 * @param password the user's password, or {@code null} for none
	 */
	public record Migration(@Nullable String url, @Nullable String username, @Nullable String password) {

		boolean isSet() {
			return this.url != null || this.username != null;
		}

	}

}
