package buddy.session;

/**
 * Thrown when a workflow runs in a session that belongs to another workflow of the same
 * user.
 */
public class SessionWorkflowMismatchException extends RuntimeException {

	private final String sessionId;

	private final String owningWorkflowId;

	/**
	 * Creates the exception.
	 * @param sessionId the session's id
	 * @param owningWorkflowId the workflow that the session belongs to
	 * @param workflowId the workflow that was called
	 */
	public SessionWorkflowMismatchException(String sessionId, String owningWorkflowId, String workflowId) {
		super("Session '" + sessionId + "' belongs to workflow '" + owningWorkflowId + "', so workflow '" + workflowId
				+ "' cannot run in it; use another session id");
		this.sessionId = sessionId;
		this.owningWorkflowId = owningWorkflowId;
	}

	/**
	 * Returns the session's id.
	 * @return the id
	 */
	public String sessionId() {
		return this.sessionId;
	}

	/**
	 * Returns the workflow that the session belongs to.
	 * @return the workflow's id
	 */
	public String owningWorkflowId() {
		return this.owningWorkflowId;
	}

}
