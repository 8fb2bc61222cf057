package buddy.observability;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import buddy.storage.RunOwners;

/**
 * Gauges for the runs in the store, which are those of all processes. Reading a gauge
 * does not wait for the store: the store is asked on another thread, at most twice a
 * minute, and not at all while nobody reads the gauge.
 */
final class StoredRunMetrics implements MeterBinder {

	private static final Logger logger = LoggerFactory.getLogger(StoredRunMetrics.class);

	private static final Duration LONGEST = Duration.ofSeconds(10);

	private final RunOwners owners;

	private final long freshNanos;

	private final SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-metrics-");

	private final AtomicBoolean looking = new AtomicBoolean();

	private volatile long lookedAt;

	private volatile double paused = Double.NaN;

	StoredRunMetrics(RunOwners owners, Duration fresh) {
		this.owners = owners;
		this.freshNanos = fresh.toNanos();
		this.lookedAt = System.nanoTime() - this.freshNanos;
		this.executor.setDaemon(true);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("buddy.runs.paused", this, StoredRunMetrics::paused)
			.description("Runs of all processes that wait for a person or a time")
			.register(registry);
	}

	/** Returns the number as it was last seen; it is not known at first. */
	double paused() {
		if (System.nanoTime() - this.lookedAt >= this.freshNanos && this.looking.compareAndSet(false, true)) {
			this.lookedAt = System.nanoTime();
			this.executor.execute(this::look);
		}
		return this.paused;
	}

	private void look() {
		try {
			this.paused = this.owners.overview(LONGEST).paused();
		}
		catch (RuntimeException ex) {
			this.paused = Double.NaN;
			logger.debug("The paused runs could not be counted", ex);
		}
		finally {
			this.looking.set(false);
		}
	}

}
