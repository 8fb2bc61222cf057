package buddy.session;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.run.WorkflowRun;
import buddy.session.WorkflowSession.SessionRun;

/**
 * The sessions that a user may see: those of the user, and those of nobody.
 *
 * <p>
 * The bean sees with the eyes of the current user, as a run would; {@link #asUser} looks
 * for another one, for code that serves all users. Another user's session is not told
 * apart from one that does not exist. The workflows that have a store of their own are
 * not among them.
 */
public interface WorkflowSessions {

	/**
	 * Returns the view of an application in which everybody is known: it refuses whom it
	 * does not know, and shows each user no sessions but that user's own. Those of nobody
	 * are left to {@code asUser(null)}.
	 * @return the view
	 */
	WorkflowSessions requiringUser();

	/**
	 * Tells whether this view refuses to look without a user.
	 * @return whether it does
	 */
	boolean requiresUser();

	/**
	 * Returns the view of one user, whoever is the current one.
	 * @param userId the user's id, or {@code null} for nobody
	 * @return the view
	 */
	WorkflowSessions asUser(@Nullable String userId);

	/**
	 * Returns the view of all users' sessions, for code that serves the application's
	 * operators. What it writes, it writes in the name of whom the session belongs to.
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
	 * Tells whether there is a session, without reading it.
	 * @param sessionId the session
	 * @return whether there is one that the user may see
	 */
	default boolean exists(String sessionId) {
		return find(sessionId).isPresent();
	}

	/**
	 * Lists sessions, last used first, without their states and runs, which are not read.
	 * @param query which ones
	 * @param page how many, and after which
	 * @return those of them that the user may see
	 */
	Page<SessionSummary> list(SessionQuery query, RunPage page);

	/**
	 * Lists the sessions that were used last, without their states and runs; see
	 * {@link #find} for the whole of one.
	 * @param count how many at the most
	 * @return those of them that the user may see, last used first
	 */
	List<SessionSummary> recent(int count);

	/**
	 * Creates a session without runs.
	 * @param session the session; its {@code runs} must be empty
	 * @return the session as it is stored
	 * @throws SessionExistsException if its id is taken
	 */
	WorkflowSession create(WorkflowSession session);

	/**
	 * Gives a session another name.
	 * @param sessionId the session
	 * @param sessionName the name, up to 255 characters, or {@code null} for none
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	void rename(String sessionId, @Nullable String sessionName);

	/**
	 * Deletes a session and its runs.
	 * @param sessionId the session
	 * @return whether there was one that the user may see
	 */
	boolean delete(String sessionId);

	/**
	 * Deletes whatever belongs to a user: the sessions and all of their runs, also runs
	 * in progress, whose ends then find nothing and say so. A run that begins meanwhile,
	 * or that is stored only when it ends, may leave a session behind: keep the user from
	 * calling workflows first, and delete once more after the last run.
	 * @param userId the user, who must be the one whose view this is
	 * @return what was deleted
	 * @throws IllegalArgumentException if this is another user's view
	 */
	Deleted deleteUser(String userId);

	/**
	 * Lists the runs of a session, newest first.
	 * @param sessionId the session
	 * @param page how many, and after which
	 * @return the runs
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	Page<WorkflowRun> runs(String sessionId, RunPage page);

	/**
	 * Finds a run.
	 * @param runId the run
	 * @return the run, if the user may see its session
	 */
	Optional<WorkflowRun> findRun(String runId);

	/**
	 * Lists runs, newest first, without what they were given and what they gave.
	 * @param query which ones
	 * @param page how many, and after which
	 * @return those of them whose session the user may see
	 */
	Page<RunSummary> listRuns(RunQuery query, RunPage page);

	/**
	 * Returns a session with all of its runs, in memory. Where they may be many or large,
	 * take {@link #find} and {@link #exportRuns} instead.
	 * @param sessionId the session
	 * @return the session, its runs oldest first
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	WorkflowSession exportSession(String sessionId);

	/**
	 * Returns the runs of a session one by one, oldest first, as an export has them. A
	 * few are read at a time, each few by a statement of their own; runs that begin
	 * meanwhile are not among them.
	 * @param sessionId the session
	 * @return the runs
	 * @throws SessionNotFoundException if there is none that the user may see
	 */
	Iterator<SessionRun> exportRuns(String sessionId);

	/**
	 * Stores a session with its runs, as the framework or {@link #exportSession} wrote
	 * it; runs of its workflow then continue it. A run that the document leaves
	 * unfinished counts as completed.
	 * @param session the session, of the current user or, unless a user is demanded, of
	 * nobody
	 * @return the session as it is stored, without its runs
	 * @throws SessionExistsException if its id, or the id of one of its runs, is taken
	 * @throws SessionNotFoundException if its id is that of a session that the user may
	 * not see
	 * @throws InvalidSessionException if something in it could not be read back
	 * @throws IllegalArgumentException if it is another user's, or names no workflow
	 * @throws buddy.json.UnstorableValueException if a value cannot be stored
	 */
	WorkflowSession importSession(WorkflowSession session);

	/**
	 * What was deleted.
	 *
	 * @param sessions how many sessions
	 * @param runs how many runs of them that had ended
	 */
	record Deleted(long sessions, long runs) {

		/**
		 * Adds what else was deleted.
		 * @param other the other counts
		 * @return the sums
		 */
		public Deleted plus(Deleted other) {
			return new Deleted(this.sessions + other.sessions, this.runs + other.runs);
		}

	}

}
