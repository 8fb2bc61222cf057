package buddy.workflow;

/**
 * There is no such run, or the user may not see it.
 */
public class RunNotFoundException extends RuntimeException {

	private final String runId;

	/**
	 * Creates the exception.
	 * @param runId the run
	 */
	public RunNotFoundException(String runId) {
		super("There is no run '" + runId + "'");
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
