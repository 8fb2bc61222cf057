package buddy.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import buddy.storage.RunRetention;
import buddy.storage.SessionRetention;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Periodically deletes old runs and sessions, if retention is configured.
 */
class RetentionSchedule implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RetentionSchedule.class);

	/**
	 * The maximum delay of the first sweep, so that an application that is restarted
	 * often is swept too.
	 */
	private static final Duration FIRST_AFTER_AT_MOST = Duration.ofMinutes(1);

	private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

	private final SessionRetention retention;

	private final Supplier<List<RunRetention>> stores;

	private final List<Sweep> others;

	private final RegisteredWorkflows workflows;

	private final Duration interval;

	private final ClockJumps clock;

	private @Nullable ScheduledExecutorService thread;

	RetentionSchedule(SessionRetention retention, List<Sweep> others, Supplier<List<RunRetention>> stores,
			RegisteredWorkflows workflows, Duration interval, ClockJumps clock) {
		if (interval.toMillis() < 1) {
			throw new IllegalArgumentException("'buddy.retention.interval' must be longer than " + interval);
		}
		this.retention = retention;
		this.others = List.copyOf(others);
		this.stores = stores;
		this.workflows = workflows;
		this.interval = interval;
		this.clock = clock;
	}

	@Override
	public synchronized void start() {
		// a lazy workflow may have its own retention
		boolean nothing = !this.retention.deletes() && this.others.isEmpty() && this.workflows.isComplete();
		if (this.thread != null || nothing) {
			return;
		}
		this.retention.resume();
		this.others.forEach((one) -> one.resume().run());
		if (this.retention.deletes()) {
			this.stores.get(); // fails if a store does not support retention
		}
		this.thread = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread daemon = new Thread(task, "buddy-retention");
			daemon.setDaemon(true);
			return daemon;
		});
		long first = Math.min(this.interval.toMillis(), FIRST_AFTER_AT_MOST.toMillis());
		this.thread.scheduleWithFixedDelay(this::sweep, first, this.interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void sweep() {
		// while the clock is ahead, what is young looks old
		this.clock.now().ifPresent(this::sweep);
	}

	private void sweep(Instant now) {
		try {
			this.workflows.descriptors();
			SessionRetention.Swept swept = this.retention.sweep(now);
			if (swept.paused() > 0) {
				logger.info("Retention ended {} runs that had been paused for too long", swept.paused());
			}
			if (swept.sessions() + swept.runs() > 0) {
				logger.info("Retention deleted {} workflow sessions and {} runs of others", swept.sessions(),
						swept.runs());
			}
			for (Sweep one : this.others) {
				long deleted = one.sweep().applyAsLong(now);
				if (deleted > 0) {
					logger.info("Retention deleted {} {}", deleted, one.what());
				}
			}
		}
		catch (RuntimeException ex) {
			// the next execution must still happen
			logger.warn("Retention could not delete old workflow sessions and runs; it tries again in {}",
					this.interval, ex);
		}
	}

	/** Stops without an interrupt, which could close an H2 file. */
	@Override
	public synchronized void stop() {
		if (this.thread == null) {
			return;
		}
		this.retention.stop();
		this.others.forEach((one) -> one.stop().run());
		this.thread.shutdown();
		try {
			if (!this.thread.awaitTermination(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.warn("Retention is still deleting while the application stops");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.thread = null;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

	/**
	 * Deletes something else that is old.
	 *
	 * @param what what it deletes, for the log
	 * @param sweep deletes what is old at a time, and returns how many
	 * @param stop stops a sweep in progress, and prevents others
	 * @param resume allows sweeps again
	 */
	record Sweep(String what, ToLongFunction<Instant> sweep, Runnable stop, Runnable resume) {
	}

}
