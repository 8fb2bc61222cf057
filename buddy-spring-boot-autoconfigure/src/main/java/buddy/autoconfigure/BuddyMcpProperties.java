package buddy.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties for workflows as tools of the application's MCP server.
 *
 * @param enabled Whether workflows are tools of the MCP server. Can be overridden per
 * workflow with buddy.workflows.*.mcp.enabled.
 */
@ConfigurationProperties("buddy.mcp")
public record BuddyMcpProperties(@DefaultValue("true") boolean enabled) {

}
