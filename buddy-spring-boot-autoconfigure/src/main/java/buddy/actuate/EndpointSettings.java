package buddy.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;

/**
 * Settings for who sees the values of runs.
 *
 * @param showValues when they are shown
 * @param roles the roles that are authorized to see them; empty for all authenticated
 * users
 */
public record EndpointSettings(Show showValues, Set<String> roles) {
}
