package buddy.event;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Deletes the events of runs that ended before a retention period.
 */
public final class EventRetention {

	private final RunEventStore store;

	private final Duration age;

	private final int batchSize;

	private final BooleanSupplier used;

	private final Clock clock;

	private volatile boolean stopped;

	private boolean sweptBefore;

	/**
	 * Creates the retention of a store.
	 * @param store the store
	 * @param age how long events are kept after the end of their run; 0 keeps everything
	 * @param batchSize the number of runs whose events are deleted at once
	 * @param used whether this process has stored any events
	 * @param clock the clock
	 */
	public EventRetention(RunEventStore store, Duration age, int batchSize, BooleanSupplier used, Clock clock) {
		if (age.isNegative()) {
			throw new IllegalArgumentException("'buddy.events.retention' must not be negative; 0 keeps everything");
		}
		this.store = store;
		this.age = age;
		this.batchSize = batchSize;
		this.used = used;
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
	 * Deletes old events in short transactions. The first sweep of a process that has
	 * stored no events is skipped, which saves applications that do not stream a query
	 * right after start-up.
	 * @return the number of deleted events
	 */
	public long sweep() {
		return sweep(this.clock.instant());
	}

	/**
	 * Deletes events that are old at a given time, like {@link #sweep()}.
	 * @param time the time by which ages are counted
	 * @return the number of deleted events
	 */
	public synchronized long sweep(Instant time) {
		boolean first = !this.sweptBefore;
		this.sweptBefore = true;
		if (!deletes() || (first && !this.used.getAsBoolean())) {
			return 0;
		}
		long before = time.toEpochMilli() - this.age.toMillis();
		long all = 0;
		int deleted = 1;
		while (deleted > 0 && !this.stopped) {
			deleted = this.store.deleteOfRunsEndedBefore(before, this.batchSize);
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
