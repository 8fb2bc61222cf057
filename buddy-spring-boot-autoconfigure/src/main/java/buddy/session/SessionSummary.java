package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A session in a list, without its state, media and data, which may be large.
 *
 * @param sessionId the id
 * @param workflowId the workflow it belongs to
 * @param userId the user it belongs to, or {@code null}
 * @param sessionName the display name, or {@code null}
 * @param createdAt when it was created
 * @param updatedAt when it was last used
 */
public record SessionSummary(String sessionId, String workflowId, @Nullable String userId, @Nullable String sessionName,
		Instant createdAt, Instant updatedAt) {

	/**
	 * Returns the session's position in a list of sessions.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.updatedAt, this.sessionId);
	}

}
