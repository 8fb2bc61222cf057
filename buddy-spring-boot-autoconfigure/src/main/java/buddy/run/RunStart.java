package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * A run that starts.
 *
 * @param runId the run
 * @param workflowId its workflow
 * @param sessionId its session
 * @param userId its user, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param input the arguments of {@code run()}, a JSON object
 * @param origin the context that the interceptor captured at the call of the workflow
 */
public record RunStart(String runId, String workflowId, String sessionId, @Nullable String userId,
		@Nullable String parentRunId, String input, @Nullable Object origin) {

	/**
	 * Returns a copy for one interceptor.
	 * @param origin the context that the interceptor captured
	 * @return the copy
	 */
	public RunStart withOrigin(@Nullable Object origin) {
		return new RunStart(this.runId, this.workflowId, this.sessionId, this.userId, this.parentRunId, this.input,
				origin);
	}

}
