package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * What {@link WorkflowSessionRepository#begin} found and did.
 *
 * @param session the session as it stands now
 * @param recorded whether the run is stored; if not, its end stores it whole
 * @param joined whether the run is part of a transaction of the caller
 * @param queuedAt the run's place in the queue for the session, in milliseconds of the
 * store's clock, or {@code null} if the run is not waiting
 */
public record OpenedSession(StoredSession session, boolean recorded, boolean joined, @Nullable Long queuedAt) {

	/**
	 * Creates the outcome of a run that is not waiting, outside of any transaction.
	 * @param session the session as it stands now
	 * @param recorded whether the run is stored
	 */
	public OpenedSession(StoredSession session, boolean recorded) {
		this(session, recorded, false, null);
	}

	/**
	 * Tells whether the run must wait for its turn.
	 * @return whether {@link WorkflowSessionRepository#enter} must succeed first
	 */
	public boolean waiting() {
		return this.queuedAt != null;
	}

}
