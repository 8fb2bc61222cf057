package buddy.event;

import java.time.Duration;

/**
 * How the events of runs are stored.
 *
 * @param flushInterval how long an event waits for others, at the most
 * @param batchSize how many events are stored at once, 1 to 5000
 * @param maxEventSize how many bytes the JSON of an event may have; of a larger one, the
 * content is left out
 * @param patience how long a run waits for a store that is slower than it, or that fails,
 * before events are lost
 */
public record RecordingOptions(Duration flushInterval, int batchSize, long maxEventSize, Duration patience) {

	/** 50 ms, 500 events, 256 kB, 10 s. */
	public static final RecordingOptions DEFAULT = new RecordingOptions(Duration.ofMillis(50), 500, 256 * 1024,
			Duration.ofSeconds(10));

	private static final int MOST = 5000;

	private static final int SMALL = 1024;

	/**
	 * Checks the numbers.
	 */
	public RecordingOptions {
		if (flushInterval.toMillis() < 1) {
			throw new IllegalArgumentException(
					"'buddy.events.flush-interval' must be at least 1ms, not " + flushInterval);
		}
		if (batchSize < 1 || batchSize > MOST) {
			throw new IllegalArgumentException("'buddy.events.batch-size' must be 1 to " + MOST + ", not " + batchSize);
		}
		if (maxEventSize < SMALL) {
			throw new IllegalArgumentException(
					"'buddy.events.max-event-size' must be at least " + SMALL + " bytes, not " + maxEventSize);
		}
	}

}
