package buddy.storage.jpa;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The databases that buddy supports with scripts.
 */
enum Database {

	H2("H2", null, null),

	SQLITE("SQLite", null, null),

	POSTGRESQL("PostgreSQL", "org.flywaydb:flyway-database-postgresql",
			"org.flywaydb.database.postgresql.PostgreSQLDatabaseType"),

	MARIADB("MariaDB", "org.flywaydb:flyway-mysql", "org.flywaydb.database.mysql.mariadb.MariaDBDatabaseType");

	private final String productName;

	private final @Nullable String flywayArtifact;

	private final @Nullable String flywayType;

	Database(String productName, @Nullable String flywayArtifact, @Nullable String flywayType) {
		this.productName = productName;
		this.flywayArtifact = flywayArtifact;
		this.flywayType = flywayType;
	}

	static Database ofProduct(String productName, String entityManagerFactory) {
		return Arrays.stream(values())
			.filter((database) -> database.productName.equalsIgnoreCase(productName))
			.findFirst()
			.orElseThrow(() -> new StorageSetupException(
					"buddy has no tables for " + productName + ", the database of entity manager factory '"
							+ entityManagerFactory + "'.",
					"Use one of " + supported()
							+ ", choose another entity manager factory with buddy.storage.entity-manager-factory, or"
							+ " declare your own WorkflowSessionRepository bean."));
	}

	/** Returns the folder of the scripts on the class path. */
	String scripts() {
		return "buddy/db/migration/" + name().toLowerCase(Locale.ROOT);
	}

	/** Whether the database runs in this process. */
	boolean isEmbedded() {
		return this == H2 || this == SQLITE;
	}

	String productName() {
		return this.productName;
	}

	/** Returns the artifact that Flyway requires for the database, or {@code null}. */
	@Nullable String flywayArtifact() {
		return this.flywayArtifact;
	}

	/** Returns a class of that artifact, or {@code null}. */
	@Nullable String flywayType() {
		return this.flywayType;
	}

	private static String supported() {
		return Arrays.stream(values()).map(Database::productName).collect(Collectors.joining(", "));
	}

}
