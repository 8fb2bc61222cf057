package buddy.storage;

import java.time.Duration;

/**
 * A limit on queued runs over all nodes.
 *
 * @param key what it is for; all runs with the same key count together
 * @param concurrency how many runs may be in progress at the same time; 0 is no limit
 * @param runs how many runs may begin within a time; 0 is no limit
 * @param per the time
 */
public record FlowLimit(String key, int concurrency, int runs, Duration per) {
}
