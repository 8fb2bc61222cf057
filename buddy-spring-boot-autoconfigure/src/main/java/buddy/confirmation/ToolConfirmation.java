package buddy.confirmation;

import org.jspecify.annotations.Nullable;

/**
 * The answer to the question whether a tool may be called.
 *
 * @param approved whether it may
 * @param note why, which the model is told if it may not; {@code null} for no reason
 */
public record ToolConfirmation(boolean approved, @Nullable String note) {
}
