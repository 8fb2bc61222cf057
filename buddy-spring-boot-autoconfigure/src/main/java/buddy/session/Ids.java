package buddy.session;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Validates the ids of sessions, users and workflows before any I/O.
 *
 * <p>
 * For internal use; it may change at any time.
 */
public final class Ids {

	/** The maximum length of a session or workflow id. */
	public static final int MAX_SESSION_ID = 128;

	/** The maximum length of a user id. */
	public static final int MAX_USER_ID = 255;

	private static final Pattern SESSION_ID = Pattern.compile("[A-Za-z0-9._:@-]{1," + MAX_SESSION_ID + "}");

	private static final Pattern USER_ID = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1," + MAX_USER_ID + "}");

	private Ids() {
	}

	/**
	 * Validates the id of a session.
	 * @param sessionId the id
	 * @return the same id
	 * @throws InvalidIdException if it is empty, too long or has characters that are not
	 * allowed
	 */
	public static String requireSessionId(@Nullable String sessionId) {
		if (sessionId == null || !SESSION_ID.matcher(sessionId).matches()) {
			throw new InvalidIdException("session id", sessionId,
					"1 to " + MAX_SESSION_ID + " ASCII letters, digits and . _ : @ -");
		}
		return sessionId;
	}

	/**
	 * Validates the id of a workflow, by the rules for session ids.
	 * @param workflowId the id
	 * @return the same id
	 * @throws InvalidIdException if it is empty, too long or has characters that are not
	 * allowed
	 */
	public static String requireWorkflowId(@Nullable String workflowId) {
		if (workflowId == null || !SESSION_ID.matcher(workflowId).matches()) {
			throw new InvalidIdException("workflow id", workflowId,
					"1 to " + MAX_SESSION_ID + " ASCII letters, digits and . _ : @ -");
		}
		return workflowId;
	}

	/**
	 * Validates the id of a user.
	 * @param userId the id, or {@code null} for no user
	 * @return the same id
	 * @throws InvalidIdException if it is empty, too long or has control characters
	 */
	public static @Nullable String requireUserId(@Nullable String userId) {
		if (userId != null && (userId.length() > MAX_USER_ID || !USER_ID.matcher(userId).matches())) {
			throw new InvalidIdException("user id", userId,
					"1 to " + MAX_USER_ID + " characters without control characters");
		}
		return userId;
	}

}
