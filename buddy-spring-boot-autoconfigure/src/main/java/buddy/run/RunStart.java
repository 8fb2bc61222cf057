package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * A run that starts.
 *
 * @param runId the run
 * @param workflowId its workflow
 * @param sessionId its session
 * @param userId whose it is, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param input the arguments of {@code run()}, a JSON object
 * @param origin what the interceptor took down where the workflow was called
 */
public record RunStart(String runId, String workflowId, String sessionId, @Nullable String userId,
		@Nullable String parentRunId, String input, @Nullable Object origin) {

	/**
	 * Returns a copy for one interceptor.
	 * @param origin what it took down
	 * @return the copy
	 */
	public RunStart withOrigin(@Nullable Object origin) {
		return new RunStart(this.runId, this.workflowId, this.sessionId, this.userId, this.parentRunId, this.input,
				origin);
	}

}
