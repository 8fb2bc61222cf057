package buddy.workflow;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.session.SessionConcurrency;

/**
 * Options for how a run shares its session and how long it may take. A {@code null}
 * option is taken from the next source of options.
 *
 * @param concurrency the policy if another run is in progress in its session
 * @param waitTimeout the maximum time it waits for its turn, if it waits
 * @param timeout the maximum time one execution of it may take; zero for no limit
 * @param deadline the maximum time from its call to its end, with all of its pauses; zero
 * for no limit
 * @param deadlineAt when it has to end, in place of {@code deadline}
 */
public record RunOptions(@Nullable SessionConcurrency concurrency, @Nullable Duration waitTimeout,
		@Nullable Duration timeout, @Nullable Duration deadline, @Nullable Instant deadlineAt) {

	/**
	 * Options that set nothing: everything is taken from the next source of options.
	 */
	public static final RunOptions NONE = new RunOptions(null, null, null, null, null);

	/** The defaults, which apply if nothing else is set. */
	public static final RunOptions DEFAULTS = new RunOptions(SessionConcurrency.MERGE, Duration.ofSeconds(30),
			Duration.ZERO, Duration.ZERO, null);

	/**
	 * Returns a copy of these options with another policy.
	 * @param concurrency the policy if another run is in progress in the session
	 * @return the options
	 */
	public RunOptions withConcurrency(@Nullable SessionConcurrency concurrency) {
		return new RunOptions(concurrency, this.waitTimeout, this.timeout, this.deadline, this.deadlineAt);
	}

	/**
	 * Returns a copy of these options with another wait timeout.
	 * @param waitTimeout the maximum time a run waits for its turn
	 * @return the options
	 */
	public RunOptions withWaitTimeout(@Nullable Duration waitTimeout) {
		return new RunOptions(this.concurrency, notNegative("wait timeout", waitTimeout), this.timeout, this.deadline,
				this.deadlineAt);
	}

	/**
	 * Returns a copy of these options with another timeout.
	 * @param timeout the maximum time a run may take; zero for no limit
	 * @return the options
	 */
	public RunOptions withTimeout(@Nullable Duration timeout) {
		return new RunOptions(this.concurrency, this.waitTimeout, notNegative("timeout", timeout), this.deadline,
				this.deadlineAt);
	}

	/**
	 * Returns a copy of these options with another deadline.
	 * @param deadline the maximum time from the call of a run to its end; zero for no
	 * limit
	 * @return the options
	 */
	public RunOptions withDeadline(@Nullable Duration deadline) {
		return new RunOptions(this.concurrency, this.waitTimeout, this.timeout, notNegative("deadline", deadline),
				null);
	}

	/**
	 * Returns a copy of these options with another deadline.
	 * @param deadline when a run has to end
	 * @return the options
	 */
	public RunOptions withDeadline(Instant deadline) {
		return new RunOptions(this.concurrency, this.waitTimeout, this.timeout, null, deadline);
	}

	/**
	 * Returns these options, overridden by those that others set.
	 * @param others the options that take precedence
	 * @return the options
	 */
	public RunOptions overriddenBy(RunOptions others) {
		return new RunOptions((others.concurrency != null) ? others.concurrency : this.concurrency,
				(others.waitTimeout != null) ? others.waitTimeout : this.waitTimeout,
				(others.timeout != null) ? others.timeout : this.timeout,
				others.setsDeadline() ? others.deadline : this.deadline,
				others.setsDeadline() ? others.deadlineAt : this.deadlineAt);
	}

	/**
	 * Returns the policy.
	 * @return the policy; {@code MERGE} if none is set
	 */
	public SessionConcurrency requireConcurrency() {
		return (this.concurrency != null) ? this.concurrency : SessionConcurrency.MERGE;
	}

	/**
	 * Returns the maximum time a run waits for its turn.
	 * @return the timeout; zero if none is set
	 */
	public Duration requireWaitTimeout() {
		return (this.waitTimeout != null) ? this.waitTimeout : Duration.ZERO;
	}

	/** Returns the maximum time the run may take, or {@code null} for no limit. */
	public @Nullable Duration limit() {
		return (this.timeout == null || this.timeout.isZero()) ? null : this.timeout;
	}

	private boolean setsDeadline() {
		return this.deadline != null || this.deadlineAt != null;
	}

	/** Returns whether the run has to end at some time. */
	public boolean hasDeadline() {
		return this.deadlineAt != null || this.deadline != null && !this.deadline.isZero();
	}

	/**
	 * Returns how long a run may take that is called now.
	 * @param now the time
	 * @return the time until its deadline, or {@code null} if it has none
	 */
	public @Nullable Duration untilDeadline(Instant now) {
		if (this.deadlineAt != null) {
			return Duration.between(now, this.deadlineAt);
		}
		return (this.deadline == null || this.deadline.isZero()) ? null : this.deadline;
	}

	private static @Nullable Duration notNegative(String name, @Nullable Duration duration) {
		if (duration != null && duration.isNegative()) {
			throw new IllegalArgumentException("A run's " + name + " must not be negative, and is " + duration);
		}
		return duration;
	}

}
