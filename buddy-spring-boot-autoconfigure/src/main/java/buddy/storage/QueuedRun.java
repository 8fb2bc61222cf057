package buddy.storage;

import java.time.Duration;

/**
 * A run that is to be executed later, by any node.
 *
 * @param run the run, without an owner
 * @param priority runs of a higher priority are executed first; 0 is usual
 * @param delay how long to wait before it is executed; zero for as soon as possible
 */
public record QueuedRun(NewRun run, int priority, Duration delay) {
}
