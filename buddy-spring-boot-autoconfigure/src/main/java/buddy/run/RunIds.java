package buddy.run;

import java.time.Clock;

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

}
