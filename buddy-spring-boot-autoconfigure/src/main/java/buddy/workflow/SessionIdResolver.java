package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Resolves the session of a run if neither a scope nor a parameter sets it. Declare it as
 * a bean.
 */
@FunctionalInterface
public interface SessionIdResolver {

	/**
	 * Resolves the session of the current call.
	 * @param workflow the workflow that is called
	 * @return the id of the session, or {@code null} if this resolver cannot determine it
	 */
	@Nullable String resolve(WorkflowDescriptor workflow);

}
