package buddy.session;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a run cannot have its session to itself: another run holds it. Nothing was
 * stored of the run that was refused.
 */
public class SessionBusyException extends RuntimeException {

	private final String sessionId;

	private final @Nullable String holderRunId;

	/**
	 * Names the session and the run that holds it.
	 * @param sessionId the session's id
	 * @param holderRunId the run that holds it, or {@code null} if other runs wait for it
	 * @param advice what happened and what to do, a sentence
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
