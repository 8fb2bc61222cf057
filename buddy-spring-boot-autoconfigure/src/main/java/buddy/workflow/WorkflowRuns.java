package buddy.workflow;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;

/**
 * Access to the unfinished runs on all nodes: finds them with their owners, and cancels
 * them.
 *
 * <p>
 * The bean acts for the current user, who sees the user's own runs and those without a
 * user. {@link #asUser} returns the view of another user, and {@link #ofEverybody} the
 * view for code that serves the application's operators.
 */
public interface WorkflowRuns {

	/**
	 * Returns a view that requires a user: calls without a current user are refused, and
	 * users see only their own runs, not those without a user.
	 * @return the view
	 */
	WorkflowRuns requiringUser();

	/**
	 * Returns the view of a given user, independent of the current user.
	 * @param userId the user's id, or {@code null} for no user
	 * @return the view
	 */
	WorkflowRuns asUser(@Nullable String userId);

	/**
	 * Returns a view of the runs of all users, for code that serves the application's
	 * operators.
	 * @return the view
	 */
	WorkflowRuns ofEverybody();

	/**
	 * Asks a run to stop, regardless of its node.
	 * @param runId the run
	 * @return whether there was such a run, and it had not ended
	 * @see #cancel(String, String)
	 */
	boolean cancel(String runId);

	/**
	 * Asks a run to stop, regardless of its node. A run of this process stops at its next
	 * call of buddy, and ends as cancelled. A run of another node is asked within the
	 * interval {@code buddy.runs.cancel-poll-interval}. A run whose node is dead is ended
	 * at once.
	 * @param runId the run
	 * @param reason the reason to record; at most 255 characters are stored
	 * @return whether there was such a run that the user may see, and it had not ended
	 * @throws IllegalStateException if it runs in another process that the store cannot
	 * notify
	 */
	boolean cancel(String runId, String reason);

	/**
	 * Finds an unfinished run.
	 * @param runId the run
	 * @return the run with its owner, if the user may see it
	 */
	Optional<UnfinishedRun> findUnfinished(String runId);

	/**
	 * Lists the unfinished runs, newest first. A run whose owner is not alive was
	 * interrupted, since its process died.
	 * @param page the page to return
	 * @return the runs that the user may see
	 */
	Page<UnfinishedRun> unfinished(RunPage page);

	/**
	 * Lists the unfinished runs of this process, oldest first.
	 * @return the runs that the user may see
	 */
	List<NodeRun> ofThisNode();

	/**
	 * Returns the id of this process in the store.
	 * @return the id, or {@code null} if the store does not record the nodes of runs
	 */
	@Nullable String nodeId();

}
