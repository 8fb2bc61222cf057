package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Finds the user of a run that neither a scope nor a parameter names; declare it as a
 * bean.
 */
@FunctionalInterface
public interface UserIdResolver {

	/**
	 * Finds the user of the call in progress.
	 * @param workflow the workflow that is called, or {@code null} where sessions are
	 * looked up
	 * @return the id of the user, or {@code null} if this resolver knows none
	 */
	@Nullable String resolve(@Nullable WorkflowDescriptor workflow);

}
