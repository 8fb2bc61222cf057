package buddy.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;

/**
 * Who sees the values of runs.
 *
 * @param showValues when they are shown
 * @param roles who is authorized to see them, if that is asked; empty for everybody who
 * is authenticated
 */
public record EndpointSettings(Show showValues, Set<String> roles) {
}
