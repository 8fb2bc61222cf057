package buddy.workflow.internal.live;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The session requested by a call of a workflow.
 *
 * @param sessionId the id of the session
 * @param derived whether the id was not given, but derived from the id of the calling
 * run's session
 * @param sessionName the name of the session if it is created
 * @param state the values that override the stored state
 */
public record RequestedSession(String sessionId, boolean derived, @Nullable String sessionName,
		Map<String, ? extends @Nullable Object> state) {

	/** Returns the same session with another id. */
	RequestedSession withId(String id) {
		return new RequestedSession(id, this.derived, this.sessionName, this.state);
	}

}
