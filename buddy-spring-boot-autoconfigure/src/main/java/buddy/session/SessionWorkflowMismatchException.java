package buddy.session;

import buddy.run.RunKey;

/**
 * Thrown when a workflow runs in a session that belongs to another workflow of the same
 * user.
 */
public class SessionWorkflowMismatchException extends RuntimeException {

	private final String sessionId;

	private final String owningWorkflowId;

	/**
	 * Creates the exception.
	 * @param run the run that is refused
	 * @param owningWorkflowId the workflow that the session belongs to
	 */
	public SessionWorkflowMismatchException(RunKey run, String owningWorkflowId) {
		super("Session '" + run.sessionId() + "' belongs to workflow '" + owningWorkflowId + "', so workflow '"
				+ run.workflowId() + "' cannot run in it; use another session id");
		this.sessionId = run.sessionId();
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
