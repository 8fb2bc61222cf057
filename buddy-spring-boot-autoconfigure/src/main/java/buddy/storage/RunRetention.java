package buddy.storage;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Deletes what is kept no longer, a batch at a time, so that no lock lasts long.
 *
 * <p>
 * A store of sessions and runs may have one beside it, or be one itself; without one,
 * retention is refused at start-up. Several nodes may call it at once: what another one
 * deletes, or has locked, is skipped. Whatever is deleted is checked again in the very
 * statement.
 */
public interface RunRetention {

	/**
	 * Deletes runs that have ended, by their age.
	 * @param workflows whose
	 * @param begunBefore those that began before this, in milliseconds since the epoch
	 * @param limit how many at the most
	 * @return how many were deleted; 0 if there are no more for now
	 */
	int deleteRuns(WorkflowSelection workflows, long begunBefore, int limit);

	/**
	 * Finds sessions with more runs that have ended than are kept.
	 * @param workflows whose
	 * @param keep how many are kept, at least 1
	 * @param after the session after which to go on, or {@code null} to begin
	 * @param limit how many sessions at the most
	 * @return their ids, in their order
	 */
	List<String> sessionsWithMoreRuns(WorkflowSelection workflows, int keep, @Nullable String after, int limit);

	/**
	 * Deletes runs of a session that have ended, but not the newest.
	 * @param sessionId the session
	 * @param keep how many of the newest are kept
	 * @param limit how many to delete at the most
	 * @return how many were deleted; 0 if there are no more for now
	 */
	int deleteOlderRuns(String sessionId, int keep, int limit);

	/**
	 * Deletes sessions that were not used for long, with all of their runs; never one
	 * that has a run which has not ended.
	 * @param workflows whose
	 * @param usedBefore those last used before this, in milliseconds since the epoch
	 * @param limit how many sessions and runs at the most in one transaction
	 * @return how many sessions were deleted; 0 if there are no more for now
	 */
	int deleteSessions(WorkflowSelection workflows, long usedBefore, int limit);

}
