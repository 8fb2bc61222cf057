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
 * The JPA implementation is a bean over the application's own database; a bean of this
 * type that the application declares wins over it. What it hands out are copies. A method
 * that throws has written nothing, but where {@link #isUncertain} says otherwise.
 */
public interface WorkflowSessionRepository {

	/**
	 * Begins a run: opens its session, or creates it, checks whose it is, and stores the
	 * run as running.
	 *
	 * <p>
	 * Where {@link NewRun#recordStart()} is false, or the caller has a transaction open
	 * that the store joins, it only looks and checks: the run's end then writes all.
	 *
	 * <p>
	 * A run whose {@link NewRun#concurrency()} is exclusive takes hold of the session,
	 * until its end frees it; where the run that holds it was interrupted, since its node
	 * is dead, the session counts as free. If another run holds it, or runs wait for it,
	 * a rejecting run is refused, and a waiting one is stored as {@code PENDING}, in the
	 * queue.
	 * @param run the run, with an id that no run has
	 * @return the session as the run finds it, and whether the run is stored already
	 * @throws buddy.session.SessionBusyException if the run rejects to wait for the
	 * session
	 * @throws IllegalStateException if an exclusive run would be part of a transaction of
	 * the caller
	 * @throws buddy.session.SessionNotFoundException if the session belongs to another
	 * user
	 * @throws buddy.session.SessionWorkflowMismatchException if the session belongs to
	 * another workflow
	 * @throws buddy.session.IdempotencyKeyUsedException if a run that is stored has its
	 * idempotency key
	 */
	OpenedSession begin(NewRun run);

	/**
	 * Lets a waiting run in, if it is its turn: the run takes hold of the session and is
	 * stored as running.
	 * @param run the run, which {@link #begin} queued
	 * @return the session as the run finds it, or nothing if it is not its turn yet
	 * @throws buddy.session.SessionNotFoundException if the session is gone or another
	 * user's now, or the run is not in the queue any more
	 */
	Optional<OpenedSession> enter(NewRun run);

	/**
	 * Takes a waiting run out of the queue, and leaves no trace of it.
	 * @param run the run, which {@link #begin} queued
	 * @return whether it was waiting
	 */
	boolean withdraw(NewRun run);

	/**
	 * Tells whether a begin that failed may be stored all the same: the connection to the
	 * store was lost, and could not be had again to look.
	 * @param failure what {@link #begin} or {@link #enter} threw
	 * @return whether the begin is to be taken back by {@link #undo}
	 */
	default boolean isUncertain(RuntimeException failure) {
		return false;
	}

	/**
	 * Takes back the begin of a run whose code was never called, if it is stored: the run
	 * leaves no trace, its idempotency key is free, and so is the session if it held it.
	 * @param run the run
	 * @return whether it was stored
	 */
	default boolean undo(NewRun run) {
		String error = Json.write(RunFailure.because(RunFailure.INTERRUPTED, "The run could not begin"));
		return withdraw(run)
				|| end(new RunEnd(run, true, RunStatus.ERROR, null, error, run.createdAt(), null)) == EndOutcome.STORED;
	}

	/**
	 * Ends a run: stores its end and, where it changed, the session's state, both or
	 * neither; the session counts as used.
	 *
	 * <p>
	 * A run that was not stored when it began is stored whole, and its session is created
	 * if there is none. Within a transaction of the caller that the store joins, an end
	 * other than {@code COMPLETED} is stored once that transaction is over. The end of an
	 * exclusive run frees its session; if it does not hold it any more, nothing is
	 * stored.
	 * @param end the end
	 * @return what became of it
	 */
	EndOutcome end(RunEnd end);

	/**
	 * Ends a run whose state met other runs' states: reads the session, lets the state be
	 * merged with it, and stores the end, while no other end can come between.
	 * @param end the end, whose state is replaced
	 * @param merge makes the state to store from the session as it stands; it is quick
	 * and may be called again
	 * @return what became of it; {@code VERSION_MISSED} only from a store that cannot
	 * keep others out
	 */
	default EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
		Optional<StoredSession> now = find(end.run().sessionId());
		return now.isPresent() ? end(end.withState(merge.apply(now.get()))) : EndOutcome.GONE;
	}

	/**
	 * Finds a session.
	 * @param sessionId the session
	 * @return the session, whoever it belongs to
	 */
	Optional<StoredSession> find(String sessionId);

	/**
	 * Finds a session that may be read. A store that can does it in one statement, so
	 * that nothing of another user's session is read.
	 * @param sessionId the session
	 * @param access in whose name
	 * @return the session, if there is such a one
	 */
	default Optional<StoredSession> find(String sessionId, SessionAccess access) {
		return find(sessionId).filter((session) -> session.allows(access));
	}

	/**
	 * Finds a session without its state and whatever else it holds. A store that can does
	 * not read that.
	 * @param sessionId the session
	 * @return the session's summary, whoever it belongs to
	 */
	default Optional<SessionSummary> findSummary(String sessionId) {
		return find(sessionId).map(StoredSession::summary);
	}

	/**
	 * Lists sessions, last used first. Where the query has a viewer, what others own is
	 * not read either.
	 * @param query which ones
	 * @param page how many, and after which; the cursor is {@code updatedAt} and session
	 * id
	 * @return the sessions, without their states, which are not read
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
	 * Gives a session another name, in one statement with the check of whose it is.
	 * @param sessionId the session
	 * @param access in whose name
	 * @param sessionName the name, or {@code null} for none
	 * @return whether there is such a session that may be written
	 */
	boolean rename(String sessionId, SessionAccess access, @Nullable String sessionName);

	/**
	 * Deletes a session and all of its runs, in one statement with the check of whose it
	 * is.
	 * @param sessionId the session
	 * @param access in whose name
	 * @return whether there was such a session that may be written
	 */
	boolean delete(String sessionId, SessionAccess access);

	/**
	 * Finds a run.
	 * @param runId the run
	 * @return the run, whoever it belongs to
	 */
	Optional<StoredRun> findRun(String runId);

	/**
	 * Finds a run of a session that may be read. A store that can does it in one
	 * statement.
	 * @param runId the run
	 * @param access in whose name
	 * @return the run, if there is such a one
	 */
	default Optional<StoredRun> findRun(String runId, SessionAccess access) {
		// the session after the run: one that was replaced meanwhile is not taken for it
		return findRun(runId).filter((run) -> run.allows(access))
			.filter((run) -> find(run.sessionId()).filter((session) -> session.allows(access)).isPresent());
	}

	/**
	 * Lists the runs of a session, newest first.
	 * @param sessionId the session
	 * @param page how many, and after which; the cursor is {@code createdAt} and run id
	 * @return the runs, whoever they belong to
	 */
	List<StoredRun> runs(String sessionId, RunPage page);

	/**
	 * Lists the runs of a session that may be read, newest first. A store that can does
	 * it in one statement.
	 * @param sessionId the session
	 * @param access in whose name
	 * @param page how many, and after which; the cursor is {@code createdAt} and run id
	 * @return the runs; none if there is no such session
	 */
	default List<StoredRun> runs(String sessionId, SessionAccess access, RunPage page) {
		List<StoredRun> runs = runs(sessionId, page);
		boolean open = find(sessionId).filter((session) -> session.allows(access)).isPresent();
		return (open && runs.stream().allMatch((run) -> run.allows(access))) ? runs : List.of();
	}

	/**
	 * Lists runs, newest first, without what they were given and what they gave. Where
	 * the query has a viewer, runs of sessions that the viewer may not read are not read
	 * either.
	 * @param query which ones
	 * @param page how many, and after which; the cursor is {@code createdAt} and run id
	 * @return the runs
	 */
	List<RunSummary> listRuns(RunQuery query, RunPage page);

	/**
	 * Deletes the runs of a session that have ended, in one statement with the check of
	 * whose it is.
	 * @param sessionId the session
	 * @param access in whose name
	 * @return how many there were; none if there is no such session that may be written
	 */
	int deleteRuns(String sessionId, SessionAccess access);

}
