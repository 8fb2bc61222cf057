package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown to the caller of a run whose body ended well, but whose end could not be stored.
 */
public class RunNotRecordedException extends RuntimeException {

	private final String runId;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param sessionId its session
	 * @param why why it could not be stored
	 * @param cause the cause, or {@code null}
	 */
	public RunNotRecordedException(String runId, String workflowId, String sessionId, String why,
			@Nullable Throwable cause) {
		super("Run '" + runId + "' of workflow '" + workflowId + "' ended, but its end was not stored in session '"
				+ sessionId + "': " + why, cause);
		this.runId = runId;
	}

	/**
	 * Returns the run.
	 * @return its id
	 */
	public String runId() {
		return this.runId;
	}

}
