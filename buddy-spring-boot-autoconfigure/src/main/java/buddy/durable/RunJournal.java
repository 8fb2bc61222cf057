package buddy.durable;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.storage.RunTake;
import buddy.storage.StoredRun;

/**
 * Stores the steps of runs, beside the sessions and runs themselves.
 *
 * <p>
 * Every write says which execution of the run makes it, by the {@link StepHead#epoch()
 * epoch} of the step, and is refused if that is not the execution that runs it now: the
 * store decides in the very statement that writes, so that nothing comes after a
 * take-over.
 */
public interface RunJournal {

	/**
	 * Takes a run, so that nothing of its earlier executions is written any more: it
	 * counts as running from now on, in the next epoch, and what it ended with is
	 * forgotten.
	 *
	 * <p>
	 * A run can be taken that is paused, that ended with an error, or that was stored to
	 * be executed later and has no owner. One that is in progress is only taken from a
	 * node whose lease is over, by the store's own clock.
	 * @param take the run as it was seen
	 * @return whether it is taken; it is not if it has changed since
	 */
	boolean take(RunTake take);

	/**
	 * Takes a run, and writes something else in the same transaction, if the store has
	 * transactions.
	 * @param take the run as it was seen
	 * @param alongside writes into the same store once the run is taken
	 * @return whether it is taken; if not, nothing is written
	 */
	default boolean take(RunTake take, Runnable alongside) {
		boolean taken = take(take);
		if (taken) {
			alongside.run();
		}
		return taken;
	}

	/**
	 * Stores a step that is not there yet.
	 * @param step the step
	 * @return what became of it
	 */
	JournalWrite append(StoredStep step);

	/**
	 * Stores what became of a step that was stored as started or waiting. Its place may
	 * be another one now, if it has waited.
	 * @param step the step as it is now
	 * @return what became of it; {@code FENCED} also if there is no such step without an
	 * outcome
	 */
	JournalWrite update(StoredStep step);

	/**
	 * Calls a step's body in a transaction, that of the caller if there is one, and
	 * stores the step last in the same transaction: both or neither.
	 * @param body does what the step does and gives the step to store
	 * @param update whether the step is stored as started or waiting already
	 * @return what became of it; if it was not stored, what the body did is undone
	 */
	JournalWrite writeInTransaction(Supplier<StoredStep> body, boolean update);

	/**
	 * Returns whether this thread is part of a transaction of the caller, in which steps
	 * are not recorded.
	 * @return whether writes are left out now
	 */
	boolean isInTransaction();

	/**
	 * Returns whether a write may succeed later that has failed now, because the store is
	 * away or busy.
	 * @param failure the exception of the write
	 * @return whether it is worth another attempt
	 */
	boolean isTemporary(RuntimeException failure);

	/**
	 * Lists the steps of a run without their results.
	 * @param runId the run
	 * @return the steps, in no order
	 */
	List<StepHead> heads(String runId);

	/**
	 * Reads steps of a run.
	 * @param runId the run
	 * @param keys their keys, some hundreds at the most
	 * @return those that there are, in no order
	 */
	List<StoredStep> read(String runId, Collection<String> keys);

	/**
	 * Lists steps of a run, in the order in which they began.
	 * @param runId the run
	 * @param after the key of the step after which to go on, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the steps; none if there are no more for now
	 */
	List<StoredStep> list(String runId, @Nullable String after, int limit);

	/**
	 * Returns what the state of a run's session was opened from.
	 * @param runId the run
	 * @return a state with base and version, or {@link StepState#NONE} if no step has
	 * recorded them
	 */
	StepState base(String runId);

	/**
	 * Lists the runs that a run has called.
	 * @param runId the run
	 * @return the ids of the nested runs, by the key of the call
	 */
	Map<String, String> nested(String runId);

	/**
	 * Returns the last of a run's events that a recorded step has seen.
	 * @param runId the run
	 * @return its id, such as {@code 0-57}, or {@code null} if no step has seen one
	 */
	@Nullable String lastEvent(String runId);

	/**
	 * Stores a new run with steps of another one, both or neither.
	 * @param fork the new run, which has ended as an error that can be resumed
	 * @param from the other run
	 * @param keys the keys of the steps to copy
	 * @throws IllegalStateException if one of them is not there any more: then nothing is
	 * stored
	 */
	void fork(StoredRun fork, String from, Collection<String> keys);

	/**
	 * Finds runs that have steps, by the time at which they began.
	 * @param begunBefore the time before which they began, in milliseconds since the
	 * epoch, as their ids tell
	 * @param after the run after which to go on, or {@code null} to begin
	 * @param limit how many at the most
	 * @return their ids, sorted
	 */
	List<String> runsWithSteps(long begunBefore, @Nullable String after, int limit);

	/**
	 * Deletes the steps of a run that has ended, and those of all that it has called. It
	 * is not taken any more from then on. A run that another one has called is deleted
	 * with the outermost of those.
	 * @param runId the run
	 * @param begunBefore the time before which the outermost run began, in milliseconds
	 * since the epoch
	 * @param now the time, in milliseconds since the epoch
	 * @return the number of steps that were deleted; 0 if the outermost run has not ended
	 */
	int deleteSteps(String runId, long begunBefore, long now);

	/**
	 * Returns whether the steps of a run were deleted, so that it cannot be continued.
	 * @param runId the run, which no other one has called
	 * @return whether they were
	 */
	boolean hasDeletedSteps(String runId);

	/**
	 * Takes the failure of a step back: the step waits until the run's next execution
	 * calls it again. What the state was opened from, and what the step was given, stay
	 * recorded.
	 * @param runId the run
	 * @param key the step
	 * @param epoch the run's epoch, which must not have changed
	 * @return whether there was such a failure
	 */
	boolean reopenFailure(String runId, String key, int epoch);

}
