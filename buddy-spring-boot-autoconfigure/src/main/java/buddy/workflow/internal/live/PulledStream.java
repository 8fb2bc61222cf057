package buddy.workflow.internal.live;

/**
 * A run whose caller pulls its items, and may stop doing so.
 */
public interface PulledStream {

	/**
	 * Returns whether the caller has not pulled for some time, and is not pulling now. To
	 * be called repeatedly: the time counts from the first call after a pull.
	 * @param nanos the time, in nanoseconds
	 * @return whether the run has been idle for that time
	 */
	boolean idleFor(long nanos);

	/**
	 * Cancels the run, at once or when the pull in progress ends; the caller's next pull
	 * throws.
	 * @param reason the reason
	 */
	void abandon(String reason);

}
