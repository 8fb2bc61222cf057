package buddy.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Looks into the store periodically while the application runs, on a thread of its own.
 */
class PeriodicCheck implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(PeriodicCheck.class);

	private static final long AFTER_START_MILLIS = 2000;

	private final String name;

	private final Runnable check;

	private final boolean needed;

	private final Duration interval;

	private @Nullable ScheduledExecutorService thread;

	private boolean failed;

	/**
	 * Creates a check.
	 * @param name the name of its thread and of what it looks for, such as
	 * {@code orphans}
	 * @param check looks once
	 * @param needed whether there may be anything to find in the store
	 * @param interval the interval
	 */
	PeriodicCheck(String name, Runnable check, boolean needed, Duration interval) {
		if (interval.toMillis() < 1) {
			throw new IllegalArgumentException(
					"The interval of the check for " + name + " must be at least 1ms, not " + interval);
		}
		this.name = name;
		this.check = check;
		this.needed = needed;
		this.interval = interval;
	}

	@Override
	public synchronized void start() {
		if (this.thread != null || !this.needed) {
			return;
		}
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-" + this.name + "-");
		threads.setDaemon(true);
		this.thread = Executors.newSingleThreadScheduledExecutor(threads);
		// soon, since what is seen before long counts, but not while the application
		// starts
		this.thread.scheduleWithFixedDelay(this::check, Math.min(this.interval.toMillis(), AFTER_START_MILLIS),
				this.interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void check() {
		try {
			this.check.run();
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("The check for {} failed; it is repeated in {}", this.name, this.interval, ex);
			}
			this.failed = true;
		}
	}

	/** Stops without an interrupt, which could close an H2 file. */
	@Override
	public synchronized void stop() {
		if (this.thread != null) {
			this.thread.shutdown();
			this.thread = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

}
