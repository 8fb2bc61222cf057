/**
 * Workflows as tools of the application's MCP server.
 */
@NullMarked
package buddy.mcp;

import org.jspecify.annotations.NullMarked;
