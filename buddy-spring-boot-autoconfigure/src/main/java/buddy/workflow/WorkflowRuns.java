package buddy.workflow;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;

/**
 * The runs that have not ended, on every node: who runs them, and how to stop them.
 *
 * <p>
 * The bean sees with the eyes of the current user: that user's runs and nobody's.
 * {@link #asUser} looks for another one, {@link #ofEverybody} for code that serves the
 * application's operators.
 */
public interface WorkflowRuns {

	/**
	 * Returns this view for an application in which every user is known: without a
	 * current user it refuses to look, and nobody's runs are nobody's to see.
	 * @return the view
	 */
	WorkflowRuns requiringUser();

	/**
	 * Returns the view of one user, whoever is the current one.
	 * @param userId the user's id, or {@code null} for nobody
	 * @return the view
	 */
	WorkflowRuns asUser(@Nullable String userId);

	/**
	 * Returns the view of all users' runs, for code that serves the application's
	 * operators.
	 * @return the view
	 */
	WorkflowRuns ofEverybody();

	/**
	 * Asks a run to stop, wherever it runs.
	 * @param runId the run
	 * @return whether there was such a run, and it had not ended
	 * @see #cancel(String, String)
	 */
	boolean cancel(String runId);

	/**
	 * Asks a run to stop, wherever it runs. A run of this process stops with its next
	 * call of buddy, and ends as cancelled; one of another node is asked within the
	 * interval {@code buddy.runs.cancel-poll-interval}; one whose node is gone is ended
	 * at once.
	 * @param runId the run
	 * @param reason why, for the record; at most 255 characters are kept
	 * @return whether there was such a run that the user may see, and it had not ended
	 * @throws IllegalStateException if it runs in another process, and the store cannot
	 * tell that one
	 */
	boolean cancel(String runId, String reason);

	/**
	 * Finds a run that has not ended.
	 * @param runId the run
	 * @return the run and who runs it, if the user may see it
	 */
	Optional<UnfinishedRun> findUnfinished(String runId);

	/**
	 * Lists the runs that have not ended, newest first. One whose owner is not alive was
	 * interrupted: its process died.
	 * @param page how many, and after which
	 * @return those of them that the user may see
	 */
	Page<UnfinishedRun> unfinished(RunPage page);

	/**
	 * Lists the runs of this process that have not ended, oldest first.
	 * @return those of them that the user may see
	 */
	List<NodeRun> ofThisNode();

	/**
	 * Returns the id of this process in the store.
	 * @return the id, or {@code null} if the store does not keep who runs what
	 */
	@Nullable String nodeId();

}
