package buddy.session;

/**
 * Thrown when a session, or a run of it, is to be created under an id that is taken.
 */
public class SessionExistsException extends RuntimeException {

	/**
	 * Names the session.
	 * @param sessionId the session's id
	 * @param cause what the store reported, or {@code null}
	 */
	public SessionExistsException(String sessionId, @org.jspecify.annotations.Nullable Throwable cause) {
		super("Session '" + sessionId
				+ "' cannot be created: this id, or the id of one of its runs, is taken; delete that session first or choose another id",
				cause);
	}

}
