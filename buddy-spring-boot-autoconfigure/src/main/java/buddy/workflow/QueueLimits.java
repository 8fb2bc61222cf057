package buddy.workflow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Limits on the queued runs of a workflow, over all nodes of the application. Direct
 * calls of the workflow are not limited and do not count. Immutable: each method returns
 * a changed copy.
 */
public final class QueueLimits {

	private static final QueueLimits NONE = new QueueLimits(null, null, null, null);

	private final @Nullable Integer concurrency;

	private final @Nullable Integer concurrencyPerKey;

	private final @Nullable Rate rate;

	private final @Nullable Rate ratePerKey;

	private QueueLimits(@Nullable Integer concurrency, @Nullable Integer concurrencyPerKey, @Nullable Rate rate,
			@Nullable Rate ratePerKey) {
		this.concurrency = concurrency;
		this.concurrencyPerKey = concurrencyPerKey;
		this.rate = rate;
		this.ratePerKey = ratePerKey;
	}

	/**
	 * Returns no limits.
	 * @return the limits
	 */
	public static QueueLimits none() {
		return NONE;
	}

	/**
	 * Sets how many queued runs of the workflow may be in progress at the same time.
	 * Others wait, without a thread. A run that has paused does not count.
	 * @param runs the number; {@code null} for no limit
	 * @return the changed limits
	 */
	public QueueLimits concurrency(@Nullable Integer runs) {
		return new QueueLimits(positive("concurrency", runs), this.concurrencyPerKey, this.rate, this.ratePerKey);
	}

	/**
	 * Sets how many queued runs of the workflow with the same key, such as a user or a
	 * tenant, may be in progress at the same time.
	 * @param runs the number; {@code null} for no limit
	 * @return the changed limits
	 * @see SubmitOptions#key
	 */
	public QueueLimits concurrencyPerKey(@Nullable Integer runs) {
		return new QueueLimits(this.concurrency, positive("concurrency-per-key", runs), this.rate, this.ratePerKey);
	}

	/**
	 * Sets how many queued runs of the workflow may begin within a time. Others begin
	 * later, in the order in which they became due.
	 * @param rate the rate; {@code null} for no limit
	 * @return the changed limits
	 */
	public QueueLimits rate(@Nullable Rate rate) {
		return new QueueLimits(this.concurrency, this.concurrencyPerKey, rate, this.ratePerKey);
	}

	/**
	 * Sets how many queued runs of the workflow with the same key may begin within a
	 * time.
	 * @param rate the rate; {@code null} for no limit
	 * @return the changed limits
	 * @see SubmitOptions#key
	 */
	public QueueLimits ratePerKey(@Nullable Rate rate) {
		return new QueueLimits(this.concurrency, this.concurrencyPerKey, this.rate, rate);
	}

	/**
	 * Returns how many runs may be in progress.
	 * @return the number, or {@code null}
	 */
	public @Nullable Integer concurrency() {
		return this.concurrency;
	}

	/**
	 * Returns how many runs with the same key may be in progress.
	 * @return the number, or {@code null}
	 */
	public @Nullable Integer concurrencyPerKey() {
		return this.concurrencyPerKey;
	}

	/**
	 * Returns how many runs may begin within a time.
	 * @return the rate, or {@code null}
	 */
	public @Nullable Rate rate() {
		return this.rate;
	}

	/**
	 * Returns how many runs with the same key may begin within a time.
	 * @return the rate, or {@code null}
	 */
	public @Nullable Rate ratePerKey() {
		return this.ratePerKey;
	}

	QueueLimits overriddenBy(QueueLimits others) {
		return new QueueLimits((others.concurrency != null) ? others.concurrency : this.concurrency,
				(others.concurrencyPerKey != null) ? others.concurrencyPerKey : this.concurrencyPerKey,
				(others.rate != null) ? others.rate : this.rate,
				(others.ratePerKey != null) ? others.ratePerKey : this.ratePerKey);
	}

	private static @Nullable Integer positive(String name, @Nullable Integer runs) {
		if (runs != null && runs < 1) {
			throw new IllegalArgumentException("'" + name + "' must be 1 or more, not " + runs);
		}
		return runs;
	}

	/**
	 * How many runs may begin within a time.
	 *
	 * @param runs the number, 1 or more
	 * @param per the time, a millisecond for each run at least
	 */
	public record Rate(int runs, Duration per) {

		/**
		 * Creates a rate.
		 * @param runs the number
		 * @param per the time
		 */
		public Rate {
			if (runs < 1) {
				throw new IllegalArgumentException("'runs' of a rate must be 1 or more, not " + runs);
			}
			if (per.toMillis() < runs) {
				throw new IllegalArgumentException(
						"'per' of a rate must be a millisecond for each run at least, not " + per);
			}
		}

	}

}
