package buddy.engine.temporal.internal;

/**
 * What a ticket is for.
 */
enum TicketKind {

	/** A queued run. */
	RUN,

	/** A schedule. */
	SCHEDULE

}
