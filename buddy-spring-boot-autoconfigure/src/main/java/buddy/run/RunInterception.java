package buddy.run;

import org.jspecify.annotations.Nullable;

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
	 * Called before a step of the workflow's own code is executed, or handed back from
	 * what is recorded.
	 * @param key the step's key, unlike that of any other step of the run
	 * @param name its name
	 * @return the interception of the step, or {@code null} for none
	 */
	default @Nullable StepInterception step(String key, String name) {
		return null;
	}

	/**
	 * Called once, after the end of the run was stored. A run that was refused ends
	 * without having begun.
	 * @param ending the end
	 */
	void ended(RunEnding ending);

}
