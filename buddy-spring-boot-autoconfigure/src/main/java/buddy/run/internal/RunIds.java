package buddy.run.internal;

import java.time.Clock;
import java.util.Locale;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.UUIDClock;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;

/**
 * Makes run ids: UUIDs of version 7, so that ids made later sort later.
 */
public final class RunIds {

	private final TimeBasedEpochGenerator generator;

	/**
	 * Makes ids whose time is a clock's.
	 * @param clock tells the time
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
	 * Makes the next id.
	 * @return a UUID of version 7 in lower case
	 */
	public String next() {
		return this.generator.generate().toString();
	}

	/**
	 * Returns what all ids that are made before a time sort before, and no others.
	 * @param millis the time, in milliseconds since the epoch
	 * @return the beginning of the ids that are made at that time
	 */
	public static String before(long millis) {
		long time = Math.max(millis, 0);
		return String.format(Locale.ROOT, "%08x-%04x", time >>> 16, time & 0xffff);
	}

}
