package buddy.storage;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.json.UnstorableValueException;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;

/**
 * A session as it is stored: columns, with JSON as text.
 *
 * @param sessionId the id
 * @param workflowId the workflow it belongs to
 * @param userId the user it belongs to, or {@code null} if there is none yet
 * @param sessionName the display name, or {@code null}
 * @param state the session state, as a JSON object; {@code null} until a run that changed
 * it has completed
 * @param media images, videos and audio, as a JSON object, or {@code null}
 * @param workflowData the workflow's name, id and description when the session was
 * created, as a JSON object, or {@code null}
 * @param extraData the application's own data, as a JSON object, or {@code null}
 * @param additional the fields of an imported session that have no column, as a JSON
 * object, or {@code null}
 * @param createdAt the time it was created, in milliseconds since the epoch; never
 * changes
 * @param updatedAt the time it was last used, in milliseconds since the epoch
 * @param version the number of changes of the state; a write passes the version that it
 * read
 */
public record StoredSession(String sessionId, String workflowId, @Nullable String userId, @Nullable String sessionName,
		@Nullable String state, @Nullable String media, @Nullable String workflowData, @Nullable String extraData,
		@Nullable String additional, long createdAt, long updatedAt, long version) {

	/** The maximum length of a session's name. */
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
	 * Returns the session with another state.
	 * @param state the state, a JSON object, or {@code null}
	 * @param version the version of that state
	 * @return the session
	 */
	public StoredSession withState(@Nullable String state, long version) {
		return new StoredSession(this.sessionId, this.workflowId, this.userId, this.sessionName, state, this.media,
				this.workflowData, this.extraData, this.additional, this.createdAt, this.updatedAt, version);
	}

	/**
	 * Returns the summary of the session that lists contain.
	 * @return the summary
	 */
	public SessionSummary summary() {
		return new SessionSummary(this.sessionId, this.workflowId, this.userId, this.sessionName,
				Instant.ofEpochMilli(this.createdAt), Instant.ofEpochMilli(this.updatedAt));
	}

	/**
	 * Returns whether a user may see and use the session.
	 * @param user the user's id, or {@code null} for no user
	 * @return whether the session belongs to the user or has no user
	 */
	public boolean isOpenTo(@Nullable String user) {
		return this.userId == null || this.userId.equals(user);
	}

	/**
	 * Returns whether the session may be read and written.
	 * @param access the identity that accesses it
	 * @return whether it belongs to the user, or has no user if such sessions are
	 * accessible, and belongs to the workflow if one is set
	 */
	public boolean allows(SessionAccess access) {
		return access.allows(this.userId, this.workflowId);
	}

	/**
	 * Returns whether the session matches a query.
	 * @param query the query
	 * @return whether the session matches
	 */
	public boolean matches(SessionQuery query) {
		return (query.workflowId() == null || query.workflowId().equals(this.workflowId))
				&& (query.userId() == null || query.userId().equals(this.userId))
				&& (query.viewer() == null || allows(query.viewer()));
	}

}
