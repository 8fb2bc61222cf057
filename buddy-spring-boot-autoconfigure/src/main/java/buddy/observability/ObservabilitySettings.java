package buddy.observability;

/**
 * What observations tell.
 *
 * @param includeContent whether they tell inputs, prompts, answers and outputs
 */
public record ObservabilitySettings(boolean includeContent) {
}
