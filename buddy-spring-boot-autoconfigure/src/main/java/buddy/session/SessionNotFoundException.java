package buddy.session;

/**
 * Thrown when a session does not exist or belongs to another user. The two cases are
 * deliberately not distinguished.
 */
public class SessionNotFoundException extends RuntimeException {

	private final String sessionId;

	/**
	 * Creates the exception.
	 * @param sessionId the session's id
	 */
	public SessionNotFoundException(String sessionId) {
		super("No session '" + sessionId
				+ "' was found for this user; check the id, and that the run has the session's user");
		this.sessionId = sessionId;
	}

	/**
	 * Returns the session's id.
	 * @return the id
	 */
	public String sessionId() {
		return this.sessionId;
	}

}
