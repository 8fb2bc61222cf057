package buddy.run;

/**
 * The application stopped before a run had ended, and the run is continued in another
 * process, or in this application once it is started again: this execution of it has
 * stopped and stores nothing any more.
 */
public class RunHandedOverException extends RunFencedException {

	/**
	 * Creates the exception.
	 * @param runId the run
	 */
	public RunHandedOverException(String runId) {
		super(runId, "the application stops, and the run is continued by another process");
	}

}
