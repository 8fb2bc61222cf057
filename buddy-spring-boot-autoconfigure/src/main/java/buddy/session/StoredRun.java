package buddy.session;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A run as a store keeps it: columns, with JSON as text.
 *
 * @param runId the id, a UUID of version 7 for every run that buddy made
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId whose it is, or {@code null}
 * @param parentRunId the run that called it, or {@code null}
 * @param status where it stands
 * @param input the arguments, a JSON object, or {@code null} where they were never known
 * @param response the response without the fields that are columns, a JSON object, or
 * {@code null}
 * @param error why it did not end well, a JSON object, or {@code null}
 * @param createdAt when it began, in milliseconds since the epoch; with the id, the order
 * of a session's runs
 * @param endedAt when it ended, in milliseconds since the epoch, or {@code null}
 */
public record StoredRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		@Nullable String parentRunId, RunStatus status, @Nullable String input, @Nullable String response,
		@Nullable String error, long createdAt, @Nullable Long endedAt) {
}
