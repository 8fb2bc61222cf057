package buddy.run;

/**
 * Thrown by calls to buddy inside a run that was asked to stop.
 */
public class RunCancelledException extends RuntimeException {

	private final String runId;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param reason why the run was asked to stop
	 */
	public RunCancelledException(String runId, String reason) {
		super("Run '" + runId + "' was cancelled: " + reason);
		this.runId = runId;
	}

	/**
	 * Returns the id of the run.
	 * @return the run id
	 */
	public String runId() {
		return this.runId;
	}

}
