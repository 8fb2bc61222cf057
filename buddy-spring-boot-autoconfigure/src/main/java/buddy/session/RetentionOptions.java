package buddy.session;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Options for how long runs and sessions are kept. {@code null} leaves an option unset,
 * and zero keeps everything.
 *
 * @param runAge how long an ended run is kept, counted from its beginning
 * @param runsPerSession the number of ended runs to keep per session, newest first
 * @param sessionAge how long a session is kept with its runs, counted from its last use
 * @param pausedAge how long a run may be paused, whatever it waits for; then it is
 * cancelled
 */
public record RetentionOptions(@Nullable Duration runAge, @Nullable Integer runsPerSession,
		@Nullable Duration sessionAge, @Nullable Duration pausedAge) {

	/** Options without any value: everything is kept. */
	public static final RetentionOptions NONE = new RetentionOptions(null, null, null, null);

	/**
	 * Validates the values.
	 */
	public RetentionOptions {
		requireNotNegative("runAge", (runAge != null) ? runAge.toMillis() : 0);
		requireNotNegative("runsPerSession", (runsPerSession != null) ? runsPerSession : 0);
		requireNotNegative("sessionAge", (sessionAge != null) ? sessionAge.toMillis() : 0);
		requireNotNegative("pausedAge", (pausedAge != null) ? pausedAge.toMillis() : 0);
	}

	/**
	 * Creates options by which runs may be paused for ever.
	 * @param runAge how long an ended run is kept, counted from its beginning
	 * @param runsPerSession the number of ended runs to keep per session, newest first
	 * @param sessionAge how long a session is kept with its runs, counted from its last
	 * use
	 */
	public RetentionOptions(@Nullable Duration runAge, @Nullable Integer runsPerSession,
			@Nullable Duration sessionAge) {
		this(runAge, runsPerSession, sessionAge, null);
	}

	/**
	 * Returns these options, overridden by those that are set in others.
	 * @param others the options that win
	 * @return the combined options
	 */
	public RetentionOptions overriddenBy(RetentionOptions others) {
		return new RetentionOptions((others.runAge != null) ? others.runAge : this.runAge,
				(others.runsPerSession != null) ? others.runsPerSession : this.runsPerSession,
				(others.sessionAge != null) ? others.sessionAge : this.sessionAge,
				(others.pausedAge != null) ? others.pausedAge : this.pausedAge);
	}

	/**
	 * Returns whether these options ever delete anything.
	 * @return whether a value is set and not zero
	 */
	public boolean deletes() {
		return millis(this.runAge) > 0 || millis(this.sessionAge) > 0 || millis(this.pausedAge) > 0
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
