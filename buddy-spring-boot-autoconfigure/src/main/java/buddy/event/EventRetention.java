package buddy.event;

import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Deletes the events of runs that ended long ago.
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
	 * @param store where the events are
	 * @param age how long events are kept after the end of their run; 0 is for ever
	 * @param batchSize of how many runs events are deleted at once
	 * @param used whether this process has stored any events yet
	 * @param clock tells the time
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
	 * Tells whether anything is ever deleted.
	 * @return whether an age is set
	 */
	public boolean deletes() {
		return !this.age.isZero();
	}

	/**
	 * Deletes, in short transactions, whatever is kept no longer now. The first sweep of
	 * a process that has stored no event is left out: it costs an application that
	 * streams nothing a query right after its start.
	 * @return how many events were deleted
	 */
	public synchronized long sweep() {
		boolean first = !this.sweptBefore;
		this.sweptBefore = true;
		if (!deletes() || (first && !this.used.getAsBoolean())) {
			return 0;
		}
		long before = this.clock.millis() - this.age.toMillis();
		long all = 0;
		int deleted = 1;
		while (deleted > 0 && !this.stopped) {
			deleted = this.store.deleteOfRunsEndedBefore(before, this.batchSize);
			all += deleted;
		}
		return all;
	}

	/**
	 * Lets a sweep in progress end with its next transaction, and begins no other.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Lets sweeps delete again after {@link #stop()}.
	 */
	public void resume() {
		this.stopped = false;
	}

}
