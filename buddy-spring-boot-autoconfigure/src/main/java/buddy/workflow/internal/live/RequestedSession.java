package buddy.workflow.internal.live;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The session that a call of a workflow asks for.
 *
 * @param sessionId its id
 * @param derived whether nobody named it: its id was made from the id of the calling
 * run's session
 * @param sessionName its name if it is created
 * @param state what wins over its stored state
 */
public record RequestedSession(String sessionId, boolean derived, @Nullable String sessionName,
		Map<String, ? extends @Nullable Object> state) {

	/** The same, with another id. */
	RequestedSession withId(String id) {
		return new RequestedSession(id, this.derived, this.sessionName, this.state);
	}

}
