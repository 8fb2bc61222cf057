package buddy.engine.temporal.internal;

import java.time.Duration;

/**
 * Settings of the engine on Temporal.
 *
 * @param taskQueue the task queue of the application, which its nodes share
 * @param threads how many runs this node executes at the same time
 * @param heartbeat the interval of the heartbeats of tickets that this node executes
 * @param lease how long a ticket without heartbeat counts as executed
 */
public record TemporalSettings(String taskQueue, int threads, Duration heartbeat, Duration lease) {
}
