package buddy.observability;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Overview;

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

	private volatile @Nullable Overview overview;

	StoredRunMetrics(RunOwners owners, Duration fresh) {
		this.owners = owners;
		this.freshNanos = fresh.toNanos();
		this.lookedAt = System.nanoTime() - this.freshNanos;
		this.executor.setDaemon(true);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "buddy.runs.paused", Overview::paused,
				"Runs of all processes that wait for a person or a time");
		gauge(registry, "buddy.runs.queued", Overview::queued,
				"Queued runs that no process has begun, counted up to 10,000");
		gauge(registry, "buddy.runs.overdue", (seen) -> seen.overdueMillis() / 1000.0,
				"Seconds for which the first queued run has been due");
	}

	private void gauge(MeterRegistry registry, String name, ToDoubleFunction<Overview> value, String description) {
		Gauge.builder(name, this, (metrics) -> metrics.value(value)).description(description).register(registry);
	}

	/** Returns a number as it was last seen; it is not known at first. */
	private double value(ToDoubleFunction<Overview> value) {
		if (System.nanoTime() - this.lookedAt >= this.freshNanos && this.looking.compareAndSet(false, true)) {
			this.lookedAt = System.nanoTime();
			this.executor.execute(this::look);
		}
		Overview seen = this.overview;
		return (seen != null) ? value.applyAsDouble(seen) : Double.NaN;
	}

	private void look() {
		try {
			this.overview = this.owners.overview(LONGEST);
		}
		catch (RuntimeException ex) {
			this.overview = null;
			logger.debug("The paused and queued runs could not be counted", ex);
		}
		finally {
			this.looking.set(false);
		}
	}

}
