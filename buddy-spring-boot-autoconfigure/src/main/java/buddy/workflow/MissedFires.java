package buddy.workflow;

/**
 * What becomes of the fire times of a schedule at which no node was there to fire.
 */
public enum MissedFires {

	/** One run makes up for all of them, as soon as a node is there. */
	ONCE,

	/**
	 * Fire times that are more than a minute ago begin no run; the next one does.
	 */
	SKIP

}
