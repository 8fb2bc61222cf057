package buddy.agent;

import org.jspecify.annotations.Nullable;

import buddy.run.Interception;
import buddy.run.RunResponse;

/**
 * Stands around one call of an agent: as many model calls as its tools need.
 */
public interface AgentInterception extends Interception {

	/**
	 * Takes notice of the call's one end.
	 * @param response the agent's response, or {@code null} if there is none
	 * @param failure why there is none, or {@code null}
	 */
	void ended(@Nullable RunResponse response, @Nullable Throwable failure);

}
