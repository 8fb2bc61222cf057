package buddy.actuate;

import java.time.Duration;

/**
 * How health is told.
 *
 * @param timeout how long the store has to answer
 */
public record HealthSettings(Duration timeout) {
}
