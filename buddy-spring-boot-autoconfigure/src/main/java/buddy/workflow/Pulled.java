package buddy.workflow;

/**
 * A stream that its caller pulls items from, and may forget.
 */
interface Pulled {

	/**
	 * Tells whether no item is being pulled, and none was since a time.
	 */
	boolean idleSince(long millis);

	/**
	 * Cancels the run of a stream that is idle; the caller gets that at the next pull.
	 */
	void abandon(String reason);

}
