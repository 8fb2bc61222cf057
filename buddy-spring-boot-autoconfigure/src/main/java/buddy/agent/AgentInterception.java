package buddy.agent;

import org.jspecify.annotations.Nullable;

import buddy.run.Interception;
import buddy.run.RunResponse;

/**
 * Intercepts one call of an agent, with all model calls that its tools require.
 */
public interface AgentInterception extends Interception {

	/**
	 * Called once, when the call has ended.
	 * @param response the agent's response, or {@code null} if there is none
	 * @param failure the failure, or {@code null} if there is none
	 */
	void ended(@Nullable RunResponse response, @Nullable Throwable failure);

}
