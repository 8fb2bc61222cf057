package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown to the caller of a run whose body ended well, but whose end could not be stored.
 */
public class RunNotRecordedException extends RuntimeException {

	private final String runId;

	RunNotRecordedException(String runId, String workflowId, String sessionId, String why, @Nullable Throwable cause) {
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
