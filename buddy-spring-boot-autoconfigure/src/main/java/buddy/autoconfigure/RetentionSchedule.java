package buddy.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import buddy.budget.BudgetRetention;
import buddy.durable.StepRetention;
import buddy.event.EventRetention;
import buddy.storage.AuditRetention;
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

	private final @Nullable EventRetention events;

	private final StepRetention steps;

	private final AuditRetention audit;

	private final @Nullable BudgetRetention budgets;

	private final RegisteredWorkflows workflows;

	private final Duration interval;

	private final ClockJumps clock;

	private @Nullable ScheduledExecutorService thread;

	RetentionSchedule(Retentions retentions, Supplier<List<RunRetention>> stores, RegisteredWorkflows workflows,
			Duration interval, ClockJumps clock) {
		if (interval.toMillis() < 1) {
			throw new IllegalArgumentException("'buddy.retention.interval' must be longer than " + interval);
		}
		this.retention = retentions.sessions();
		this.stores = stores;
		this.events = retentions.events();
		this.steps = retentions.steps();
		this.audit = retentions.audit();
		this.budgets = retentions.budgets();
		this.workflows = workflows;
		this.interval = interval;
		this.clock = clock;
	}

	@Override
	public synchronized void start() {
		boolean deletesEvents = this.events != null && this.events.deletes();
		// a lazy workflow may have its own retention
		boolean deletesBudgets = this.budgets != null && this.budgets.deletes();
		boolean nothing = !this.retention.deletes() && !deletesEvents && !this.steps.deletes() && !this.audit.deletes()
				&& !deletesBudgets && this.workflows.isComplete();
		if (this.thread != null || nothing) {
			return;
		}
		this.retention.resume();
		if (this.events != null) {
			this.events.resume();
		}
		this.steps.resume();
		this.audit.resume();
		if (this.budgets != null) {
			this.budgets.resume();
		}
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
			long events = (this.events != null) ? this.events.sweep(now) : 0;
			if (events > 0) {
				logger.info("Retention deleted {} events of workflow runs", events);
			}
			long steps = this.steps.sweep(now);
			if (steps > 0) {
				logger.info("Retention deleted {} steps of workflow runs", steps);
			}
			long entries = this.audit.sweep(now);
			if (entries > 0) {
				logger.info("Retention deleted {} entries of the audit of workflow runs", entries);
			}
			long periods = (this.budgets != null) ? this.budgets.sweep(now) : 0;
			if (periods > 0) {
				logger.info("Retention deleted {} periods of budgets that were over", periods);
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
		if (this.events != null) {
			this.events.stop();
		}
		this.steps.stop();
		this.audit.stop();
		if (this.budgets != null) {
			this.budgets.stop();
		}
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
	 * What is deleted.
	 *
	 * @param sessions deletes runs and sessions
	 * @param events deletes events, or {@code null}
	 * @param steps deletes steps
	 * @param audit deletes entries of the audit
	 * @param budgets deletes periods of budgets, or {@code null} if there are no budgets
	 */
	record Retentions(SessionRetention sessions, @Nullable EventRetention events, StepRetention steps,
			AuditRetention audit, @Nullable BudgetRetention budgets) {
	}

}
