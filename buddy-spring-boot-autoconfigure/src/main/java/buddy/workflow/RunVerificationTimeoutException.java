package buddy.workflow;

import java.time.Duration;

/**
 * The code of a workflow took too long to be compared with the recorded steps of a run.
 */
public class RunVerificationTimeoutException extends RuntimeException {

	private final String runId;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param limit the time that the comparison may take
	 */
	public RunVerificationTimeoutException(String runId, Duration limit) {
		super("The code of the workflow did not come to its first step that is not recorded within " + limit
				+ ", so that nothing is known about run '" + runId
				+ "'; look for what takes so long outside of steps, or allow more time");
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
