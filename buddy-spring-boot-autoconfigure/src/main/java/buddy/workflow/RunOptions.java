package buddy.workflow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import buddy.session.SessionConcurrency;

/**
 * How a run shares its session and how long it may take; what is {@code null} is left to
 * whoever is asked next.
 *
 * @param concurrency what happens when another run is in progress in its session
 * @param waitTimeout how long it waits for its turn where it waits
 * @param timeout how long it may take once it has begun; zero for as long as it likes
 */
record RunOptions(@Nullable SessionConcurrency concurrency, @Nullable Duration waitTimeout,
		@Nullable Duration timeout) {

	static final RunOptions NONE = new RunOptions(null, null, null);

	/** What applies where nobody says anything. */
	static final RunOptions DEFAULTS = new RunOptions(SessionConcurrency.MERGE, Duration.ofSeconds(30), Duration.ZERO);

	RunOptions withConcurrency(@Nullable SessionConcurrency concurrency) {
		return new RunOptions(concurrency, this.waitTimeout, this.timeout);
	}

	RunOptions withWaitTimeout(@Nullable Duration waitTimeout) {
		return new RunOptions(this.concurrency, notNegative("wait timeout", waitTimeout), this.timeout);
	}

	RunOptions withTimeout(@Nullable Duration timeout) {
		return new RunOptions(this.concurrency, this.waitTimeout, notNegative("timeout", timeout));
	}

	RunOptions overriddenBy(RunOptions others) {
		return new RunOptions((others.concurrency != null) ? others.concurrency : this.concurrency,
				(others.waitTimeout != null) ? others.waitTimeout : this.waitTimeout,
				(others.timeout != null) ? others.timeout : this.timeout);
	}

	SessionConcurrency requireConcurrency() {
		return (this.concurrency != null) ? this.concurrency : SessionConcurrency.MERGE;
	}

	Duration requireWaitTimeout() {
		return (this.waitTimeout != null) ? this.waitTimeout : Duration.ZERO;
	}

	/** How long the run may take, or {@code null} for as long as it likes. */
	@Nullable Duration limit() {
		return (this.timeout == null || this.timeout.isZero()) ? null : this.timeout;
	}

	private static @Nullable Duration notNegative(String name, @Nullable Duration duration) {
		if (duration != null && duration.isNegative()) {
			throw new IllegalArgumentException("A run's " + name + " must not be negative, and is " + duration);
		}
		return duration;
	}

}
