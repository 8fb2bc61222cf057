package buddy.observability;

/**
 * Settings of observations.
 *
 * @param includeContent whether they contain inputs, prompts, answers and outputs
 */
public record ObservabilitySettings(boolean includeContent) {
}
