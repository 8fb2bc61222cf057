package buddy.storage;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;

/**
 * A session as a store keeps it: columns, with JSON as text.
 *
 * @param sessionId the id
 * @param workflowId the workflow it belongs to
 * @param userId the user it belongs to, or {@code null} for nobody yet
 * @param sessionName a name for people, or {@code null}
 * @param state the session state, a JSON object; {@code null} until a run that changed it
 * ended well
 * @param media images, videos and audio, a JSON object, or {@code null}
 * @param workflowData the workflow's name, id and description when the session was
 * created, a JSON object, or {@code null}
 * @param extraData the application's own data, a JSON object, or {@code null}
 * @param additional what an imported session held that has no column, a JSON object, or
 * {@code null}
 * @param createdAt when it was created, in milliseconds since the epoch; never changes
 * @param updatedAt when it was last used, in milliseconds since the epoch
 * @param version counts the changes of the state; a write names the version it read
 */
public record StoredSession(String sessionId, String workflowId, @Nullable String userId, @Nullable String sessionName,
		@Nullable String state, @Nullable String media, @Nullable String workflowData, @Nullable String extraData,
		@Nullable String additional, long createdAt, long updatedAt, long version) {

	/** The most characters that a session's name may have. */
	public static final int MAX_SESSION_NAME = 255;

	/**
	 * Checks a session's name.
	 * @param sessionName the name, or {@code null} for none
	 * @return the same name
	 * @throws UnstorableValueException if it is too long or has control characters
	 */
	public static @Nullable String requireName(@Nullable String sessionName) {
		if (sessionName == null) {
			return null;
		}
		if (sessionName.length() > MAX_SESSION_NAME) {
			throw new UnstorableValueException("The session name",
					"it has " + sessionName.length() + " characters; use at most " + MAX_SESSION_NAME);
		}
		if (!sessionName.matches("[^\\p{Cc}\\p{Cs}]*")) {
			throw new UnstorableValueException("The session name",
					"it has control characters or half of a surrogate pair; remove them");
		}
		return sessionName;
	}

	/**
	 * Returns what a list tells of the session.
	 * @return the summary
	 */
	public SessionSummary summary() {
		return new SessionSummary(this.sessionId, this.workflowId, this.userId, this.sessionName,
				Instant.ofEpochMilli(this.createdAt), Instant.ofEpochMilli(this.updatedAt));
	}

	/**
	 * Tells whether a user may see and use the session.
	 * @param user the user's id, or {@code null} for nobody
	 * @return whether the session is nobody's or the user's
	 */
	public boolean isOpenTo(@Nullable String user) {
		return this.userId == null || this.userId.equals(user);
	}

	/**
	 * Tells whether the session may be read and written.
	 * @param access in whose name
	 * @return whether it is the user's, or nobody's where those are open, and the
	 * workflow's if one is named
	 */
	public boolean allows(SessionAccess access) {
		return access.allows(this.userId, this.workflowId);
	}

	/**
	 * Tells whether the session is one of those that are asked for.
	 * @param query which ones
	 * @return whether it is
	 */
	public boolean matches(SessionQuery query) {
		return (query.workflowId() == null || query.workflowId().equals(this.workflowId))
				&& (query.userId() == null || query.userId().equals(this.userId))
				&& (query.viewer() == null || allows(query.viewer()));
	}

}
