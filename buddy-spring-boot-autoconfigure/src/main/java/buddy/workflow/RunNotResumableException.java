package buddy.workflow;

import buddy.run.RunFailure;

/**
 * A run cannot be continued as it stands.
 */
public class RunNotResumableException extends RuntimeException {

	/** The reason of a run that is in progress. */
	public static final String ALIVE = "run-alive";

	/** The reason of a run that has completed, and can only be forked. */
	public static final String ENDED = "run-ended";

	/** The reason of a run whose code has thrown an exception, which can be retried. */
	public static final String FAILED = "failed";

	/** The reason of a run that another run has called. */
	public static final String NESTED = "nested";

	/** The reason of a run that another version of its workflow has begun. */
	public static final String VERSION = "version";

	/** The reason of a run that waits for an answer or a time. */
	public static final String PAUSED = "paused";

	/** The reason of a run that has no such step to fork it before. */
	public static final String NO_SUCH_STEP = "no-such-step";

	/** Its steps were deleted, since they were old. */
	public static final String STEPS_DELETED = "steps-deleted";

	private final String runId;

	private final String reason;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param reason why, in a form for programs: one of the constants of this class, or
	 * the reason of the run's record, such as {@link RunFailure#STEP_INTERRUPTED}
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
