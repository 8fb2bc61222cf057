package buddy.durable.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The time for which a write is tried again while the database is away.
 */
public final class Patience {

	private static final long FIRST_MILLIS = 100;

	private static final long LONGEST_MILLIS = 2000;

	private final long deadline;

	private long wait = FIRST_MILLIS;

	/**
	 * Begins now.
	 * @param most how long
	 */
	public Patience(Duration most) {
		this.deadline = System.nanoTime() + most.toNanos();
	}

	/**
	 * Waits before the next attempt, each time longer.
	 * @return whether there is time for another attempt
	 */
	public boolean await() {
		return await(new CountDownLatch(1));
	}

	/**
	 * Waits before the next attempt, unless the run is asked to stop.
	 * @param stop opened when the run is asked to stop
	 * @return whether there is time for another attempt
	 */
	boolean await(CountDownLatch stop) {
		long left = this.deadline - System.nanoTime();
		if (left <= 0) {
			return false;
		}
		try {
			boolean stopped = stop.await(Math.min(left, TimeUnit.MILLISECONDS.toNanos(this.wait)),
					TimeUnit.NANOSECONDS);
			this.wait = Math.min(this.wait * 2, LONGEST_MILLIS);
			return !stopped;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
