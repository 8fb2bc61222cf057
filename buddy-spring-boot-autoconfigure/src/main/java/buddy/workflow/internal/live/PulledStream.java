package buddy.workflow.internal.live;

/**
 * A run whose caller pulls its items, and may forget to.
 */
public interface PulledStream {

	/**
	 * Tells whether the caller has not pulled for some time, and does not now. It is to
	 * be asked again and again: what counts is when it was first seen after a pull.
	 * @param nanos the time, in nanoseconds
	 * @return whether nobody has touched the run for so long
	 */
	boolean idleFor(long nanos);

	/**
	 * Cancels the run, at once or when the pull in progress ends; the caller's next pull
	 * throws.
	 * @param reason why
	 */
	void abandon(String reason);

}
