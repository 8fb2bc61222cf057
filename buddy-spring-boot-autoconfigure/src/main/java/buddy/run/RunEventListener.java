package buddy.run;

import java.util.List;

/**
 * Receives every event of every run, in order for each run. Declare it as a bean.
 *
 * <p>
 * It is called on the run's own thread, so it must be quick. Exceptions are logged and do
 * not affect the run.
 */
@FunctionalInterface
public interface RunEventListener {

	/**
	 * Called for an event.
	 * @param run the run
	 * @param event the event, stamped with the run's ids
	 */
	void onEvent(RunContext run, RunResponseEvent event);

	/**
	 * Called for a piece of text that a streamed run returned as plain text rather than
	 * as an event. {@link #onEvent} is not called for it.
	 * @param run the run
	 * @param piece the text as an event, stamped with the run's ids
	 */
	default void onText(RunContext run, RunResponseEvent.RunResponseContent piece) {
	}

	/**
	 * Called when this run and another one set the same keys of their session's state to
	 * different values. The values of this run, which ended later, were stored.
	 * @param run the run, whose end has been stored
	 * @param keys the keys
	 */
	default void onSessionStateConflict(RunContext run, List<String> keys) {
	}

	/**
	 * Called on the run's thread before the end of the run is stored. A listener that
	 * stores events must flush its buffer now. The run's last event follows after its end
	 * is stored.
	 * @param run the run, which emits no more events before its end is stored
	 * @return the number of events of the run that this listener has stored or should
	 * have stored; 0 if it stores none
	 */
	default long beforeEnd(RunContext run) {
		return 0;
	}

	/**
	 * Called on the run's thread before the run pauses. A listener that stores events
	 * must store those that it has now: once the pause is stored, another process may go
	 * on with the run. Only the event of the pause follows.
	 * @param run the run, as this execution of it sees it
	 */
	default void beforePause(RunContext run) {
	}

	/**
	 * Called instead of the last event when this execution of the run has stopped because
	 * another one has begun. No event of this one follows.
	 * @param run the run, as this execution of it sees it
	 */
	default void onFenced(RunContext run) {
	}

	/**
	 * Returns the number of the run's last event so far, for listeners that store events.
	 * @param run the run
	 * @return the number, or 0 if none is stored
	 */
	default long lastEvent(RunContext run) {
		return 0;
	}

}
