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
 * Periodically continues paused runs that are due.
 */
class PauseSchedule implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(PauseSchedule.class);

	/** Not while the application starts. */
	private static final long AFTER_START_MILLIS = 2000;

	private final Runnable look;

	private final boolean needed;

	private final Duration interval;

	private @Nullable ScheduledExecutorService thread;

	private boolean failed;

	/**
	 * Creates a schedule.
	 * @param look continues the runs
	 * @param needed whether there may be such runs
	 * @param interval the interval
	 */
	PauseSchedule(Runnable look, boolean needed, Duration interval) {
		if (interval.toMillis() < 1) {
			throw new IllegalArgumentException("'buddy.engine.poll-interval' must be at least 1ms, not " + interval);
		}
		this.look = look;
		this.needed = needed;
		this.interval = interval;
	}

	@Override
	public synchronized void start() {
		if (this.thread != null || !this.needed) {
			return;
		}
		CustomizableThreadFactory threads = new CustomizableThreadFactory("buddy-engine-");
		threads.setDaemon(true);
		this.thread = Executors.newSingleThreadScheduledExecutor(threads);
		this.thread.scheduleWithFixedDelay(this::look, Math.min(this.interval.toMillis(), AFTER_START_MILLIS),
				this.interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void look() {
		try {
			this.look.run();
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("The check for paused runs that are due failed; it is repeated in {}", this.interval, ex);
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
