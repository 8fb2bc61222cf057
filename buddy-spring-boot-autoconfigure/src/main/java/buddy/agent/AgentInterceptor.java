package buddy.agent;

import org.jspecify.annotations.Nullable;

/**
 * Stands around every call of an agent, within a run and outside of one; declare it as a
 * bean.
 *
 * <p>
 * It is called on the thread of the call, so it must be quick; what it throws is logged
 * and ends nothing.
 */
@FunctionalInterface
public interface AgentInterceptor {

	/**
	 * Takes notice that a call starts.
	 * @param call the call
	 * @return stands around it, or {@code null} for nothing
	 */
	@Nullable AgentInterception starting(AgentStart call);

}
