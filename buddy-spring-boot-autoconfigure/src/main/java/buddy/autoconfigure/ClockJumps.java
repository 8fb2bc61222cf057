package buddy.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the wall clock has jumped ahead, compared with one that nobody sets.
 *
 * <p>
 * A jump is taken for a mistake that somebody will undo, until it has lasted for a day.
 */
final class ClockJumps {

	private static final Logger logger = LoggerFactory.getLogger(ClockJumps.class);

	/** The two clocks may part by so much between two looks. */
	private static final Duration TOLERATED = Duration.ofMinutes(1);

	private static final Duration BELIEVED_AFTER = Duration.ofDays(1);

	private final Clock clock;

	private final LongSupplier nanoTime;

	private long wallTime;

	private long passedSince;

	private boolean told;

	/**
	 * Begins to watch a clock.
	 * @param clock the wall clock
	 * @param nanoTime counts nanoseconds, as {@link System#nanoTime}
	 */
	ClockJumps(Clock clock, LongSupplier nanoTime) {
		this.clock = clock;
		this.nanoTime = nanoTime;
		believe(clock.instant());
	}

	/**
	 * Returns the time, unless the wall clock shows one that cannot have come yet.
	 * Whoever acts by it must not read the clock again, which may be set at any moment.
	 * @return the time, or nothing if the clock has jumped ahead within the last day
	 */
	synchronized Optional<Instant> now() {
		Instant now = this.clock.instant();
		Duration passed = Duration.ofNanos(this.nanoTime.getAsLong() - this.passedSince);
		Duration ahead = Duration.ofMillis(now.toEpochMilli() - this.wallTime).minus(passed);
		if (ahead.abs().compareTo(TOLERATED) <= 0 || passed.compareTo(BELIEVED_AFTER) >= 0) {
			believe(now);
			return Optional.of(now);
		}
		if (!ahead.isNegative() && !this.told) {
			this.told = true;
			logger.warn("The clock has jumped ahead by {} s. Nothing is deleted by its age until the clock is set back,"
					+ " or has stayed so for a day", ahead.toSeconds());
		}
		return ahead.isNegative() ? Optional.of(now) : Optional.empty();
	}

	private void believe(Instant now) {
		this.wallTime = now.toEpochMilli();
		this.passedSince = this.nanoTime.getAsLong();
		this.told = false;
	}

}
