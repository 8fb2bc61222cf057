package buddy.session;

import java.time.Instant;

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
 * @param createdAt when it began
 * @param endedAt when it ended, or {@code null}
 */
public record RunSummary(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, Instant createdAt, @Nullable Instant endedAt) {

	/**
	 * Returns the run's position in a list of runs.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.createdAt, this.runId);
	}

}
