package buddy.storage;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import buddy.session.IdempotencyKeyUsedException;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;
import buddy.storage.RunOwners.OrphanEnd;

/**
 * Stores runs that are executed later. Until it is executed, such a run is pending and
 * has no owner.
 */
public interface RunQueue {

	/**
	 * Stores a run, and its session if there is none, in the caller's transaction, or
	 * else in one of its own.
	 * @param run the run
	 * @param ticket is called in the same transaction, with the id of the queued run that
	 * this one replaces, or {@code null}
	 * @param committed is called after the transaction is committed
	 * @throws RunUnfinishedException if another run with the same key has not ended
	 * @throws IdempotencyKeyUsedException if a run was stored with the same key
	 * @throws SessionNotFoundException if the session belongs to another user
	 * @throws SessionWorkflowMismatchException if the session belongs to another workflow
	 */
	void enqueue(QueuedRun run, Consumer<@Nullable String> ticket, Runnable committed);

	/**
	 * Lets a queued run in, if its limits allow that. A run that is let in counts until
	 * it has ended or paused, or is released.
	 * @param runId the run
	 * @param limits its limits
	 * @return whether it may be executed now
	 */
	Admission admit(String runId, List<FlowLimit> limits);

	/**
	 * Lets a run count no more.
	 * @param runId the run
	 * @param limits its limits
	 * @return the runs that may be let in now, one for each limit that held any
	 */
	List<Entry> release(String runId, List<FlowLimit> limits);

	/**
	 * Finds the first run that is held by a limit.
	 * @param key the limit
	 * @param except a run that does not count
	 * @return the run, or none
	 */
	List<Entry> firstHeld(String key, String except);

	/**
	 * Finds runs that are held by a limit, the first of each, and forgets those that have
	 * ended.
	 * @return the runs
	 */
	List<Entry> firstHeld();

	/**
	 * Takes a run that is still queued, and opens its session.
	 * @param run the run, with the node that takes it; if it needs its session for
	 * itself, it takes its place in the queue for that
	 * @return the session, or nothing if the run is not queued any more
	 */
	Optional<OpenedSession> start(NewRun run);

	/**
	 * Ends a run that is still queued.
	 * @param runId the run
	 * @param end its end
	 * @return whether it was queued
	 */
	boolean end(String runId, OrphanEnd end);

	/**
	 * Lists queued runs, the oldest first.
	 * @param after the last run of the page before, or {@code null}
	 * @param limit the maximum number
	 * @return the runs
	 */
	List<Entry> list(@Nullable Entry after, int limit);

	/**
	 * A queued run.
	 *
	 * @param workflowId its workflow
	 * @param runId the run
	 * @param priority its priority
	 * @param delay the time until it is due; zero if it is
	 * @param createdAt when it was queued, in milliseconds since the epoch
	 */
	record Entry(String workflowId, String runId, int priority, Duration delay, long createdAt) {
	}

	/**
	 * Whether a queued run may be executed.
	 *
	 * @param admitted whether it may
	 * @param heldBy the key of the limit that is reached, until one of its runs is
	 * released, or {@code null}
	 * @param after when it may be let in, as to the rate, or {@code null}
	 */
	record Admission(boolean admitted, @Nullable String heldBy, @Nullable Duration after) {

		/** The run may be executed. */
		public static final Admission ADMITTED = new Admission(true, null, null);

	}

}
