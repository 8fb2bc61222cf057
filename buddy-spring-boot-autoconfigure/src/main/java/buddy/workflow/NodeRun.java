package buddy.workflow;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A run of this process that has not ended.
 *
 * @param runId the run
 * @param workflowId its workflow
 * @param sessionId its session
 * @param userId whose it is, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status where it stands: {@code PENDING} while it waits for its turn in its
 * session
 * @param input its arguments, a JSON object
 * @param createdAt when it began
 * @param cancelReason why it was asked to stop, or {@code null} if it was not
 */
public record NodeRun(String runId, String workflowId, String sessionId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, String input, Instant createdAt,
		@Nullable String cancelReason) {

}
