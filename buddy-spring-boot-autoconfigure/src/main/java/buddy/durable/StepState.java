package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * What a step keeps of the session's state.
 *
 * @param operations what its body did to the state, a JSON array, or {@code null} for
 * nothing
 * @param base the state that the run began with, a JSON object, with the first step after
 * the run had looked at it, or {@code null}
 * @param baseVersion the version of the session that the base is of, or {@code null}
 */
public record StepState(@Nullable String operations, @Nullable String base, @Nullable Long baseVersion) {

	/** A step that has nothing to do with the state. */
	public static final StepState NONE = new StepState(null, null, null);

}
