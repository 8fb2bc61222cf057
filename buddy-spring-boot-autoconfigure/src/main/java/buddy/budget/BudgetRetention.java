package buddy.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Deletes what was used of budgets in periods that are over.
 */
public final class BudgetRetention {

	private final Supplier<BudgetStore> store;

	private final Duration age;

	private final int batchSize;

	private volatile boolean stopped;

	/**
	 * Creates the retention of a store.
	 * @param store supplies the store
	 * @param age how long a period is kept that is over; 0 keeps everything
	 * @param batchSize the maximum number of periods deleted in a transaction
	 */
	public BudgetRetention(Supplier<BudgetStore> store, Duration age, int batchSize) {
		if (age.isNegative()) {
			throw new IllegalArgumentException("'buddy.retention.budget-age' must not be negative; 0 keeps everything");
		}
		this.store = store;
		this.age = age;
		this.batchSize = batchSize;
	}

	/**
	 * Returns whether anything is ever deleted.
	 * @return whether the age is not zero
	 */
	public boolean deletes() {
		return !this.age.isZero();
	}

	/**
	 * Deletes what is old at a given time, in short transactions.
	 * @param time the time by which ages are counted
	 * @return the number of deleted periods
	 */
	public long sweep(Instant time) {
		long all = 0;
		int deleted = deletes() ? 1 : 0;
		while (deleted > 0 && !this.stopped) {
			deleted = this.store.get().deleteOver(time.toEpochMilli() - this.age.toMillis(), this.batchSize);
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
