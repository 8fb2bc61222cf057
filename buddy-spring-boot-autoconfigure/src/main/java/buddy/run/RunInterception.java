package buddy.run;

/**
 * Intercepts one run.
 */
public interface RunInterception extends Interception {

	/**
	 * Called after the run's session was opened, before its code is executed.
	 */
	default void begun() {
	}

	/**
	 * Called once, after the end of the run was stored. A run that was refused ends
	 * without having begun.
	 * @param ending the end
	 */
	void ended(RunEnding ending);

}
