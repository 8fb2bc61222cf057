package buddy.storage;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Deletes expired runs and sessions, in batches, so that no lock is held for long.
 *
 * <p>
 * A store of sessions and runs may implement this interface, or come with a separate
 * implementation. Without one, retention is refused at start-up. Several nodes may call
 * it at once: rows that another node deletes or has locked are skipped. The conditions
 * are checked again in the statement that deletes.
 */
public interface RunRetention {

	/**
	 * Deletes runs that have ended, by their age.
	 * @param workflows the workflows whose runs or sessions are considered
	 * @param begunBefore the time before which the runs began, in milliseconds since the
	 * epoch
	 * @param limit the maximum number of runs
	 * @return the number of deleted runs; 0 if there are no more for now
	 */
	int deleteRuns(WorkflowSelection workflows, long begunBefore, int limit);

	/**
	 * Finds sessions with more ended runs than are kept.
	 * @param workflows the workflows whose runs or sessions are considered
	 * @param keep the number of runs to keep, at least 1
	 * @param after the session after which to continue, or {@code null} to begin
	 * @param limit the maximum number of sessions
	 * @return their ids, sorted
	 */
	List<String> sessionsWithMoreRuns(WorkflowSelection workflows, int keep, @Nullable String after, int limit);

	/**
	 * Deletes the ended runs of a session, except the newest.
	 * @param sessionId the session
	 * @param keep the number of newest runs to keep
	 * @param limit the maximum number of runs to delete
	 * @return the number of deleted runs; 0 if there are no more for now
	 */
	int deleteOlderRuns(String sessionId, int keep, int limit);

	/**
	 * Deletes unused sessions with all of their runs. Sessions with an unfinished run are
	 * not deleted.
	 * @param workflows the workflows whose runs or sessions are considered
	 * @param usedBefore the time before which the sessions were last used, in
	 * milliseconds since the epoch
	 * @param limit the maximum number of sessions and runs in one transaction
	 * @return the number of deleted sessions; 0 if there are no more for now
	 */
	int deleteSessions(WorkflowSelection workflows, long usedBefore, int limit);

}
