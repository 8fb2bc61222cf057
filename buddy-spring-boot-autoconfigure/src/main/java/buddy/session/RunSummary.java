package buddy.session;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A run in a list, without its input and response, which may be large.
 *
 * @param runId the run
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId its user, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status its status
 * @param createdAt when it began, in milliseconds since the epoch
 * @param endedAt when it ended, in milliseconds since the epoch, or {@code null}
 */
public record RunSummary(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, long createdAt, @Nullable Long endedAt) {

	/**
	 * Returns the run's position in a list of runs.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.createdAt, this.runId);
	}

}
