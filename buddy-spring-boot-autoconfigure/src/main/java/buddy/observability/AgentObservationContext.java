package buddy.observability;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import buddy.agent.AgentStart;
import buddy.run.RunResponse;

/**
 * Context of the observation of an agent call.
 */
public final class AgentObservationContext extends Observation.Context {

	private final AgentStart start;

	private final boolean includeContent;

	private volatile @Nullable RunResponse response;

	/**
	 * Creates the context of a call that starts.
	 * @param start the call
	 * @param includeContent whether key values may contain the prompt and the answer
	 */
	public AgentObservationContext(AgentStart start, boolean includeContent) {
		this.start = start;
		this.includeContent = includeContent;
	}

	/**
	 * Returns the call.
	 * @return the call
	 */
	public AgentStart getStart() {
		return this.start;
	}

	/**
	 * Returns whether key values may contain the prompt and the answer.
	 * @return whether content is included
	 */
	public boolean isIncludeContent() {
		return this.includeContent;
	}

	/**
	 * Returns the agent's response.
	 * @return the response, or {@code null} if there is none yet
	 */
	public @Nullable RunResponse getResponse() {
		return this.response;
	}

	void setResponse(@Nullable RunResponse response) {
		this.response = response;
	}

}
