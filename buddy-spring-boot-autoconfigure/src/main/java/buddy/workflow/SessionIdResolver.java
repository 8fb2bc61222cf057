package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Finds the session of a run that neither a scope nor a parameter names; declare it as a
 * bean.
 */
@FunctionalInterface
public interface SessionIdResolver {

	/**
	 * Finds the session of the call in progress.
	 * @param workflow the workflow that is called
	 * @return the id of the session, or {@code null} if this resolver knows none
	 */
	@Nullable String resolve(WorkflowDescriptor workflow);

}
