package buddy.storage.jpa;

/**
 * Settings for all statements.
 *
 * @param timeouts the timeouts
 * @param tables the names of the tables
 * @param payloads the form of the payloads in them
 */
record StatementSettings(StorageTimeouts timeouts, SchemaTables tables, StoredPayloads payloads) {

	/**
	 * Creates settings with plain payloads.
	 * @param timeouts the timeouts
	 * @param tables the names of the tables
	 */
	StatementSettings(StorageTimeouts timeouts, SchemaTables tables) {
		this(timeouts, tables, StoredPayloads.PLAIN);
	}

}
