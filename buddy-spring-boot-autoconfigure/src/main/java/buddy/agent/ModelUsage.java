package buddy.agent;

import org.jspecify.annotations.Nullable;

/**
 * What a request to a model has used, as the model says.
 *
 * @param model the name of the model, or {@code null} if it is not known
 * @param inputTokens the number of tokens that went to the model
 * @param outputTokens the number of tokens that came back
 * @param totalTokens the number of both
 */
public record ModelUsage(@Nullable String model, long inputTokens, long outputTokens, long totalTokens) {
}
