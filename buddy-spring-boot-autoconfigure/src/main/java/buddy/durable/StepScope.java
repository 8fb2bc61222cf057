package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * The part of a run that calls steps: its body, a branch of it, or the call of an agent.
 * The contexts of runs implement it, for code that records steps by itself, as agents do.
 */
public interface StepScope {

	/**
	 * Takes the place of a step, on the thread that calls it and before anything is
	 * handed over to another thread.
	 * @param kind what the step is
	 * @param name its name
	 * @param format writes and reads its outcome
	 * @param <T> the type of its result
	 * @return the step, or {@code null} if no step is recorded here: within the body of a
	 * step, and in a run whose store has no journal
	 */
	<T> @Nullable JournaledStep<T> next(StepKind kind, String name, StepFormat<T> format);

	/**
	 * Returns the name of the step that an earlier execution of the run has called or
	 * waited in at the next place.
	 * @return the name, or {@code null} if the run has not come that far before
	 */
	@Nullable String recordedNext();

	/**
	 * Returns whether the run can wait for a person here.
	 * @return whether it can
	 */
	boolean canWait();

	/**
	 * Stops the run, which can be resumed: every later call of buddy in this execution
	 * throws the same. It is not a failure of a step.
	 * @param told what the caller of the run gets
	 * @param reason why, as the run's record has it
	 * @return what to throw
	 */
	Error park(RuntimeException told, String reason);

}
