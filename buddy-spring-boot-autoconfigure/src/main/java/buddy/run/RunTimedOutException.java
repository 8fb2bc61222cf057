package buddy.run;

/**
 * Thrown by calls to buddy inside a run that exceeded its timeout or its deadline.
 */
public class RunTimedOutException extends RunCancelledException {

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param reason which time is over
	 */
	public RunTimedOutException(String runId, String reason) {
		super(runId, reason);
	}

}
