package buddy.workflow;

import org.jspecify.annotations.Nullable;

import buddy.run.RunFailure;

/**
 * Thrown by {@link RunHandle#result} if the run ended as an error.
 */
public class RunFailedException extends RuntimeException {

	private final String runId;

	private final @Nullable RunFailure failure;

	/**
	 * Creates an exception.
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param failure why it failed, or {@code null} if that is not known
	 */
	public RunFailedException(String runId, String workflowId, @Nullable RunFailure failure) {
		super("Run '" + runId + "' of workflow '" + workflowId + "' failed"
				+ ((failure != null) ? ": " + summary(failure) : ""));
		this.runId = runId;
		this.failure = failure;
	}

	private static String summary(RunFailure failure) {
		String kind = (failure.reason() != null) ? failure.reason() : failure.type();
		return (failure.message() != null) ? kind + ": " + failure.message() : String.valueOf(kind);
	}

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns why the run failed.
	 * @return the failure, or {@code null} if that is not known
	 */
	public @Nullable RunFailure failure() {
		return this.failure;
	}

}
