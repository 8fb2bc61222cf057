package buddy.workflow;

/**
 * A run whose caller pulls its items, and may forget to.
 */
interface Pulled {

	/**
	 * Tells whether the caller has not pulled since a time, and does not now. It is to be
	 * asked again and again: what counts is when it was first seen after a pull.
	 * @param millis the time, in milliseconds since the epoch
	 * @return whether nobody has touched the run since
	 */
	boolean idleSince(long millis);

	/**
	 * Cancels the run, at once or when the pull in progress ends; the caller's next pull
	 * throws.
	 * @param reason why
	 */
	void abandon(String reason);

}
