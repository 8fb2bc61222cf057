package buddy.durable.internal;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunWaits;
import buddy.durable.StepState;
import buddy.durable.StoredStep;
import buddy.run.Cancellation;
import buddy.run.RunContext;

/**
 * A part of a run that calls steps.
 */
public interface StepCaller {

	/**
	 * Returns what stops the part.
	 * @return its cancellation
	 */
	Cancellation cancellation();

	/**
	 * Prepares the call of a step's body.
	 * @param key the step's key
	 * @param call the step
	 * @return its execution
	 */
	Execution enter(String key, StepCall call);

	/**
	 * Takes a step whose outcome is handed back instead of calling its body: what the
	 * body did to the session's state is done again.
	 * @param step the step
	 */
	void replayed(StoredStep step);

	/**
	 * Called when a step is called, before it is executed or its outcome handed back.
	 * @param key the step's key
	 */
	void reaches(String key);

	/**
	 * Called with the outcome of a step that was executed, once it is written.
	 * @param step the step
	 */
	void executed(StoredStep step);

	/**
	 * Called when the code of the run gets the failure of a step.
	 * @param key the step's key
	 * @param failure what the code gets
	 */
	void failed(String key, Throwable failure);

	/**
	 * Returns where the waits of the part are stored.
	 * @return the store, or {@code null} if the part cannot pause, such as the body of a
	 * step
	 */
	@Nullable RunWaits waits();

	/**
	 * Pauses the part, or a branch that it is in: every later call of buddy there throws
	 * the signal.
	 * @param signal what it waits for
	 * @return the signal to throw
	 */
	Error pause(RunSignal signal);

	/**
	 * Returns whether the run is parked when a recorded step is given something else than
	 * it was before, such as another prompt.
	 * @return whether it is parked, else that is logged
	 */
	boolean parksOnChange();

	/**
	 * Returns the number of the run's last event so far.
	 * @return the number, or {@code null} if none is stored
	 */
	@Nullable Long lastEvent();

	/**
	 * The execution of a step's body.
	 */
	interface Execution {

		/**
		 * Begins a body that is not a single call.
		 * @return the part of the run that the body belongs to
		 */
		RunContext begin();

		/**
		 * Does again what the calls of the body in earlier executions have done to the
		 * session's state.
		 * @param step the step, which waits for its next attempt
		 */
		void repeat(StoredStep step);

		/**
		 * Calls the body once.
		 * @return what it returns
		 * @throws Exception what it throws
		 */
		@Nullable Object call() throws Exception;

		/**
		 * Returns what the body has done to the session's state, in all of its calls.
		 * @return the operations, and the state that the run began with if it is not
		 * recorded yet
		 * @throws IllegalStateException if it changed the state in a way that cannot be
		 * recorded
		 */
		StepState state();

		/**
		 * Returns the same without that check, for a step that has failed.
		 * @return the operations, and the state that the run began with if it is not
		 * recorded yet
		 */
		StepState operations();

		/** Called once that is recorded. */
		void recorded();

	}

}
