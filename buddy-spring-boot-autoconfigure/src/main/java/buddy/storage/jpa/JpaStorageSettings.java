package buddy.storage.jpa;

import org.jspecify.annotations.Nullable;

/**
 * Where sessions and runs are stored, and who owns the tables.
 *
 * @param schema what to do about the tables at start-up
 * @param entityManagerFactory the name of the entity manager factory bean to store in, or
 * {@code null} for the only or the primary one
 */
public record JpaStorageSettings(SchemaMode schema, @Nullable String entityManagerFactory) {
}
