package buddy.run;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The stored record of a run.
 *
 * @param runId the run
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId its user, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status its status
 * @param input the arguments of {@code run()} by parameter name, as plain values, or
 * {@code null} if they are not known
 * @param response the response, or {@code null} while the run is in progress
 * @param failure why the run failed or was cancelled, or {@code null}
 * @param createdAt when it began
 * @param endedAt when it ended, or {@code null} while the run is in progress
 * @param epoch the number of its last execution: 0 for the first, and one more each time
 * that it was continued
 * @param recoveries how often it was continued by itself, since its process had died
 * @param codeVersion the version of the workflow's code that began it, or {@code null}
 * @param forkedFrom the run that it is a fork of, or {@code null}
 * @param deadline when it has to end, or {@code null}
 */
public record WorkflowRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, @Nullable Map<String, @Nullable Object> input,
		@Nullable RunResponse response, @Nullable RunFailure failure, Instant createdAt, @Nullable Instant endedAt,
		int epoch, int recoveries, @Nullable String codeVersion, @Nullable String forkedFrom,
		@Nullable Instant deadline) {

	/**
	 * Copies the input.
	 */
	public WorkflowRun {
		input = (input != null) ? Documents.copyWithNulls(input) : null;
	}

}
