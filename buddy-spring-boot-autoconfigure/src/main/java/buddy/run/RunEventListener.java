package buddy.run;

/**
 * Sees every event of every run, in the order of each run; declare it as a bean.
 *
 * <p>
 * It is called on the run's own thread, so it must be quick; what it throws is logged and
 * ends nothing.
 */
@FunctionalInterface
public interface RunEventListener {

	/**
	 * Takes an event.
	 * @param run the run
	 * @param event the event, stamped with the run's ids
	 */
	void onEvent(RunContext run, RunResponseEvent event);

}
