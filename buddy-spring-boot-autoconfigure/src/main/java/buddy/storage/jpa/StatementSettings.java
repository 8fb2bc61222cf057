package buddy.storage.jpa;

/**
 * Settings for all statements.
 *
 * @param timeouts the timeouts
 * @param tables the names of the tables
 */
record StatementSettings(StorageTimeouts timeouts, SchemaTables tables) {
}
