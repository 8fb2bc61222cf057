package buddy.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What every event carries beside its own fields.
 *
 * @param createdAt when the event happened, to the second as in its JSON
 * @param runId the run it belongs to
 * @param sessionId the run's session
 * @param workflowId the run's workflow
 * @param agentId the agent that produced it
 * @param agentName the agent's name
 * @param additional fields of its JSON that this version does not know, by their JSON
 * names
 */
public record EventHeader(@Nullable Instant createdAt, @Nullable String runId, @Nullable String sessionId,
		@Nullable String workflowId, @Nullable String agentId, @Nullable String agentName,
		Map<String, @Nullable Object> additional) {

	/** A header without any fact yet; the run stamps it. */
	public static final EventHeader NONE = new EventHeader(null, null, null, null, null, null, Map.of());

	/**
	 * Copies the additional fields, and cuts the time to whole seconds.
	 */
	public EventHeader {
		createdAt = (createdAt != null) ? createdAt.truncatedTo(ChronoUnit.SECONDS) : null;
		additional = Documents.copy(additional);
	}

	/**
	 * Creates the header of an agent's event.
	 * @param agentId the agent's id
	 * @param agentName the agent's name
	 * @param createdAt when it happened
	 * @return the header
	 */
	public static EventHeader ofAgent(String agentId, String agentName, Instant createdAt) {
		return new EventHeader(createdAt, null, null, null, agentId, agentName, Map.of());
	}

	/**
	 * Returns a copy that belongs to a run; a time that is known already is kept.
	 * @param runId the run
	 * @param sessionId its session
	 * @param workflowId its workflow
	 * @param createdAt when it happened, if that is not known yet
	 * @return the copy
	 */
	public EventHeader stamped(String runId, String sessionId, String workflowId, Instant createdAt) {
		return new EventHeader((this.createdAt != null) ? this.createdAt : createdAt, runId, sessionId, workflowId,
				this.agentId, this.agentName, this.additional);
	}

}
