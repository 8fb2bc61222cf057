package buddy.mcp;

/**
 * Checks before each call of a workflow's tool whether the client may make it.
 */
@FunctionalInterface
public interface ToolGuard {

	/**
	 * Checks the client of the current call.
	 * @throws RuntimeException if the client may not make the call. The client sees the
	 * message of buddy's own exceptions, and for others only that the call failed
	 */
	void check();

}
