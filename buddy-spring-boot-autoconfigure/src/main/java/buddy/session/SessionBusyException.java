package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a run needs its session for itself but another run holds it. The refused
 * run leaves no record.
 */
public class SessionBusyException extends RuntimeException {

	private final String sessionId;

	private final @Nullable String holderRunId;

	/**
	 * Creates the exception.
	 * @param sessionId the session's id
	 * @param holderRunId the run that holds it, or {@code null} if other runs wait for it
	 * @param advice a sentence that says what happened and what to do
	 */
	public SessionBusyException(String sessionId, @Nullable String holderRunId, String advice) {
		super("Session '" + sessionId + "' is busy: "
				+ ((holderRunId != null) ? "run '" + holderRunId + "' holds it" : "other runs wait for it") + ". "
				+ advice);
		this.sessionId = sessionId;
		this.holderRunId = holderRunId;
	}

	/**
	 * Returns the session's id.
	 * @return the id
	 */
	public String sessionId() {
		return this.sessionId;
	}

	/**
	 * Returns the run that holds the session.
	 * @return its id, or {@code null} if other runs wait for the session
	 */
	public @Nullable String holderRunId() {
		return this.holderRunId;
	}

}
