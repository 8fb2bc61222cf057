package buddy.run;

/**
 * A run was taken by another node, or was ended by someone else: this execution of it has
 * stopped and stores nothing any more. What the run gives is known where it goes on.
 */
public class RunFencedException extends RuntimeException {

	private final String runId;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param reason why, as a sentence
	 */
	public RunFencedException(String runId, String reason) {
		super("This execution of run '" + runId + "' was stopped: " + reason
				+ ". Look at the run itself for how it goes on");
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
