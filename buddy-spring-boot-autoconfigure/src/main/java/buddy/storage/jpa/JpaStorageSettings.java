package buddy.storage.jpa;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Where sessions and runs are stored, and who owns the tables.
 *
 * @param schema what to do about the tables at start-up
 * @param entityManagerFactory the name of the entity manager factory bean to store in, or
 * {@code null} for the only or the primary one
 * @param statementTimeout how long a statement of a run's begin or end, or of what goes
 * on in the background, may take; zero for no limit
 */
public record JpaStorageSettings(SchemaMode schema, @Nullable String entityManagerFactory, Duration statementTimeout) {

	StorageTimeouts timeouts() {
		return new StorageTimeouts(this.statementTimeout);
	}

}
