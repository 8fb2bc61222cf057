package buddy.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The fields that every event has.
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

	/** An empty header, filled in when the run emits the event. */
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
	 * @param createdAt when the event happened
	 * @return the header
	 */
	public static EventHeader ofAgent(String agentId, String agentName, Instant createdAt) {
		return new EventHeader(createdAt, null, null, null, agentId, agentName, Map.of());
	}

	/**
	 * Returns a copy with the ids of a run. A time that is already set is kept.
	 * @param run the run
	 * @param createdAt the time to set if there is none
	 * @return the copy
	 */
	public EventHeader stamped(RunKey run, Instant createdAt) {
		return new EventHeader((this.createdAt != null) ? this.createdAt : createdAt, run.runId(), run.sessionId(),
				run.workflowId(), this.agentId, this.agentName, this.additional);
	}

}
