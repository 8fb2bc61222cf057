package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * What a list tells of a run: all but what it was given and what it gave, which may be
 * large.
 *
 * @param runId the run
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId whose it is, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status where it stands
 * @param createdAt when it began
 * @param endedAt when it ended, or {@code null} while it runs
 */
public record RunSummary(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, Instant createdAt, @Nullable Instant endedAt) {

	/**
	 * Returns the run's place in a list of runs.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.createdAt, this.runId);
	}

}
