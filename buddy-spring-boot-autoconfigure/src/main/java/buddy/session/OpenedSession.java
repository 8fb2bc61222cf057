package buddy.session;

/**
 * What {@link WorkflowSessionRepository#begin} found and did.
 *
 * @param session the session as it stands now
 * @param recorded whether the run is stored as running; if not, its end stores it whole
 */
public record OpenedSession(StoredSession session, boolean recorded) {
}
