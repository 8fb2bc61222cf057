package buddy.run;

/**
 * Thrown by buddy's own calls inside a run that was asked to stop.
 */
public class RunCancelledException extends RuntimeException {

	private final String runId;

	/**
	 * Names the run and why it was asked to stop.
	 * @param runId the run
	 * @param reason why
	 */
	public RunCancelledException(String runId, String reason) {
		super("Run '" + runId + "' was cancelled: " + reason);
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
