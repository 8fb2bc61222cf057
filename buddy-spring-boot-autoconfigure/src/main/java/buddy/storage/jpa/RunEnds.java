package buddy.storage.jpa;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;

import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.StoredSession;

/**
 * Writes the end of a run, within a transaction opened by the caller. The session is
 * written first, because MariaDB would otherwise lock it for the run's foreign key and
 * deadlock.
 */
final class RunEnds {

	private final SessionRows sessions;

	private final RunRows runs;

	private final HolderRows holders;

	RunEnds(SessionRows sessions, RunRows runs, HolderRows holders) {
		this.sessions = sessions;
		this.runs = runs;
		this.holders = holders;
	}

	/**
	 * Writes an end.
	 * @param end the end
	 * @param transaction executes statements and rolls them back after an exception
	 * @return the outcome
	 */
	EndOutcome write(RunEnd end, Transaction transaction) {
		return outcome(() -> {
			try {
				return transaction.run(() -> write(end, false));
			}
			catch (DuplicateKeyException ex) {
				return transaction.run(() -> write(end, true));
			}
		});
	}

	/**
	 * Writes an end whose state is merged with that of the session, which is locked
	 * meanwhile.
	 * @param end the end
	 * @param merge computes the state to store
	 * @param transaction executes statements and rolls them back after an exception
	 * @return the outcome
	 */
	EndOutcome writeMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge, Transaction transaction) {
		return outcome(() -> transaction.run(() -> this.sessions.findLocked(end.run().sessionId())
			.map((session) -> write(end.withState(merge.apply(session)), true))
			.orElse(EndOutcome.GONE)));
	}

	private static EndOutcome outcome(Supplier<EndOutcome> write) {
		try {
			return write.get();
		}
		catch (GoneException ex) {
			return EndOutcome.GONE;
		}
	}

	/**
	 * Writes an end.
	 * @param end the end
	 * @param again whether this is the second try, after the session was created by
	 * another run during the first
	 * @return {@code STORED}, or another outcome with nothing written
	 * @throws GoneException to roll back, since the run was deleted
	 * @throws DuplicateKeyException to roll back, since the session was created by
	 * another run meanwhile
	 */
	private EndOutcome write(RunEnd end, boolean again) {
		if (!end.recorded()) {
			return writeUnrecorded(end, again);
		}
		return end.run().concurrency().isExclusive() ? writeExclusive(end) : writeShared(end);
	}

	private EndOutcome writeShared(RunEnd end) {
		NewRun run = end.run();
		RunEnd.StateChange change = end.state();
		if (change == null) {
			// the number of rows does not matter: an existing run has its session
			this.sessions.touch(run.sessionId(), end.endedAt());
		}
		else if (!this.sessions.changeState(run.sessionId(), change, end.endedAt())) {
			return this.runs.isRunning(run) ? EndOutcome.VERSION_MISSED : EndOutcome.GONE;
		}
		return ended(end, this.runs.end(end));
	}

	/**
	 * Writes the end of a run that holds its session, which is released with the same
	 * update.
	 */
	private EndOutcome writeExclusive(RunEnd end) {
		NewRun run = end.run();
		RunEnd.StateChange change = end.state();
		if (change == null) {
			return this.sessions.freeAndTouch(run, end.endedAt()) ? ended(end, this.runs.end(end)) : writeWaiting(end);
		}
		if (!this.sessions.freeAndChangeState(run, change, end.endedAt())) {
			return this.holders.isHeldBy(run) ? EndOutcome.VERSION_MISSED : EndOutcome.GONE;
		}
		return ended(end, this.runs.end(end));
	}

	/**
	 * Writes the end of a run that does not hold its session: it waits for it, or has
	 * lost it.
	 */
	private EndOutcome writeWaiting(RunEnd end) {
		this.sessions.touch(end.run().sessionId(), end.endedAt());
		return ended(end, this.runs.endWaiting(end));
	}

	private static EndOutcome ended(RunEnd end, boolean written) {
		if (!written) {
			throw new GoneException(end.run().runId(), null);
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
		// with a lock in the first try, two runs that create the session would wait for
		// each other
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
			this.runs.insertEnded(end);
		}
		catch (DuplicateKeyException ex) {
			throw new GoneException(end.run().runId(), ex);
		}
	}

	/** Executes statements atomically. */
	@FunctionalInterface
	interface Transaction {

		EndOutcome run(Supplier<EndOutcome> statements);

	}

	/** Rolls back an end whose run was deleted or has ended already. */
	private static final class GoneException extends RuntimeException {

		GoneException(String runId, @Nullable Throwable cause) {
			super("Run '" + runId + "' was deleted or has ended already", cause, false, false);
		}

	}

}
