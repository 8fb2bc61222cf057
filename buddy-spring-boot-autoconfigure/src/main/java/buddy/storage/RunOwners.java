package buddy.storage;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;

/**
 * Stores which node runs what: a node is one process of the application, which says again
 * and again that it lives.
 *
 * <p>
 * A store of sessions and runs that several nodes share has one beside it; without one, a
 * run can be cancelled only where it runs.
 */
public interface RunOwners {

	/**
	 * Writes that a node lives, by the store's own clock.
	 * @param nodeId the node
	 * @param leaseMillis for how long it counts as alive from now, in milliseconds
	 * @return whether it is written: it is not within a transaction of the caller that
	 * the store joins, where no run is stored before its end either
	 */
	boolean seen(String nodeId, long leaseMillis);

	/**
	 * Writes that a node has stopped on purpose.
	 * @param nodeId the node
	 */
	void left(String nodeId);

	/**
	 * Asks the owner of a run to stop it; the first reason stays.
	 * @param runId the run
	 * @param reason why, up to 255 characters
	 * @return whether the run has not ended
	 */
	boolean requestCancel(String runId, String reason);

	/**
	 * Lists the unfinished runs of a node, and which of them were asked to stop.
	 * @param nodeId the node
	 * @return the runs
	 */
	List<OwnRun> runsOf(String nodeId);

	/**
	 * Finds unfinished runs whose owner is dead.
	 * @param nodeId the node that asks, whose own runs are left out
	 * @param limit how many at the most
	 * @return the runs, and what time it is for the store
	 */
	Orphans orphans(String nodeId, int limit);

	/**
	 * Ends a run whose owner is dead, and frees the session that it holds.
	 * @param runId the run
	 * @param end how it ends
	 * @return whether there was such a run and its owner is dead
	 */
	boolean endOrphan(String runId, OrphanEnd end);

	/**
	 * Ends a run of a node that knows nothing of the run, and frees the session that it
	 * holds.
	 * @param run the run
	 * @param nodeId the node, which is the one that asks
	 * @param end how it ends
	 * @return whether there was such a run of the node
	 */
	boolean endOwn(OwnRun run, String nodeId, OrphanEnd end);

	/**
	 * Finds a run that has not ended.
	 * @param runId the run
	 * @return the run and its owner
	 */
	Optional<UnfinishedRun> findUnfinished(String runId);

	/**
	 * Lists runs that have not ended, newest first.
	 * @param page how many, and after which; the cursor is {@code createdAt} and run id
	 * @return the runs and their owners
	 */
	List<UnfinishedRun> unfinished(RunPage page);

	/**
	 * Looks at the runs that have not ended as a whole.
	 * @param time how long the store has to answer; one that has not by then is given up
	 * with an exception, as far as its driver can
	 * @return what there is
	 */
	Overview overview(Duration time);

	/**
	 * The runs that have not ended as a whole.
	 *
	 * @param oldestRunning when the oldest of those that are running began, in
	 * milliseconds since the epoch, or {@code null} if none is
	 * @param expiredOwners how many nodes have such runs and do not count as alive any
	 * more
	 */
	record Overview(@Nullable Long oldestRunning, int expiredOwners) {
	}

	/**
	 * An unfinished run of the node that asks.
	 *
	 * @param runId the run
	 * @param cancelReason why it was asked to stop, or {@code null} if it was not
	 */
	record OwnRun(String runId, @Nullable String cancelReason) {
	}

	/**
	 * The unfinished runs whose owner is dead.
	 *
	 * @param runIds their ids, oldest first
	 * @param now the time by the store's own clock, in milliseconds; whoever asks again
	 * sees by it whether somebody has set that clock
	 */
	record Orphans(List<String> runIds, long now) {

		public Orphans {
			runIds = List.copyOf(runIds);
		}

	}

	/**
	 * How a run ends that nobody executes any more.
	 *
	 * @param status the terminal status
	 * @param error why, a JSON object
	 * @param endedAt when, in milliseconds since the epoch
	 */
	record OrphanEnd(RunStatus status, String error, long endedAt) {
	}

}
