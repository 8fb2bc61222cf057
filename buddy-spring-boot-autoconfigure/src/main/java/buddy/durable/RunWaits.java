package buddy.durable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.storage.WorkflowSelection;

/**
 * Stores what paused runs wait for, beside the runs and their steps. All times are those
 * of the store's clock.
 */
public interface RunWaits {

	/**
	 * Pauses a run: all or nothing. Its waits and questions are stored, its session is
	 * free for other runs, and it has no owner any more. It is due when the first of its
	 * waits is, or at its deadline, and at once if one of them was settled meanwhile.
	 * @param pause the pause
	 * @return whether it is paused; it is not if another execution of the run has begun,
	 * or it was ended by someone else
	 */
	boolean pause(RunPause pause);

	/**
	 * Returns whether a pause is stored, for a pause whose answer was lost.
	 * @param pause the pause
	 * @return whether the run is paused in its epoch
	 */
	boolean isPaused(RunPause pause);

	/**
	 * Stores an answer, in the caller's transaction if there is one: the step that waits
	 * for it is done, or if that is a step which may have happened, it waits for nothing
	 * any more, and its run finds the answer. The outermost run is due at once if it is
	 * paused.
	 * @param runId the run that asks
	 * @param key the key of the step
	 * @param answer the answer as JSON
	 * @param answeredBy the user who answers, or {@code null}
	 * @param rootId the outermost of the runs that have called that run, or the run
	 * itself
	 * @param alongside writes something else in the same transaction, once the answer is
	 * stored
	 * @return what became of it
	 */
	AnswerOutcome answer(String runId, String key, String answer, @Nullable String answeredBy, String rootId,
			Runnable alongside);

	/**
	 * Stores an answer, in the caller's transaction if there is one.
	 * @param runId the run that asks
	 * @param key the key of the step
	 * @param answer the answer as JSON
	 * @param answeredBy the user who answers, or {@code null}
	 * @param rootId the outermost of the runs that have called that run, or the run
	 * itself
	 * @return what became of it
	 */
	default AnswerOutcome answer(String runId, String key, String answer, @Nullable String answeredBy, String rootId) {
		return answer(runId, key, answer, answeredBy, rootId, () -> {
		});
	}

	/**
	 * Lists paused runs that are due, also those that other runs have called: they are
	 * settled with their outermost run, which is due then.
	 * @param workflows their workflows
	 * @param limit how many at the most
	 * @return their ids, the longest due first
	 */
	List<String> due(WorkflowSelection workflows, int limit);

	/**
	 * Lists paused runs of all workflows that are due.
	 * @param limit how many at the most
	 * @return their ids, the longest due first
	 */
	default List<String> due(int limit) {
		return due(WorkflowSelection.allBut(Set.of()), limit);
	}

	/**
	 * Settles what is due of a paused run: sleeps that are over are done, and questions
	 * that nobody has answered in time get their default, or else fail with
	 * {@link AnswerExpiredException}. A step whose time for the next attempt has come, or
	 * whose question has expired, waits for nothing any more. The outermost run is due at
	 * once then.
	 * @param runId the run
	 * @param rootId the outermost of the runs that have called that run, or the run
	 * itself
	 */
	void settle(String runId, String rootId);

	/**
	 * Makes a paused run due at once, since a run that it has called has ended.
	 * @param runId the run
	 */
	void wake(String runId);

	/**
	 * Sets how long a run may still take, over all of its pauses and executions. While it
	 * is paused, it is due at that time at the latest.
	 * @param runId the run
	 * @param epoch the execution that sets it
	 * @param left the time from now
	 */
	void limit(String runId, int epoch, Duration left);

	/**
	 * Returns how long a run may still take.
	 * @param runId the run
	 * @return the time from now, not positive if it is over, or {@code null} for no limit
	 */
	@Nullable Duration timeLeft(String runId);

	/**
	 * Lists runs that have been paused without a break for some time, are not due, and
	 * were not called by another run.
	 * @param workflows their workflows
	 * @param age for how long at least
	 * @param limit how many at the most
	 * @return their ids, the longest paused first
	 */
	List<String> pausedFor(WorkflowSelection workflows, Duration age, int limit);

	/**
	 * Returns whether there are paused runs that will be due at some time.
	 * @param workflows their workflows
	 * @return whether there are any
	 */
	boolean hasTimed(WorkflowSelection workflows);

	/**
	 * Returns whether there are paused runs of any workflow that will be due at some
	 * time.
	 * @return whether there are any
	 */
	default boolean hasTimed() {
		return hasTimed(WorkflowSelection.allBut(Set.of()));
	}

	/**
	 * Finds a question.
	 * @param runId the run that asks
	 * @param key the key of the step that waits for the answer
	 * @return the question
	 */
	Optional<StoredQuestion> find(String runId, String key);

	/**
	 * Gives an open question a token, in the place of an earlier one. It is written in
	 * the caller's transaction if there is one.
	 * @param runId the run that asks
	 * @param key the key of the step
	 * @param tokenHash the digest of the token
	 * @param alongside writes something else in the same transaction, once the token is
	 * stored
	 * @return whether it is stored; it is not if the question cannot be answered
	 */
	boolean setToken(String runId, String key, String tokenHash, Runnable alongside);

	/**
	 * Replaces the token of a question, within the transaction that answers it.
	 * @param tokenHash the digest of the token
	 * @param usedHash the digest by which the question is found from now on
	 * @return whether there is a question of that token
	 */
	boolean useToken(String tokenHash, String usedHash);

	/**
	 * Finds the question of a token.
	 * @param tokenHash the digest of the token
	 * @return the question, if it was answered or can be answered now
	 */
	Optional<StoredQuestion> findByToken(String tokenHash);

	/**
	 * Lists questions, the latest first.
	 * @param filter which
	 * @param after the last question of the page before, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the questions
	 */
	default List<StoredQuestion> list(QuestionFilter filter, @Nullable StoredQuestion after, int limit) {
		return list(filter, QuestionViewer.EVERYBODY, after, limit);
	}

	/**
	 * Lists the questions that somebody sees, the latest first. The store does not read
	 * others.
	 * @param filter which
	 * @param viewer who looks at them
	 * @param after the last question of the page before, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the questions
	 */
	List<StoredQuestion> list(QuestionFilter filter, QuestionViewer viewer, @Nullable StoredQuestion after, int limit);

	/**
	 * Counts the questions that wait for an answer and that somebody sees.
	 * @param viewer who looks at them
	 * @param most how many are looked at, the latest
	 * @return the number
	 */
	default int countOpen(QuestionViewer viewer, int most) {
		return list(new QuestionFilter(QuestionStatus.OPEN, null, null), viewer, null, most).size();
	}

	/**
	 * Lists the roles that are asked.
	 * @param filter which questions; their workflow does not matter
	 * @return the roles
	 */
	Set<String> roles(QuestionFilter filter);

	/**
	 * Lists what a run waits for.
	 * @param runId the run
	 * @return its steps that wait for an answer or a time, in the order of their keys
	 */
	List<StepHead> waiting(String runId);

}
