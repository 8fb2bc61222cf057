package buddy.run;

/**
 * Thrown by buddy's own calls inside a run that took longer than it may.
 */
public class RunTimedOutException extends RunCancelledException {

	/**
	 * Names the run and how long it may take.
	 * @param runId the run
	 * @param reason how long it may take, and which setting says so
	 */
	public RunTimedOutException(String runId, String reason) {
		super(runId, reason);
	}

}
