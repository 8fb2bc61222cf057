package buddy.session;

/**
 * Thrown when a session cannot be created because its id, or the id of one of its runs,
 * is taken.
 */
public class SessionExistsException extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param sessionId the session's id
	 * @param cause the exception of the store, or {@code null}
	 */
	public SessionExistsException(String sessionId, @org.jspecify.annotations.Nullable Throwable cause) {
		super("Session '" + sessionId
				+ "' cannot be created: this id, or the id of one of its runs, is taken; delete that session first or choose another id",
				cause);
	}

}
