package buddy.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A run that has not ended, and who runs it.
 *
 * @param runId the run
 * @param sessionId its session
 * @param workflowId its workflow
 * @param userId whose it is, or {@code null}
 * @param status where it stands
 * @param createdAt when it began
 * @param ownerNode the node that runs it, or {@code null} if it was begun without one
 * @param ownerStartedAt since when that node is seen without a gap, or {@code null} if
 * nothing is known of it
 * @param ownerSeenAt when that node was last seen, or {@code null} if nothing is known of
 * it
 * @param ownerAlive whether that node counts as alive: if not, the run was interrupted
 * @param cancelReason why the run was asked to stop, or {@code null} if it was not
 */
public record UnfinishedRun(String runId, String sessionId, String workflowId, @Nullable String userId,
		RunStatus status, Instant createdAt, @Nullable String ownerNode, @Nullable Instant ownerStartedAt,
		@Nullable Instant ownerSeenAt, boolean ownerAlive, @Nullable String cancelReason) {

	/**
	 * Returns the run's place in a list of unfinished runs.
	 * @return the cursor
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.createdAt, this.runId);
	}

}
