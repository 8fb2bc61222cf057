package buddy.mcp;

/**
 * Thrown at start-up when two workflows have the same MCP tool name: tool names allow
 * fewer characters than workflow ids.
 */
public class DuplicateToolException extends IllegalStateException {

	private final String tool;

	private final String first;

	private final String second;

	DuplicateToolException(String tool, String first, String second) {
		super("The workflows '" + first + "' and '" + second + "' would have the same MCP tool name '" + tool + "'");
		this.tool = tool;
		this.first = first;
		this.second = second;
	}

	/**
	 * Returns the suggested action.
	 * @return a sentence
	 */
	public String action() {
		return "Give one of them a workflowId that differs from the other's in the first 64 characters, where all characters but letters,"
				+ " digits, '-' and '_' count as '_', or publish only one of them as a tool: buddy.workflows."
				+ this.second + ".mcp.enabled=false (or " + this.first + "). Clients know the tool as '" + this.tool
				+ "'.";
	}

}
