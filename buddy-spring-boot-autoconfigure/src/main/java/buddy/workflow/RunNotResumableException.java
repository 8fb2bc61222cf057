package buddy.workflow;

/**
 * A run cannot be continued as it stands.
 */
public class RunNotResumableException extends RuntimeException {

	/** The reason of a run that is in progress. */
	public static final String ALIVE = "run-alive";

	/** The reason of a run that has ended and can only be forked. */
	public static final String ENDED = "run-ended";

	private final String runId;

	private final String reason;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param reason why, in a form for programs: {@link #ALIVE}, {@link #ENDED}, or the
	 * reason of the run's record, such as {@code step_interrupted}
	 * @param message why, and what to do
	 */
	public RunNotResumableException(String runId, String reason, String message) {
		super("Run '" + runId + "' cannot be continued: " + message);
		this.runId = runId;
		this.reason = reason;
	}

	/**
	 * Returns the run.
	 * @return its id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns why the run cannot be continued.
	 * @return the reason, in a form for programs
	 */
	public String reason() {
		return this.reason;
	}

}
