package buddy.workflow;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * An unfinished run of this process.
 *
 * @param runId the run
 * @param workflowId its workflow
 * @param sessionId its session
 * @param userId its user, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status its status; {@code PENDING} while it waits for its turn in its session
 * @param input its arguments, as a JSON object
 * @param createdAt the time it began
 * @param cancelReason the reason for its cancellation, or {@code null} if it was not
 * requested
 */
public record NodeRun(String runId, String workflowId, String sessionId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, String input, Instant createdAt,
		@Nullable String cancelReason) {

}
