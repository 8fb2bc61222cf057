package buddy.run;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The record of one run, as it stands in the store.
 *
 * @param runId the run
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId whose it is, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status where it stands
 * @param input the arguments of {@code run()} by parameter name, plain; {@code null}
 * where they were never known
 * @param response what it gave, or {@code null} while it runs
 * @param failure why it did not end well, or {@code null}
 * @param createdAt when it began
 * @param endedAt when it ended, or {@code null} while it runs
 */
public record WorkflowRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, @Nullable Map<String, @Nullable Object> input,
		@Nullable RunResponse response, @Nullable RunFailure failure, Instant createdAt, @Nullable Instant endedAt) {

	/**
	 * Copies the input.
	 */
	public WorkflowRun {
		input = (input != null) ? Documents.copyWithNulls(input) : null;
	}

}
