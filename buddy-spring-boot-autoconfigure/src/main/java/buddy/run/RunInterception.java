package buddy.run;

/**
 * Stands around one run.
 */
public interface RunInterception extends Interception {

	/**
	 * Takes notice that the run's session is open, and its code is called next.
	 */
	default void begun() {
	}

	/**
	 * Takes notice of the run's one end, after it was stored. A run that was refused ends
	 * without having begun.
	 * @param ending the end
	 */
	void ended(RunEnding ending);

}
