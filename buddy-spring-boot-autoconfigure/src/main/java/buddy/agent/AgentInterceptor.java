package buddy.agent;

import org.jspecify.annotations.Nullable;

/**
 * Intercepts every call of an agent, inside and outside of runs. Declare it as a bean.
 *
 * <p>
 * It is called on the thread of the call, so it must be quick. Exceptions are logged and
 * do not affect the call.
 */
@FunctionalInterface
public interface AgentInterceptor {

	/**
	 * Called when a call starts.
	 * @param call the call
	 * @return the interception of the call, or {@code null} to ignore it
	 */
	@Nullable AgentInterception starting(AgentStart call);

}
