package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Resolves the user of a run if neither a scope nor a parameter sets it. Declare it as a
 * bean.
 */
@FunctionalInterface
public interface UserIdResolver {

	/**
	 * Resolves the user of the current call.
	 * @param workflow the workflow that is called, or {@code null} for access to sessions
	 * @return the id of the user, or {@code null} if this resolver cannot determine it
	 */
	@Nullable String resolve(@Nullable WorkflowDescriptor workflow);

}
