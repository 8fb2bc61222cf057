package buddy.storage.jpa;

import java.time.Duration;

/**
 * How long buddy's own statements may take.
 *
 * @param statement a statement of a run's begin or end, or of what goes on in the
 * background; zero for no limit
 */
record StorageTimeouts(Duration statement) {

	static final StorageTimeouts NONE = new StorageTimeouts(Duration.ZERO);

	/** A list, a deletion or an import may take so many times as long. */
	private static final int PATIENCE = 10;

	StorageTimeouts {
		if (statement.isNegative()) {
			throw new IllegalArgumentException(
					"A statement cannot take " + statement + " (buddy.storage.statement-timeout); zero is for ever");
		}
	}

	/** What statements may take that read or delete much. */
	StorageTimeouts patient() {
		return new StorageTimeouts(this.statement.multipliedBy(PATIENCE));
	}

	/**
	 * How long the driver waits for an answer until it drops the connection: longer than
	 * the database is given for the statement, so that it can say so.
	 */
	int networkMillis() {
		return (int) Math.min(this.statement.toMillis() * 3 / 2, Integer.MAX_VALUE);
	}

	/** Drivers count seconds. */
	int statementSeconds() {
		return (int) Math.min((this.statement.toMillis() + 999) / 1000, Integer.MAX_VALUE);
	}

}
