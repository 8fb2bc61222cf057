package buddy.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the console.
 *
 * @param enabled Whether the console is served. By default it is while DevTools or one of
 * the profiles local, dev and test is active, and where the routes serve only clients on
 * the same machine: without Spring Security and buddy.web.allow-remote.
 */
@ConfigurationProperties("buddy.console")
public record BuddyConsoleProperties(@Nullable Boolean enabled) {
}
