package buddy.run;

import java.util.List;

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

	/**
	 * Takes a piece of text that a streamed run gave as plain text and not as an event;
	 * {@link #onEvent} does not see it.
	 * @param run the run
	 * @param piece the text as an event, stamped with the run's ids
	 */
	default void onText(RunContext run, RunResponseEvent.RunResponseContent piece) {
	}

	/**
	 * Takes notice that a run and another one set the same keys of their session's state
	 * to different values, and this run's values, which came later, were stored.
	 * @param run the run, whose end is stored
	 * @param keys the keys
	 */
	default void onSessionStateConflict(RunContext run, List<String> keys) {
	}

	/**
	 * Is called before the end of a run is stored, on the run's thread: who stores events
	 * writes now what it holds back. The run's last event comes after its end is stored.
	 * @param run the run, which gives no more events
	 * @return how many events of the run this listener has stored or was to store; 0 if
	 * it stores none
	 */
	default long beforeEnd(RunContext run) {
		return 0;
	}

}
