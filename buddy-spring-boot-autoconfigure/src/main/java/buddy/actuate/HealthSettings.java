package buddy.actuate;

import java.time.Duration;

/**
 * Settings of the health indicator.
 *
 * @param timeout the time in which the store must respond
 */
public record HealthSettings(Duration timeout) {
}
