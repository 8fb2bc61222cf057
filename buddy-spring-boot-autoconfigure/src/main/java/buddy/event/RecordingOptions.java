package buddy.event;

import java.time.Duration;

/**
 * Options for storing the events of runs.
 *
 * @param flushInterval the maximum time that an event waits for others
 * @param batchSize the maximum number of events that are stored at once, 1 to 5000
 * @param maxEventSize the maximum size of the JSON of an event in bytes; the content of a
 * larger event is left out
 * @param patience how long a run waits for a slow or failing store before events are lost
 */
public record RecordingOptions(Duration flushInterval, int batchSize, long maxEventSize, Duration patience) {

	/** 50 ms, 500 events, 256 kB, 10 s. */
	public static final RecordingOptions DEFAULT = new RecordingOptions(Duration.ofMillis(50), 500, 256 * 1024,
			Duration.ofSeconds(10));

	private static final int MOST = 5000;

	private static final int SMALL = 1024;

	/**
	 * Validates the values.
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
