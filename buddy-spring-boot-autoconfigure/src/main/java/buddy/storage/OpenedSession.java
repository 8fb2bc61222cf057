package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * The result of {@link WorkflowSessionRepository#begin}.
 *
 * @param session the current session
 * @param recorded whether the run is stored; if not, it is stored as a whole when it ends
 * @param joined whether the run is part of a transaction of the caller
 * @param queuedAt the run's place in the queue for the session, in milliseconds of the
 * store's clock, or {@code null} if the run is not waiting
 */
public record OpenedSession(StoredSession session, boolean recorded, boolean joined, @Nullable Long queuedAt) {

	/**
	 * Creates the result for a run that is not waiting, outside of any transaction.
	 * @param session the current session
	 * @param recorded whether the run is stored
	 */
	public OpenedSession(StoredSession session, boolean recorded) {
		this(session, recorded, false, null);
	}

	/**
	 * Returns whether the run must wait for its turn.
	 * @return whether {@link WorkflowSessionRepository#enter} must succeed before the run
	 * begins
	 */
	public boolean waiting() {
		return this.queuedAt != null;
	}

}
