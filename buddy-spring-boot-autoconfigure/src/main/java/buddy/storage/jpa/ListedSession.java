package buddy.storage.jpa;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.session.SessionSummary;
import buddy.storage.codec.Payload.Kind;

/**
 * The columns of a session that a list reads.
 *
 * @param sessionId the id
 * @param workflowId the workflow it belongs to
 * @param userId the user it belongs to, or {@code null}
 * @param sessionName a name for people, or {@code null}
 * @param createdAt when it was created, in milliseconds since the epoch
 * @param updatedAt when it was last used, in milliseconds since the epoch
 */
record ListedSession(String sessionId, String workflowId, @Nullable String userId, @Nullable String sessionName,
		long createdAt, long updatedAt) {

	SessionSummary summary(StoredPayloads payloads) {
		return new SessionSummary(this.sessionId, this.workflowId, this.userId,
				payloads.decodeText(this.sessionName, Kind.SESSION_NAME, this.sessionId),
				Instant.ofEpochMilli(this.createdAt), Instant.ofEpochMilli(this.updatedAt));
	}

}
