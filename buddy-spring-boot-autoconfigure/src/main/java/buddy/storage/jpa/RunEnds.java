package buddy.storage.jpa;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;

import buddy.session.EndOutcome;
import buddy.session.NewRun;
import buddy.session.RunEnd;
import buddy.session.StoredSession;

/**
 * Writes the end of a run, within a transaction that another one opens: the session
 * first, because MariaDB would lock it for the run's foreign key otherwise, and deadlock.
 */
final class RunEnds {

	private final SessionRows sessions;

	private final RunRows runs;

	RunEnds(SessionRows sessions, RunRows runs) {
		this.sessions = sessions;
		this.runs = runs;
	}

	/**
	 * Writes an end.
	 * @param end the end
	 * @param again whether this is the second try, after the session was created by
	 * another one in the midst of the first
	 * @return {@code STORED}, or another outcome with nothing written
	 * @throws GoneException if what was written must be undone, since the run is gone
	 * @throws DuplicateKeyException if what was written must be undone, since the session
	 * was created by another one meanwhile
	 */
	EndOutcome write(RunEnd end, boolean again) {
		return end.recorded() ? writeRecorded(end) : writeUnrecorded(end, again);
	}

	private EndOutcome writeRecorded(RunEnd end) {
		NewRun run = end.run();
		RunEnd.StateChange change = end.state();
		if (change == null) {
			// the number of rows says nothing more: a run that is there has its session
			this.sessions.touch(run.sessionId(), end.endedAt());
		}
		else if (!this.sessions.changeState(run.sessionId(), change, end.endedAt())) {
			return this.runs.isRunning(run.runId()) ? EndOutcome.VERSION_MISSED : EndOutcome.GONE;
		}
		if (!this.runs.end(end)) {
			throw new GoneException(run.runId(), null);
		}
		return EndOutcome.STORED;
	}

	private EndOutcome writeUnrecorded(RunEnd end, boolean again) {
		EndOutcome session = updateSession(end) ? EndOutcome.STORED : createSession(end, again);
		if (session == EndOutcome.STORED) {
			insertRun(end);
		}
		return session;
	}

	private boolean updateSession(RunEnd end) {
		RunEnd.StateChange change = end.state();
		return (change != null) ? this.sessions.adoptAndChangeState(end.run(), change, end.endedAt())
				: this.sessions.adoptAndTouch(end.run(), end.endedAt());
	}

	private EndOutcome createSession(RunEnd end, boolean again) {
		String sessionId = end.run().sessionId();
		// a lock in the first try would make two that create the session wait for each
		// other
		Optional<StoredSession> found = again ? this.sessions.findLocked(sessionId) : this.sessions.find(sessionId);
		if (found.isPresent()) {
			return missed(end, found.get());
		}
		if (!end.mayCreateSession()) {
			return EndOutcome.GONE;
		}
		this.sessions.insert(end.newSession());
		return EndOutcome.STORED;
	}

	private static EndOutcome missed(RunEnd end, StoredSession session) {
		if (!end.run().mayUse(session)) {
			return EndOutcome.GONE;
		}
		if (end.state() == null) {
			throw new DuplicateKeyException(
					"Session '" + session.sessionId() + "' was created by another run meanwhile");
		}
		return EndOutcome.VERSION_MISSED;
	}

	private void insertRun(RunEnd end) {
		try {
			this.runs.insert(end.toStoredRun());
		}
		catch (DuplicateKeyException ex) {
			throw new GoneException(end.run().runId(), ex);
		}
	}

	/** Undoes an end whose run is gone or has ended already. */
	static final class GoneException extends RuntimeException {

		GoneException(String runId, @Nullable Throwable cause) {
			super("Run '" + runId + "' is gone or has ended already", cause, false, false);
		}

	}

}
