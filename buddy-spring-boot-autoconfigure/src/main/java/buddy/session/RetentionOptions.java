package buddy.session;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How long runs and sessions are kept. What is {@code null} is not said here, and what is
 * zero is kept for ever.
 *
 * @param runAge how long a run that has ended is kept, from its begin
 * @param runsPerSession how many of a session's runs that have ended are kept, the newest
 * @param sessionAge how long a session is kept, with its runs, from its last use
 */
public record RetentionOptions(@Nullable Duration runAge, @Nullable Integer runsPerSession,
		@Nullable Duration sessionAge) {

	/** Says nothing, so that everything is kept. */
	public static final RetentionOptions NONE = new RetentionOptions(null, null, null);

	/**
	 * Checks the numbers.
	 */
	public RetentionOptions {
		requireNotNegative("runAge", (runAge != null) ? runAge.toMillis() : 0);
		requireNotNegative("runsPerSession", (runsPerSession != null) ? runsPerSession : 0);
		requireNotNegative("sessionAge", (sessionAge != null) ? sessionAge.toMillis() : 0);
	}

	/**
	 * Returns these options, overridden by whatever others say.
	 * @param others the options that win
	 * @return the combined options
	 */
	public RetentionOptions overriddenBy(RetentionOptions others) {
		return new RetentionOptions((others.runAge != null) ? others.runAge : this.runAge,
				(others.runsPerSession != null) ? others.runsPerSession : this.runsPerSession,
				(others.sessionAge != null) ? others.sessionAge : this.sessionAge);
	}

	/**
	 * Tells whether anything is ever deleted.
	 * @return whether some number is there and not zero
	 */
	public boolean deletes() {
		return millis(this.runAge) > 0 || millis(this.sessionAge) > 0
				|| (this.runsPerSession != null && this.runsPerSession > 0);
	}

	private static long millis(@Nullable Duration age) {
		return (age != null) ? age.toMillis() : 0;
	}

	private static void requireNotNegative(String name, long value) {
		if (value < 0) {
			throw new IllegalArgumentException("'" + name + "' must not be negative; 0 keeps everything");
		}
	}

}
