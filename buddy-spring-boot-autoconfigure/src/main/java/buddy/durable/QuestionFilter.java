package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * Which questions to list.
 *
 * @param status their status, or {@code null} for any; open ones are those whose run has
 * not ended
 * @param runId the run that asks, or {@code null} for any
 * @param workflowId the workflow of that run, or {@code null} for any
 */
public record QuestionFilter(@Nullable QuestionStatus status, @Nullable String runId, @Nullable String workflowId) {
}
