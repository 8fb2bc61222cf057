package buddy.run.internal;

import java.time.Clock;
import java.util.Locale;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.UUIDClock;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;

/**
 * Generates run ids: UUIDs of version 7, so that later ids sort after earlier ones.
 */
public final class RunIds {

	private final TimeBasedEpochGenerator generator;

	/**
	 * Creates a generator.
	 * @param clock the clock that the ids take their time from
	 */
	public RunIds(Clock clock) {
		this.generator = Generators.timeBasedEpochGenerator(null, new UUIDClock() {

			@Override
			public long currentTimeMillis() {
				return clock.millis();
			}

		});
	}

	/**
	 * Generates the next id.
	 * @return a UUID of version 7 in lower case
	 */
	public String next() {
		return this.generator.generate().toString();
	}

	/**
	 * Returns a prefix that separates the ids generated before a time, which sort before
	 * it, from all others.
	 * @param millis the time, in milliseconds since the epoch
	 * @return the prefix of the ids that are generated at that time
	 */
	public static String before(long millis) {
		long time = Math.max(millis, 0);
		return String.format(Locale.ROOT, "%08x-%04x", time >>> 16, time & 0xffff);
	}

}
