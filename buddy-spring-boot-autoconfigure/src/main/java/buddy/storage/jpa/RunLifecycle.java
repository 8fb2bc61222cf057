package buddy.storage.jpa;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredSession;

/**
 * Writes the beginning, the admission and the end of runs: within the caller's
 * transaction if there is one, otherwise in the shortest form that the database supports.
 */
final class RunLifecycle {

	/**
	 * The number of tries to begin, since other runs may create, take over and delete the
	 * session meanwhile.
	 */
	private static final int TRIES = 4;

	private final StorageTransactions transactions;

	private final RunBegins begins;

	private final RunEnds ends;

	private final RunRows runs;

	private final RunWrites writes;

	private final HolderRows holders;

	private final LostResponses lostResponses;

	private final LateEnds lateEnds;

	/**
	 * Creates an instance.
	 * @param transactions executes statements
	 * @param jdbc the JDBC client
	 * @param sessions the table of sessions
	 * @param runs the table of runs
	 * @param dialect the database
	 * @param fused whether runs begin and end with one statement if the database supports
	 * it
	 * @param lateWrites executes writes after the caller's transaction
	 */
	RunLifecycle(StorageTransactions transactions, JdbcClient jdbc, SessionRows sessions, RunRows runs,
			SqlDialect dialect, boolean fused, Executor lateWrites) {
		this.holders = new HolderRows(jdbc, dialect, runs.payloads());
		this.lostResponses = new LostResponses(transactions, sessions, runs);
		this.transactions = transactions;
		this.begins = new RunBegins(sessions, runs, this.holders);
		this.ends = new RunEnds(sessions, runs, this.holders);
		this.runs = runs;
		RunWrites portable = new PortableRunWrites(transactions, this.begins, this.ends);
		this.writes = (fused && dialect.fusesWrites())
				? new FusedRunWrites(transactions, jdbc, this.begins, runs, portable) : portable;
		this.lateEnds = new LateEnds(this::endApart, lateWrites);
	}

	OpenedSession begin(NewRun run) {
		boolean joined = this.transactions.joinsCaller();
		if (run.concurrency().isExclusive()) {
			requireNotJoined(run, joined);
			return again(run, (lastTry) -> this.transactions.writeApart(() -> this.begins.hold(run, lastTry)));
		}
		if (joined || !run.recordStart()) {
			requireNewKey(run);
			return this.transactions.read(() -> new OpenedSession(this.begins.look(run), false, joined, null));
		}
		return again(run, (lastTry) -> this.writes.begin(run));
	}

	private static void requireNotJoined(NewRun run, boolean joined) {
		if (joined) {
			String policy = run.concurrency().name().toLowerCase(Locale.ROOT);
			throw new IllegalStateException("Run '" + run.runId() + "' of workflow '" + run.workflowId()
					+ "' cannot hold session '" + run.sessionId() + "' for itself (session concurrency '" + policy
					+ "') inside of a transaction of its caller, since other runs would not see it before the commit;"
					+ " call the workflow outside of the transaction, or use session concurrency 'merge'");
		}
	}

	private void requireNewKey(NewRun run) {
		if (run.idempotencyKey() != null) {
			this.transactions.read(() -> {
				this.runs.requireNewKey(run);
				return run;
			});
		}
	}

	private OpenedSession again(NewRun run, Function<Boolean, OpenedSession> begin) {
		for (int failed = 1;; failed++) {
			requireNewKey(run);
			try {
				boolean lastTry = failed == TRIES;
				return this.lostResponses.begun(run, () -> begin.apply(lastTry));
			}
			catch (DataIntegrityViolationException | OptimisticLockingFailureException ex) {
				if (failed == TRIES) {
					throw ex;
				}
			}
		}
	}

	Optional<OpenedSession> enter(NewRun run) {
		// most runs have to keep waiting, which does not need a transaction
		return this.lostResponses.entered(run, () -> this.transactions.read(() -> this.begins.turn(run))
			.flatMap((turn) -> this.transactions.writeBeside(() -> this.begins.enter(run, turn))));
	}

	boolean withdraw(NewRun run) {
		return this.transactions.writeBeside(() -> this.runs.deleteWaiting(run));
	}

	boolean undo(NewRun run) {
		try {
			return this.transactions.writeBeside(() -> {
				this.holders.free(run); // lock the session first, as at every end
				if (!this.runs.deleteUnfinished(run)) {
					throw new NothingToUndoException();
				}
				return true;
			});
		}
		catch (NothingToUndoException ex) {
			return false;
		}
	}

	EndOutcome end(RunEnd end) {
		return this.transactions.joinsCaller() ? joined(end, () -> this.ends.write(end, this.transactions::write))
				: endApart(end);
	}

	private EndOutcome endApart(RunEnd end) {
		return why(end, this.lostResponses.ended(end, () -> this.writes.end(end)));
	}

	EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
		return this.transactions.joinsCaller()
				? joined(end, () -> this.ends.writeMerged(end, merge, this.transactions::write))
				: why(end, this.lostResponses.ended(end,
						() -> this.ends.writeMerged(end, merge, this.transactions::writeApart)));
	}

	/** Looks for the reason only of an end that found no row. */
	private EndOutcome why(RunEnd end, EndOutcome outcome) {
		boolean fenced = outcome == EndOutcome.GONE && this.transactions.read(() -> this.runs.isFenced(end.run()));
		return fenced ? EndOutcome.FENCED : outcome;
	}

	private EndOutcome joined(RunEnd end, Supplier<EndOutcome> write) {
		CallersTransaction callers = CallersTransaction.of(this.lateEnds);
		if (end.status() != RunStatus.COMPLETED) {
			callers.endsLate(end);
			return EndOutcome.STORED;
		}
		EndOutcome outcome = write.get();
		callers.ended(end, outcome);
		return outcome;
	}

	/**
	 * Returns whether the end of a run has missed the version of a session within the
	 * caller's transaction; a repeatable read would return the old version again.
	 */
	boolean hasMissed(String sessionId) {
		return this.transactions.joinsCaller() && CallersTransaction.of(this.lateEnds).hasMissed(sessionId);
	}

	/** Rolls back, since the session may be held by a later execution of the run. */
	private static final class NothingToUndoException extends RuntimeException {

		NothingToUndoException() {
			super("The run has ended, or another execution of it has begun", null, false, false);
		}

	}

}
