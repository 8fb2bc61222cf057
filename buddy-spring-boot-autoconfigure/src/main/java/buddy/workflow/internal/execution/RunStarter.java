package buddy.workflow.internal.execution;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Begins the runs of a call.
 */
public interface RunStarter {

	/**
	 * Begins a run: stores it and opens its session.
	 */
	RunExecution begin();

	/**
	 * Begins a run for a subscriber.
	 * @param context returns the values of its Reactor context by key
	 */
	default RunExecution begin(Function<String, @Nullable Object> context) {
		return begin();
	}

	/**
	 * Returns whether beginning may take long because the run waits for its turn.
	 */
	default boolean mayWait() {
		return false;
	}

}
