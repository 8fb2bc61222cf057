package buddy.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which workflows are tools of the application's MCP server.
 *
 * @param enabled Whether a workflow is a tool, unless buddy.workflows.*.mcp.enabled says
 * otherwise of it.
 */
@ConfigurationProperties("buddy.mcp")
public record BuddyMcpProperties(@DefaultValue("true") boolean enabled) {

}
