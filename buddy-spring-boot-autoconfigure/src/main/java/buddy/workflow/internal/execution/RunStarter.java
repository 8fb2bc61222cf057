package buddy.workflow.internal.execution;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Makes the execution of one run of a call.
 */
public interface RunStarter {

	/**
	 * Begins a run: stores it and opens its session.
	 */
	RunExecution begin();

	/**
	 * The same for a subscriber.
	 * @param context finds values of its Reactor context by their keys
	 */
	default RunExecution begin(Function<String, @Nullable Object> context) {
		return begin();
	}

	/**
	 * Tells whether beginning may take long, since the run waits for its turn.
	 */
	default boolean mayWait() {
		return false;
	}

}
