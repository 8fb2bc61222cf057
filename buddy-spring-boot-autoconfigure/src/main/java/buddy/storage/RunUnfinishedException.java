package buddy.storage;

/**
 * Thrown when a run is queued while another one with the same key has not ended.
 */
public class RunUnfinishedException extends RuntimeException {

	private final String runId;

	/**
	 * Creates an exception.
	 * @param runId the run that has not ended
	 */
	public RunUnfinishedException(String runId) {
		super("Run '" + runId + "' with the same key has not ended", null, false, false);
		this.runId = runId;
	}

	/**
	 * Returns the id of the run that has not ended.
	 * @return the id
	 */
	public String runId() {
		return this.runId;
	}

}
