package buddy.storage;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * A run that a node is about to continue, as the node has seen it.
 *
 * @param runId the run
 * @param epoch its epoch; if another node was faster, it has another one
 * @param status its status
 * @param nodeId the node that takes it, or {@code null} if no node is known
 * @param recovery whether it is taken since its process died, which is counted
 * @param queued whether it must wait for its session: it comes before those that began
 * later
 */
public record RunTake(String runId, int epoch, RunStatus status, @Nullable String nodeId, boolean recovery,
		boolean queued) {

	/**
	 * Returns the status of the run once it is taken.
	 * @return pending if it must wait for its session, or else running
	 */
	public RunStatus taken() {
		return this.queued ? RunStatus.PENDING : RunStatus.RUNNING;
	}

	/**
	 * Returns the epoch of the execution that begins if the run is taken.
	 * @return the epoch
	 */
	public int nextEpoch() {
		return this.epoch + 1;
	}

}
