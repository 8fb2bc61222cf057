package buddy.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;

/**
 * Stores which node owns which run. A node is a process of the application, which
 * periodically reports that it is alive.
 *
 * <p>
 * A store of sessions and runs that is shared by several nodes comes with an
 * implementation of this interface. Without one, a run can be cancelled only in the
 * process that runs it.
 */
public interface RunOwners {

	/** What the owner of a run begins with whose node has handed it over. */
	String HANDED_OVER = "left:";

	/**
	 * Returns whether the node of a run has handed it over.
	 * @param run the run
	 * @return whether it has
	 */
	static boolean isHandedOver(UnfinishedRun run) {
		String owner = run.ownerNode();
		return owner != null && owner.startsWith(HANDED_OVER);
	}

	/**
	 * Records that a node is alive, by the store's own clock.
	 * @param nodeId the node
	 * @param leaseMillis the time for which it counts as alive from now, in milliseconds
	 * @return whether it was recorded; it is not within a transaction of the caller that
	 * the store joins, in which no run is stored before its end either
	 */
	boolean seen(String nodeId, long leaseMillis);

	/**
	 * Records that a node has shut down.
	 * @param nodeId the node
	 */
	void left(String nodeId);

	/**
	 * Asks the owner of a run to stop it. The first reason is kept.
	 * @param runId the run
	 * @param reason the reason, up to 255 characters
	 * @return whether the run is unfinished
	 */
	boolean requestCancel(String runId, String reason);

	/**
	 * Lists the unfinished runs of a node, with the cancel requests for them.
	 * @param nodeId the node
	 * @return the runs
	 */
	List<OwnRun> runsOf(String nodeId);

	/**
	 * Finds unfinished runs whose owner is dead.
	 * @param nodeId the calling node, whose own runs are left out
	 * @param limit the maximum number of runs
	 * @return the runs, and the store's current time
	 */
	Orphans orphans(String nodeId, int limit);

	/**
	 * Ends a run whose owner is dead, and frees the session that it holds.
	 * @param runId the run
	 * @param end the end of the run
	 * @return whether there was such a run, and its owner is dead
	 */
	boolean endOrphan(String runId, OrphanEnd end);

	/**
	 * Ends a run of the calling node that is unknown to that node, and frees the session
	 * that it holds.
	 * @param run the run
	 * @param nodeId the calling node
	 * @param end the end of the run
	 * @return whether there was such a run of the node
	 */
	boolean endOwn(OwnRun run, String nodeId, OrphanEnd end);

	/**
	 * Gives up a run of the calling node, whose lease was over, so that it counts as a
	 * run of a dead node although the node lives. Does nothing unless the run is
	 * unfinished and still in that execution of that node.
	 * @param runId the run
	 * @param epoch the epoch of the node's execution
	 * @param nodeId the calling node
	 */
	void giveUp(String runId, int epoch, String nodeId);

	/**
	 * Hands over a run of the calling node, which stops: it counts as a run of a dead
	 * node, and its owner begins with {@link #HANDED_OVER}. Does nothing unless the run
	 * is unfinished and still in that execution of that node.
	 * @param runId the run
	 * @param epoch the epoch of the node's execution
	 * @param nodeId the calling node
	 */
	void handOver(String runId, int epoch, String nodeId);

	/**
	 * Finds an unfinished run.
	 * @param runId the run
	 * @return the run, with its owner
	 */
	Optional<UnfinishedRun> findUnfinished(String runId);

	/**
	 * Lists the unfinished runs, newest first.
	 * @param page the page to return; the cursor is {@code createdAt} and run id
	 * @return the runs, with their owners
	 */
	List<UnfinishedRun> unfinished(RunPage page);

	/**
	 * Returns an overview of the unfinished runs.
	 * @param time the maximum time for the query; if it takes longer, it fails with an
	 * exception, as far as the driver supports this
	 * @return the overview
	 */
	Overview overview(Duration time);

	/**
	 * Lists the nodes that are stored, those that have started last first. Nodes that
	 * have shut down are listed as not alive.
	 * @param limit the maximum number
	 * @param time the maximum time for the query; if it takes longer, it fails with an
	 * exception, as far as the driver supports this
	 * @return the nodes; none if the store does not list them
	 */
	default List<Node> nodes(int limit, Duration time) {
		return List.of();
	}

	/**
	 * Lists which nodes have executed a run, and which one does, the first execution
	 * first. An execution that began without a node is left out, and so are late ones of
	 * a run that was continued very often.
	 * @param runId the run
	 * @return the executions; none if the store does not list them
	 */
	default List<Execution> executions(String runId) {
		return List.of();
	}

