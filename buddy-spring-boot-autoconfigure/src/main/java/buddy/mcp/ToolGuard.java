package buddy.mcp;

/**
 * Decides before each call of a workflow's tool whether its client may make it.
 */
@FunctionalInterface
public interface ToolGuard {

	/**
	 * Checks the client of the call that this thread serves.
	 * @throws RuntimeException if it may not; the client is told the message of one of
	 * buddy's own, and no more than that it failed of any other
	 */
	void check();

}
