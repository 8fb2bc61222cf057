package buddy.storage.jpa;

import java.time.Duration;

/**
 * Timeouts of buddy's statements.
 *
 * @param statement the timeout of statements at the beginning and end of runs and in the
 * background; zero for no limit
 */
record StorageTimeouts(Duration statement) {

	static final StorageTimeouts NONE = new StorageTimeouts(Duration.ZERO);

	/** The factor for lists, deletions and imports. */
	private static final int PATIENCE = 10;

	StorageTimeouts {
		if (statement.isNegative()) {
			throw new IllegalArgumentException(
					"A statement cannot take " + statement + " (buddy.storage.statement-timeout); zero is no limit");
		}
	}

	/** Returns the timeouts of statements that read or delete many rows. */
	StorageTimeouts patient() {
		return new StorageTimeouts(this.statement.multipliedBy(PATIENCE));
	}

	/**
	 * Returns the network timeout. It is longer than the statement timeout, so that the
	 * database can report that first.
	 */
	int networkMillis() {
		return (int) Math.min(this.statement.toMillis() * 3 / 2, Integer.MAX_VALUE);
	}

	/** Returns the statement timeout in seconds, as drivers expect. */
	int statementSeconds() {
		return (int) Math.min((this.statement.toMillis() + 999) / 1000, Integer.MAX_VALUE);
	}

}
