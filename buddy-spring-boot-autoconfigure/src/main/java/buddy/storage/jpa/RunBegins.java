package buddy.storage.jpa;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;

import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.StoredSession;

/**
 * Writes the beginning of a run, within a transaction opened by the caller.
 */
final class RunBegins {

	private final SessionRows sessions;

	private final RunRows runs;

	private final HolderRows holders;

	RunBegins(SessionRows sessions, RunRows runs, HolderRows holders) {
		this.sessions = sessions;
		this.runs = runs;
		this.holders = holders;
	}

	/**
	 * Returns the session of a run that is not stored before its end: the existing
	 * session, or the one to be created then.
	 */
	StoredSession look(NewRun run) {
		Optional<StoredSession> found = this.sessions.find(run.sessionId());
		found.ifPresent(run::requireOwner);
		return found.map(run::adopt).orElseGet(run::newSession);
	}

	/** Begins a run that shares its session. */
	OpenedSession share(NewRun run) {
		return share(run, this.sessions.findToBegin(run.sessionId()).orElse(null));
	}

	/**
	 * Begins a run that shares its session.
	 * @param run the run
	 * @param found the session, or {@code null} if there is none
	 * @return the session as the run finds it
	 */
	OpenedSession share(NewRun run, @Nullable StoredSession found) {
		if (found == null) {
			return create(run, null);
		}
		run.requireOwner(found);
		StoredSession session = takeOver(run, found);
		this.runs.insertRunning(run);
		return new OpenedSession(session, true);
	}

	private OpenedSession create(NewRun run, @Nullable String holder) {
		StoredSession session = run.newSession();
		this.sessions.insert(session, holder);
		this.runs.insertRunning(run);
		return new OpenedSession(session, true);
	}

	/**
	 * Ensures that the session of a run exists that is executed later.
	 * @return the session
	 */
	StoredSession prepare(NewRun run) {
		StoredSession found = this.sessions.findToBegin(run.sessionId()).orElse(null);
		if (found == null) {
			StoredSession session = run.newSession();
			this.sessions.insert(session);
			return session;
		}
		run.requireOwner(found);
		return takeOver(run, found);
	}

	/**
	 * Begins a run that acquires its session, or waits for it.
	 * @param run the run
	 * @param lastTry whether the session counts as busy if another run is faster
	 * @return the session as the run finds it
	 * @throws SessionBusyException if the session is busy and the run does not wait
	 * @throws OptimisticLockingFailureException if another run was faster
	 */
	OpenedSession hold(NewRun run, boolean lastTry) {
		HolderRows.Look look = this.holders.look(run).orElse(null);
		if (look == null) {
			return create(run, run.runId());
		}
		run.requireOwner(look.session());
		StoredSession session = takeOver(run, look.session());
		if (look.mayBeHeld() && this.holders.hold(run, look)) {
			this.runs.insertRunning(run);
			return new OpenedSession(session, true);
		}
		if (look.mayBeHeld() && !lastTry) {
			throw new OptimisticLockingFailureException("Session '" + session.sessionId()
					+ "' was held or changed by another run while run '" + run.runId() + "' began");
		}
		if (run.concurrency() == SessionConcurrency.REJECT) {
			throw busy(run, look.free() ? null : look.holder());
		}
		this.runs.insertWaiting(run, look.now());
		return new OpenedSession(session, true, false, look.now());
	}

	private static SessionBusyException busy(NewRun run, @Nullable String holder) {
		return new SessionBusyException(run.sessionId(), holder,
				"Run '" + run.runId() + "' of workflow '" + run.workflowId() + "' was refused; try again later");
	}

	/** Returns the turn of a waiting run if it may acquire the session, or empty. */
	Optional<HolderRows.Turn> turn(NewRun run) {
		HolderRows.Turn turn = this.holders.turn(run)
			.filter((found) -> found.isOpenTo(run))
			.orElseThrow(() -> new SessionNotFoundException(run.sessionId()));
		return (turn.free() && !turn.behind()) ? Optional.of(turn) : Optional.empty();
	}

	/**
	 * Starts a waiting run, unless another one was faster.
	 * @param run the run
	 * @param turn its turn
	 * @return the session as the run finds it
	 */
	Optional<OpenedSession> enter(NewRun run, HolderRows.Turn turn) {
		if (!this.holders.hold(run, turn.holder())) {
			return Optional.empty();
		}
		if (!this.runs.startWaiting(run)) {
			throw new SessionNotFoundException(run.sessionId());
		}
		StoredSession session = this.sessions.findLocked(run.sessionId())
			.filter(run::mayUse)
			.orElseThrow(() -> new SessionNotFoundException(run.sessionId()));
		return Optional.of(new OpenedSession(takeOver(run, session), true));
	}

	private StoredSession takeOver(NewRun run, StoredSession session) {
		if (session.userId() != null || run.userId() == null) {
			return session;
		}
		if (!this.sessions.takeOver(run)) {
			throw new OptimisticLockingFailureException("Session '" + session.sessionId()
					+ "' was taken over or deleted while run '" + run.runId() + "' began");
		}
		return run.adopt(session);
	}

}
