package buddy.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that only moves when a test moves it.
 */
public final class SettableClock extends Clock {

	/** The initial time. */
	public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final Now now;

	private final ZoneId zone;

	/**
	 * Creates a clock in UTC, set to {@link #START}.
	 */
	public SettableClock() {
		this(new Now(), ZoneOffset.UTC);
	}

	private SettableClock(Now now, ZoneId zone) {
		this.now = now;
		this.zone = zone;
	}

	/**
	 * Sets the time.
	 * @param instant the time
	 */
	public void set(Instant instant) {
		synchronized (this.now) {
			this.now.instant = instant;
		}
	}

	/**
	 * Advances the time.
	 * @param duration the duration to advance by
	 */
	public void advance(Duration duration) {
		synchronized (this.now) {
			this.now.instant = this.now.instant.plus(duration);
		}
	}

	/**
	 * Sets the time to {@link #START}.
	 */
	public void reset() {
		set(START);
	}

	@Override
	public Instant instant() {
		synchronized (this.now) {
			return this.now.instant;
		}
	}

	@Override
	public ZoneId getZone() {
		return this.zone;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return new SettableClock(this.now, zone);
	}

	/** The time, shared by the copies of a clock in other zones. */
	private static final class Now {

		private Instant instant = START;

	}

}
