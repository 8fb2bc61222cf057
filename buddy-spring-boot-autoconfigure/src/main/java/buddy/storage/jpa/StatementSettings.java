package buddy.storage.jpa;

/**
 * What holds for all statements.
 *
 * @param timeouts how long they may take
 * @param tables where the tables are
 */
record StatementSettings(StorageTimeouts timeouts, SchemaTables tables) {
}
