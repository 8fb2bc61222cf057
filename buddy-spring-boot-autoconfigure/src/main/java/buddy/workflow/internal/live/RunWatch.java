package buddy.workflow.internal.live;

import java.time.Duration;

/**
 * Settings for monitoring the runs of a process.
 *
 * @param interval the interval between checks, which is how long a cancel request of
 * another node may take to be seen
 * @param idleTimeout the time without a pull after which the run of a stream is
 * cancelled; zero for never
 * @param interrupt whether the thread of a run that is cancelled is interrupted
 */
public record RunWatch(Duration interval, Duration idleTimeout, boolean interrupt) {

	public static final RunWatch DEFAULT = new RunWatch(Duration.ofSeconds(1), Duration.ofMinutes(10), false);

	public RunWatch {
		if (interval.toMillis() < 1) {
			throw new IllegalArgumentException("Runs must be looked after at least every millisecond, not every "
					+ interval + " (buddy.runs.cancel-poll-interval)");
		}
		if (idleTimeout.isNegative()) {
			throw new IllegalArgumentException(
					"A stream cannot be idle for " + idleTimeout + " (buddy.runs.idle-timeout); zero is for ever");
		}
	}

}
