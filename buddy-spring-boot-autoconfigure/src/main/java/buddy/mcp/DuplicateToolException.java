package buddy.mcp;

/**
 * Thrown at start-up when two workflows would be the same MCP tool: the name of a tool
 * has fewer characters than the id of a workflow may have.
 */
public class DuplicateToolException extends IllegalStateException {

	private final String tool;

	private final String first;

	private final String second;

	DuplicateToolException(String tool, String first, String second) {
		super("The workflows '" + first + "' and '" + second + "' would both be the MCP tool '" + tool + "'");
		this.tool = tool;
		this.first = first;
		this.second = second;
	}

	/**
	 * Returns what to do.
	 * @return a sentence
	 */
	public String action() {
		return "Give one of them a workflowId that differs from the other's in the first 64 characters, where all but letters,"
				+ " digits, '-' and '_' count as '_', or let only one of them be a tool: buddy.workflows." + this.second
				+ ".mcp.enabled=false (or " + this.first + "). Clients know the tool as '" + this.tool + "'.";
	}

}
