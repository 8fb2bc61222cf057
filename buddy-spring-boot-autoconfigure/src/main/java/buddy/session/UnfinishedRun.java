package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A run that has not ended, and the node that executes it.
 *
 * @param runId the run
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId its user, or {@code null}
 * @param status its status
 * @param createdAt when it began
 * @param ownerNode the node that executes it, or {@code null} if it was begun without one
 * @param ownerStartedAt the time since which that node has sent heartbeats without a gap,
 * or {@code null} if the node is not known
 * @param ownerSeenAt the time of that node's last heartbeat, or {@code null} if the node
 * is not known
 * @param ownerAlive whether that node counts as alive; if not, the run was interrupted
 * @param cancelReason why the run was asked to stop, or {@code null} if it was not
 */
public record UnfinishedRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		RunStatus status, Instant createdAt, @Nullable String ownerNode, @Nullable Instant ownerStartedAt,
		@Nullable Instant ownerSeenAt, boolean ownerAlive, @Nullable String cancelReason) {

	/**
	 * Returns the run's position in a list of unfinished runs.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.createdAt, this.runId);
	}

}
