package buddy.storage;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;

/**
 * Stores sessions and runs.
 *
 * <p>
 * The JPA implementation is a bean that uses the application's own database. A bean of
 * this type that the application declares replaces it. Returned objects are copies. A
 * method that throws an exception has written nothing, unless {@link #isUncertain}
 * indicates otherwise.
 */
public interface WorkflowSessionRepository {

	/**
	 * Begins a run: opens or creates its session, checks the session's owner, and stores
	 * the run as running.
	 *
	 * <p>
	 * If {@link NewRun#recordStart()} is false, or the caller has an open transaction
	 * that the store joins, it only reads and checks. Everything is then written when the
	 * run ends.
	 *
	 * <p>
	 * A run whose {@link NewRun#concurrency()} is exclusive holds the session until it
	 * ends. If the run that holds the session was interrupted, since its node is dead,
	 * the session counts as free. If another run holds it, or runs wait for it, a run
	 * with the policy to reject is refused, and a run with the policy to wait is queued
	 * and stored as {@code PENDING}.
	 * @param run the run, with an unused id
	 * @return the current session, and whether the run is stored already
	 * @throws buddy.session.SessionBusyException if the session is busy and the run's
	 * policy is to reject
	 * @throws IllegalStateException if an exclusive run would be part of a transaction of
	 * the caller
	 * @throws buddy.session.SessionNotFoundException if the session belongs to another
	 * user
	 * @throws buddy.session.SessionWorkflowMismatchException if the session belongs to
	 * another workflow
	 * @throws buddy.session.IdempotencyKeyUsedException if a stored run has its
	 * idempotency key
	 */
	OpenedSession begin(NewRun run);

	/**
	 * Lets a waiting run begin, if it is its turn: the run then holds the session and is
	 * stored as running.
	 * @param run the run queued by {@link #begin}
	 * @return the current session, or empty if it is not the run's turn yet
	 * @throws buddy.session.SessionNotFoundException if the session no longer exists or
	 * has become another user's, or the run is no longer in the queue
	 */
	Optional<OpenedSession> enter(NewRun run);

	/**
	 * Removes a waiting run from the queue and from the store.
	 * @param run the run queued by {@link #begin}
	 * @return whether it was waiting
	 */
	boolean withdraw(NewRun run);

	/**
	 * Returns whether a failed begin may have been stored nevertheless, since the
	 * connection to the store was lost and could not be restored to check.
	 * @param failure the exception that {@link #begin} or {@link #enter} threw
	 * @return whether the begin must be undone with {@link #undo}
	 */
	default boolean isUncertain(RuntimeException failure) {
		return false;
	}

	/**
	 * Returns whether a write may succeed later that has failed now, because the store is
	 * away or busy.
	 * @param failure the exception of the write
	 * @return whether it is worth another attempt; {@code false} by default
	 */
	default boolean isTemporary(RuntimeException failure) {
		return false;
	}

	/**
	 * Undoes the begin of a run whose code was never called, if it is stored: the run is
	 * removed, its idempotency key is freed, and so is the session if the run held it.
	 * @param run the run
	 * @return whether it was stored
	 */
	default boolean undo(NewRun run) {
		String error = Json.write(RunFailure.because(RunFailure.INTERRUPTED, "The run could not begin"));
		return withdraw(run)
				|| end(new RunEnd(run, true, RunStatus.ERROR, null, error, run.createdAt(), null)) == EndOutcome.STORED;
	}

	/**
	 * Ends a run: stores its end and, if it changed, the session's state, atomically. It
	 * also updates the session's time of last use.
	 *
	 * <p>
	 * A run that was not stored when it began is stored as a whole, and its session is
	 * created if there is none. Within a transaction of the caller that the store joins,
	 * an end other than {@code COMPLETED} is stored once that transaction is over. The
	 * end of an exclusive run frees its session; if the run no longer holds it, nothing
	 * is stored.
	 * @param end the end
	 * @return the outcome
	 */
	EndOutcome end(RunEnd end);

