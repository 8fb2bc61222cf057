package buddy.autoconfigure;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the buddyworkflows endpoint.
 *
 * @param showValues When to show the users and inputs of runs.
 * @param roles Roles that may see users and inputs if show-values is when-authorized.
 * When empty, all authenticated users may.
 */
@ConfigurationProperties("management.endpoint.buddyworkflows")
public record BuddyWorkflowsEndpointProperties(@DefaultValue("never") Show showValues,
		@DefaultValue Set<String> roles) {
}
