package buddy.workflow;

import org.jspecify.annotations.Nullable;

import buddy.run.RunKey;

/**
 * Thrown to the caller of a run that completed, but whose end could not be stored.
 */
public class RunNotRecordedException extends RuntimeException {

	private final String runId;

	/**
	 * Creates the exception.
	 * @param run the run
	 * @param why the reason it could not be stored
	 * @param cause the cause, or {@code null}
	 */
	public RunNotRecordedException(RunKey run, String why, @Nullable Throwable cause) {
		super("Run '" + run.runId() + "' of workflow '" + run.workflowId()
				+ "' ended, but its end was not stored in session '" + run.sessionId() + "': " + why, cause);
		this.runId = run.runId();
	}

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	public String runId() {
		return this.runId;
	}

}
