package buddy.session;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.run.WorkflowRun;
import buddy.session.WorkflowSession.SessionRun;

/**
 * Access to the workflow sessions that a user may see: the user's own, and those without
 * a user.
 *
 * <p>
 * The bean acts for the current user, as a run would. {@link #asUser} returns the view of
 * another user, for code that serves all users. A session of another user is treated like
 * one that does not exist. Sessions of workflows with their own storage are not included.
 */
public interface WorkflowSessions {

	/**
	 * Returns a view that requires a user: calls without a user are refused, and users
	 * see only their own sessions. Sessions without a user are accessible with
	 * {@code asUser(null)} only.
	 * @return the view
	 */
	WorkflowSessions requiringUser();

	/**
	 * Returns whether this view requires a user.
	 * @return whether calls without a user are refused
	 */
	boolean requiresUser();

	/**
	 * Returns the view of a given user, independent of the current user.
	 * @param userId the user's id, or {@code null} for no user
	 * @return the view
	 */
	WorkflowSessions asUser(@Nullable String userId);

	/**
	 * Returns a view of the sessions of all users, for code that serves the application's
	 * operators. Writes are made on behalf of the session's owner.
	 * @return the view
	 */
	WorkflowSessions ofEverybody();

	/**
	 * Finds a session, without its runs.
	 * @param sessionId the session
	 * @return the session, if the user may see it
	 */
	Optional<WorkflowSession> find(String sessionId);

	/**
	 * Tells whether a session exists, without reading it.
	 * @param sessionId the session
	 * @return whether there is one that the user may see
	 */
	default boolean exists(String sessionId) {
		return find(sessionId).isPresent();
	}

	/**
	 * Lists sessions, last used first, without reading their states and runs.
	 * @param query the query
	 * @param page the page to return
	 * @return the sessions that the user may see
	 */
	Page<SessionSummary> list(SessionQuery query, RunPage page);

	/**
	 * Lists the most recently used sessions, without their states and runs; see
	 * {@link #find} for a whole session.
	 * @param count the maximum number of sessions
	 * @return the sessions that the user may see, last used first
	 */
	List<SessionSummary> recent(int count);

	/**
	 * Creates a session without runs.
	 * @param session the session; its {@code runs} must be empty
	 * @return the stored session
	 * @throws SessionExistsException if its id is taken
	 */
	WorkflowSession create(WorkflowSession session);

	/**
	 * Renames a session.
	 * @param sessionId the session
	 * @param sessionName the name, up to 255 characters, or {@code null} for none
	 * @throws SessionNotFoundException if there is no such session that the user may see
	 */
	void rename(String sessionId, @Nullable String sessionName);

	/**
	 * Deletes a session and its runs.
	 * @param sessionId the session
	 * @return whether there was such a session that the user may see
	 */
	boolean delete(String sessionId);

	/**
	 * Deletes all data of a user: the sessions and all their runs. Runs in progress are
	 * deleted too; when they end, they fail to be recorded. A run that begins during the
	 * deletion, or that is stored only when it ends, may leave a session behind: first
	 * keep the user from calling workflows, and delete once more after the last run.
	 * @param userId the user, who must be the user of this view
	 * @return the deleted counts
	 * @throws IllegalArgumentException if this is the view of another user
	 */
	Deleted deleteUser(String userId);

	/**
	 * Lists the runs of a session, newest first.
	 * @param sessionId the session
	 * @param page the page to return
	 * @return the runs
	 * @throws SessionNotFoundException if there is no such session that the user may see
	 */
	Page<WorkflowRun> runs(String sessionId, RunPage page);

	/**
	 * Finds a run.
	 * @param runId the run
	 * @return the run, if the user may see its session
	 */
	Optional<WorkflowRun> findRun(String runId);

	/**
	 * Lists runs, newest first, without their inputs and responses.
	 * @param query the query
	 * @param page the page to return
	 * @return the runs whose session the user may see
	 */
	Page<RunSummary> listRuns(RunQuery query, RunPage page);

	/**
	 * Returns a session with all of its runs, in memory. If there may be many or large
	 * runs, use {@link #find} and {@link #exportRuns} instead.
	 * @param sessionId the session
	 * @return the session, its runs oldest first
	 * @throws SessionNotFoundException if there is no such session that the user may see
	 */
	WorkflowSession exportSession(String sessionId);

	/**
	 * Returns the runs of a session one by one, oldest first, in the form of an export.
	 * They are read in small batches. Runs that begin meanwhile are not included.
	 * @param sessionId the session
	 * @return the runs
	 * @throws SessionNotFoundException if there is no such session that the user may see
	 */
	Iterator<SessionRun> exportRuns(String sessionId);

	/**
	 * Stores a session with its runs, as exported by the Python framework or by
	 * {@link #exportSession}. Runs of its workflow then continue it. A run that is
	 * unfinished in the document counts as completed.
	 * @param session the session, of the current user or, unless a user is required,
	 * without a user
	 * @return the stored session, without its runs
	 * @throws SessionExistsException if its id, or the id of one of its runs, is taken
	 * @throws SessionNotFoundException if its id belongs to a session that the user may
	 * not see
	 * @throws InvalidSessionException if it has a field that could not be read back
	 * @throws IllegalArgumentException if it belongs to another user or names no workflow
	 * @throws buddy.json.UnstorableValueException if a value cannot be stored
	 */
	WorkflowSession importSession(WorkflowSession session);

	/**
	 * Counts of deleted sessions and runs.
	 *
	 * @param sessions the number of sessions
	 * @param runs the number of their runs that had ended
	 */
	record Deleted(long sessions, long runs) {

		/**
		 * Adds other counts.
		 * @param other the other counts
		 * @return the sums
		 */
		public Deleted plus(Deleted other) {
			return new Deleted(this.sessions + other.sessions, this.runs + other.runs);
		}

	}

}