	/**
	 * Lists the parked runs among the newest runs, newest first. Runs that others have
	 * called are left out, since only the outermost run is continued.
	 * @param newest the number of runs to look at, whatever their status, so that the
	 * query costs the same however many runs are stored
	 * @param now the time by the clock that run ids are created with; later ids are not
	 * buddy's own, and are not looked at
	 * @param time the maximum time for the query; if it takes longer, it fails with an
	 * exception, as far as the driver supports this
	 * @return the runs
	 */
	List<ParkedRun> parked(int newest, Instant now, Duration time);

	/**
	 * A process of the application. Its times are those of the store's clock.
	 *
	 * @param nodeId its id
	 * @param startedAt when it was seen first
	 * @param seenAt when it was seen last
	 * @param expiresAt when it counts as dead unless it is seen again
	 * @param alive whether it counts as alive
	 * @param runs the number of runs in progress that it owns
	 */
	record Node(String nodeId, Instant startedAt, Instant seenAt, Instant expiresAt, boolean alive, long runs) {
	}

	/**
	 * An execution of a run.
	 *
	 * @param epoch its epoch, 0 for the first
	 * @param nodeId the node
	 */
	record Execution(int epoch, String nodeId) {
	}

	/**
	 * An overview of the unfinished runs.
	 *
	 * @param oldestRunning the time the oldest running run began, in milliseconds since
	 * the epoch, or {@code null} if none is running
	 * @param expiredOwners the number of nodes that have unfinished runs and no longer
	 * count as alive
	 * @param interrupted the number of runs in progress that nobody executes, since their
	 * node no longer counts as alive
	 * @param paused the number of paused runs, those included that others have called
	 * @param queued the number of queued runs, counted up to 10,000
	 * @param overdueMillis how long the queued run that has been due for longest waits to
	 * be executed, in milliseconds; 0 if none is due
	 */
	record Overview(@Nullable Long oldestRunning, int expiredOwners, int interrupted, long paused, long queued,
			long overdueMillis) {

		/**
		 * Creates an overview without queued runs.
		 * @param oldestRunning the time the oldest running run began
		 * @param expiredOwners the number of dead nodes with runs
		 * @param interrupted the number of runs that nobody executes
		 * @param paused the number of paused runs
		 */
		public Overview(@Nullable Long oldestRunning, int expiredOwners, int interrupted, long paused) {
			this(oldestRunning, expiredOwners, interrupted, paused, 0, 0);
		}

	}

	/**
	 * A run that has ended as an error although its code has not failed. Its steps are
	 * kept, and a person decides how it goes on.
	 *
	 * @param runId the run
	 * @param sessionId its session
	 * @param workflowId its workflow
	 * @param userId its user, or {@code null}
	 * @param reason why it has stopped, one of the constants of
	 * {@link buddy.run.RunFailure}
	 * @param createdAt when it began
	 * @param endedAt when it stopped, or {@code null} if that is not recorded
	 */
	record ParkedRun(String runId, String sessionId, String workflowId, @Nullable String userId, String reason,
			Instant createdAt, @Nullable Instant endedAt) {
	}

	/**
	 * An unfinished run of the calling node.
	 *
	 * @param runId the run
	 * @param cancelReason the reason for its cancellation, or {@code null} if it was not
	 * requested
	 * @param epoch which execution of the run the node is recorded to have
	 */
	record OwnRun(String runId, @Nullable String cancelReason, int epoch) {

		/**
		 * Creates a run in its first execution.
		 * @param runId the run
		 * @param cancelReason the reason for its cancellation, or {@code null}
		 */
		public OwnRun(String runId, @Nullable String cancelReason) {
			this(runId, cancelReason, 0);
		}

	}

	/**
	 * The unfinished runs whose owner is dead.
	 *
	 * @param runIds their ids, oldest first
	 * @param now the time by the store's own clock, in milliseconds; a later call can
	 * tell from it whether that clock was changed
	 */
	record Orphans(List<String> runIds, long now) {

		public Orphans {
			runIds = List.copyOf(runIds);
		}

	}

	/**
	 * The end of a run that is no longer executed.
	 *
	 * @param status the terminal status
	 * @param error the reason, as a JSON object
	 * @param endedAt the time it ended, in milliseconds since the epoch
	 */
	record OrphanEnd(RunStatus status, String error, long endedAt) {
	}

}
