package buddy.workflow.internal.live;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Repeats a check at an interval while there is something to look after, and uses no
 * thread otherwise.
 */
final class RepeatedCheck {

	private final Runnable check;

	private final BooleanSupplier busy;

	private final ScheduledExecutorService timer;

	private final Duration interval;

	private final AtomicBoolean started = new AtomicBoolean();

	/**
	 * Creates a check that is not started.
	 * @param check the check, which throws nothing
	 * @param busy tells whether there is something to look after
	 * @param timer where the check runs
	 * @param interval the time from one check to the next
	 */
	RepeatedCheck(Runnable check, BooleanSupplier busy, ScheduledExecutorService timer, Duration interval) {
		this.check = check;
		this.busy = busy;
		this.timer = timer;
		this.interval = interval;
	}

	/** Starts it, unless it is started already. */
	void start() {
		if (!this.started.get() && this.started.compareAndSet(false, true)) {
			schedule();
		}
	}

	private void schedule() {
		try {
			this.timer.schedule(this::checkAndGoOn, this.interval.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			this.started.set(false); // closed
		}
	}

	private void checkAndGoOn() {
		try {
			this.check.run();
		}
		finally {
			if (this.busy.getAsBoolean()) {
				schedule();
			}
			else {
				this.started.set(false);
				if (this.busy.getAsBoolean()) { // something was added meanwhile
					start();
				}
			}
		}
	}

}
