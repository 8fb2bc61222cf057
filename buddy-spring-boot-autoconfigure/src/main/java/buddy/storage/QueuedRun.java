package buddy.storage;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A run that is to be executed later, by any node.
 *
 * @param run the run, without an owner
 * @param priority runs of a higher priority are executed first; 0 is usual
 * @param delay how long to wait before it is executed; zero for as soon as possible
 * @param key the key by which the runs of its workflow are limited, or {@code null}
 * @param once of the runs with such a key that have not ended, there is only one, or
 * {@code null}
 * @param replaces whether a run with the same key that is still queued is cancelled for
 * this one; otherwise this one is refused while another one has not ended
 */
public record QueuedRun(NewRun run, int priority, Duration delay, @Nullable String key, @Nullable String once,
		boolean replaces) {
}
