package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * What a run began from, as far as that is needed to continue it.
 *
 * @param parentStep the key of the call in the parent run by which a nested run is found
 * again, or {@code null}
 * @param recipe how the run was called, a JSON object, or {@code null} for a call without
 * options of its own
 * @param codeVersion the version of the workflow's code, or {@code null}
 * @param forkedFrom the run that this one is a fork of, or {@code null}
 */
public record RunOrigin(@Nullable String parentStep, @Nullable String recipe, @Nullable String codeVersion,
		@Nullable String forkedFrom) {

	/** The origin of an ordinary run. */
	public static final RunOrigin NONE = new RunOrigin(null, null, null, null);

}
