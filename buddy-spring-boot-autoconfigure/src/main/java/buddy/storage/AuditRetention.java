package buddy.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Deletes entries of the audit that are older than a retention period.
 */
public final class AuditRetention {

	private final Supplier<@Nullable AuditLog> log;

	private final Duration age;

	private final int batchSize;

	private final Clock clock;

	private volatile boolean stopped;

	/**
	 * Creates the retention of a store.
	 * @param log supplies the store, or {@code null} if there is none
	 * @param age how long entries are kept; 0 keeps everything
	 * @param batchSize the maximum number of entries deleted in a transaction
	 * @param clock the clock
	 */
	public AuditRetention(Supplier<@Nullable AuditLog> log, Duration age, int batchSize, Clock clock) {
		if (age.isNegative()) {
			throw new IllegalArgumentException("'buddy.retention.audit-age' must not be negative; 0 keeps everything");
		}
		this.log = log;
		this.age = age;
		this.batchSize = batchSize;
		this.clock = clock;
	}

	/**
	 * Returns whether anything is ever deleted.
	 * @return whether the age is not zero
	 */
	public boolean deletes() {
		return !this.age.isZero();
	}

	/**
	 * Deletes old entries in short transactions.
	 * @return the number of deleted entries
	 */
	public long sweep() {
		return sweep(this.clock.instant());
	}

	/**
	 * Deletes what is old at a given time, like {@link #sweep()}.
	 * @param time the time by which ages are counted
	 * @return the number of deleted entries
	 */
	public long sweep(Instant time) {
		AuditLog entries = deletes() ? this.log.get() : null;
		if (entries == null) {
			return 0;
		}
		long before = time.toEpochMilli() - this.age.toMillis();
		long all = 0;
		int deleted = 1;
		while (deleted > 0 && !this.stopped) {
			deleted = entries.deleteBefore(before, this.batchSize);
			all += deleted;
		}
		return all;
	}

	/**
	 * Stops a sweep in progress after its current transaction, and prevents others.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Allows sweeps again after {@link #stop()}.
	 */
	public void resume() {
		this.stopped = false;
	}

}