	/**
	 * Ends a run whose state conflicts with those of other runs: reads the session,
	 * merges the state, and stores the end, while no other end can intervene.
	 * @param end the end, whose state is replaced
	 * @param merge creates the state to store from the current session; it must be quick,
	 * and may be called repeatedly
	 * @return the outcome; {@code VERSION_MISSED} only from a store that cannot exclude
	 * other ends
	 */
	default EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
		Optional<StoredSession> now = find(end.run().sessionId());
		return now.isPresent() ? end(end.withState(merge.apply(now.get()))) : EndOutcome.GONE;
	}

	/**
	 * Finds a session.
	 * @param sessionId the session
	 * @return the session, regardless of its user
	 */
	Optional<StoredSession> find(String sessionId);

	/**
	 * Finds a session that may be read. If possible, a store does this in one statement,
	 * so that nothing of another user's session is read.
	 * @param sessionId the session
	 * @param access the identity that accesses it
	 * @return the session, if it exists and may be read
	 */
	default Optional<StoredSession> find(String sessionId, SessionAccess access) {
		return find(sessionId).filter((session) -> session.allows(access));
	}

	/**
	 * Finds a session without its state and other content. If possible, a store does not
	 * read these.
	 * @param sessionId the session
	 * @return the session's summary, regardless of its user
	 */
	default Optional<SessionSummary> findSummary(String sessionId) {
		return find(sessionId).map(StoredSession::summary);
	}

	/**
	 * Lists sessions, last used first. If the query has a viewer, sessions that the
	 * viewer may not read are not read from the store either. The name of the query is
	 * compared by the caller, and a store ignores it.
	 * @param query the query
	 * @param page the page to return; the cursor is {@code updatedAt} and session id
	 * @return the sessions, without their states, which are not read from the store
	 */
	List<SessionSummary> list(SessionQuery query, RunPage page);

	/**
	 * Creates a session with runs that have ended.
	 * @param session the session
	 * @param runs its runs, oldest first
	 * @throws buddy.session.SessionExistsException if the session's id or the id of a run
	 * is taken
	 */
	void create(StoredSession session, List<StoredRun> runs);

	/**
	 * Renames a session, in the same statement that checks its owner.
	 * @param sessionId the session
	 * @param access the identity that accesses it
	 * @param sessionName the name, or {@code null} for none
	 * @return whether there is such a session that may be written
	 */
	boolean rename(String sessionId, SessionAccess access, @Nullable String sessionName);

	/**
	 * Deletes a session and all of its runs, in the same statement that checks its owner.
	 * @param sessionId the session
	 * @param access the identity that accesses it
	 * @return whether there was such a session that may be written
	 */
	boolean delete(String sessionId, SessionAccess access);

	/**
	 * Finds a run.
	 * @param runId the run
	 * @return the run, regardless of its user
	 */
	Optional<StoredRun> findRun(String runId);

	/**
	 * Finds a run of a session that may be read. If possible, a store does this in one
	 * statement.
	 * @param runId the run
	 * @param access the identity that accesses it
	 * @return the run, if it exists and its session may be read
	 */
	default Optional<StoredRun> findRun(String runId, SessionAccess access) {
		// read the session after the run, in case the session was replaced meanwhile
		return findRun(runId).filter((run) -> run.allows(access))
			.filter((run) -> find(run.sessionId()).filter((session) -> session.allows(access)).isPresent());
	}

	/**
	 * Lists the runs of a session, newest first.
	 * @param sessionId the session
	 * @param page the page to return; the cursor is {@code createdAt} and run id
	 * @return the runs, regardless of their users
	 */
	List<StoredRun> runs(String sessionId, RunPage page);

	/**
	 * Lists the runs of a session that may be read, newest first. If possible, a store
	 * does this in one statement.
	 * @param sessionId the session
	 * @param access the identity that accesses it
	 * @param page the page to return; the cursor is {@code createdAt} and run id
	 * @return the runs; empty if there is no such session
	 */
	default List<StoredRun> runs(String sessionId, SessionAccess access, RunPage page) {
		List<StoredRun> runs = runs(sessionId, page);
		boolean open = find(sessionId).filter((session) -> session.allows(access)).isPresent();
		return (open && runs.stream().allMatch((run) -> run.allows(access))) ? runs : List.of();
	}

	/**
	 * Lists runs, newest first, without their inputs and responses. If the query has a
	 * viewer, runs of sessions that the viewer may not read are not read from the store
	 * either.
	 * @param query the query
	 * @param page the page to return; the cursor is {@code createdAt} and run id
	 * @return the runs
	 */
	List<RunSummary> listRuns(RunQuery query, RunPage page);

	/**
	 * Deletes the ended runs of a session, in the same statement that checks the
	 * session's owner.
	 * @param sessionId the session
	 * @param access the identity that accesses it
	 * @return the number of deleted runs; 0 if there is no such session that may be
	 * written
	 */
	int deleteRuns(String sessionId, SessionAccess access);

}
