package buddy.run;

/**
 * Thrown by calls to buddy inside a run that exceeded its timeout.
 */
public class RunTimedOutException extends RunCancelledException {

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param reason the timeout, and the setting that it comes from
	 */
	public RunTimedOutException(String runId, String reason) {
		super(runId, reason);
	}

}
