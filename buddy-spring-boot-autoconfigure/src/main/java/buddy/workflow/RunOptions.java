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
public record RunOptions(@Nullable SessionConcurrency concurrency, @Nullable Duration waitTimeout,
		@Nullable Duration timeout) {

	/**
	 * Says nothing: everything is left to whoever is asked next.
	 */
	public static final RunOptions NONE = new RunOptions(null, null, null);

	/** What applies where nobody says anything. */
	public static final RunOptions DEFAULTS = new RunOptions(SessionConcurrency.MERGE, Duration.ofSeconds(30),
			Duration.ZERO);

	/**
	 * Returns these options with another policy.
	 * @param concurrency what happens when another run is in progress in the session
	 * @return the options
	 */
	public RunOptions withConcurrency(@Nullable SessionConcurrency concurrency) {
		return new RunOptions(concurrency, this.waitTimeout, this.timeout);
	}

	/**
	 * Returns these options with another wait timeout.
	 * @param waitTimeout how long a run waits for its turn
	 * @return the options
	 */
	public RunOptions withWaitTimeout(@Nullable Duration waitTimeout) {
		return new RunOptions(this.concurrency, notNegative("wait timeout", waitTimeout), this.timeout);
	}

	/**
	 * Returns these options with another timeout.
	 * @param timeout how long a run may take; zero for as long as it likes
	 * @return the options
	 */
	public RunOptions withTimeout(@Nullable Duration timeout) {
		return new RunOptions(this.concurrency, this.waitTimeout, notNegative("timeout", timeout));
	}

	/**
	 * Returns these options, overridden by what others say.
	 * @param others the options that win
	 * @return the options
	 */
	public RunOptions overriddenBy(RunOptions others) {
		return new RunOptions((others.concurrency != null) ? others.concurrency : this.concurrency,
				(others.waitTimeout != null) ? others.waitTimeout : this.waitTimeout,
				(others.timeout != null) ? others.timeout : this.timeout);
	}

	/**
	 * Returns the policy.
	 * @return the policy, {@code MERGE} where none is set
	 */
	public SessionConcurrency requireConcurrency() {
		return (this.concurrency != null) ? this.concurrency : SessionConcurrency.MERGE;
	}

	/**
	 * Returns how long a run waits for its turn.
	 * @return the timeout, zero where none is set
	 */
	public Duration requireWaitTimeout() {
		return (this.waitTimeout != null) ? this.waitTimeout : Duration.ZERO;
	}

	/** How long the run may take, or {@code null} for as long as it likes. */
	public @Nullable Duration limit() {
		return (this.timeout == null || this.timeout.isZero()) ? null : this.timeout;
	}

	private static @Nullable Duration notNegative(String name, @Nullable Duration duration) {
		if (duration != null && duration.isNegative()) {
			throw new IllegalArgumentException("A run's " + name + " must not be negative, and is " + duration);
		}
		return duration;
	}

}
