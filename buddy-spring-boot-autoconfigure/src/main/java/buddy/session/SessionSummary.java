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
	 * Creates a summary from the columns of a store.
	 * @param sessionId the id
	 * @param workflowId the workflow it belongs to
	 * @param userId the user it belongs to, or {@code null}
	 * @param sessionName the display name, or {@code null}
	 * @param createdAt when it was created, in milliseconds since the epoch
	 * @param updatedAt when it was last used, in milliseconds since the epoch
	 */
	public SessionSummary(String sessionId, String workflowId, @Nullable String userId, @Nullable String sessionName,
			long createdAt, long updatedAt) {
		this(sessionId, workflowId, userId, sessionName, Instant.ofEpochMilli(createdAt),
				Instant.ofEpochMilli(updatedAt));
	}

	/**
	 * Returns the session's position in a list of sessions.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.updatedAt.toEpochMilli(), this.sessionId);
	}

}
