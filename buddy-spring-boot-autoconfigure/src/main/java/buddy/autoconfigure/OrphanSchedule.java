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
 * Periodically ends the runs of processes that died.
 */
class OrphanSchedule implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(OrphanSchedule.class);

	private static final long AFTER_START_MILLIS = 2000;

	private final Runnable sweep;

	private final boolean needed;

	private final Duration interval;

	private @Nullable ScheduledExecutorService thread;

	private boolean failed;

	/**
	 * Creates a schedule.
	 * @param sweep ends the runs
	 * @param needed whether the store keeps nodes, so that there may be such runs
	 * @param interval the interval
	 */
	OrphanSchedule(Runnable sweep, boolean needed, Duration interval) {
		this.sweep = sweep;
		this.needed = needed;
		this.interval = interval;
	}

	@Override
	public synchronized void start() {
		if (this.thread != null || !this.needed) {
			return;
		}
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-orphans-");
		threads.setDaemon(true);
		this.thread = Executors.newSingleThreadScheduledExecutor(threads);
		// soon, since what is seen before long counts, but not while the application
		// starts
		this.thread.scheduleWithFixedDelay(this::sweep, Math.min(this.interval.toMillis(), AFTER_START_MILLIS),
				this.interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void sweep() {
		try {
			this.sweep.run();
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("The check for runs whose process died failed; it is repeated in {}", this.interval, ex);
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
