package buddy.engine.dbscheduler;

import java.time.Duration;

/**
 * Settings of the engine on db-scheduler.
 *
 * @param threads how many runs this node executes at the same time
 * @param pollInterval how often it looks for tickets that are due
 * @param heartbeat the interval of the heartbeats of tickets whose runs are executed
 * @param lease how long a ticket without heartbeat counts as executed
 */
public record EngineSettings(int threads, Duration pollInterval, Duration heartbeat, Duration lease) {

	private static final int FEWEST_HEARTBEATS = 4;

	/** The heartbeats that may be missed, of which db-scheduler wants some. */
	int missedHeartbeats() {
		return Math.max(FEWEST_HEARTBEATS, (int) Math.min(this.lease.dividedBy(this.heartbeat), Integer.MAX_VALUE));
	}

}
