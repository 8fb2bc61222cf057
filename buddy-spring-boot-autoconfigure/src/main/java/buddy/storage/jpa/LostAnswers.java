package buddy.storage.jpa;

import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;

import buddy.run.RunStatus;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;

/**
 * Settles writes whose answer was lost with the connection, so that nobody knows whether
 * they were committed: by reading the row. Not for writes in a transaction of the caller,
 * whose end is the caller's to settle.
 */
final class LostAnswers {

	private final StorageTransactions transactions;

	private final SessionRows sessions;

	private final RunRows runs;

	LostAnswers(StorageTransactions transactions, SessionRows sessions, RunRows runs) {
		this.transactions = transactions;
		this.sessions = sessions;
		this.runs = runs;
	}

	/**
	 * Tells whether a write that failed may be stored all the same: not where the
	 * database has refused it, or was never reached.
	 */
	static boolean isPossible(RuntimeException failure) {
		if (failure instanceof TransactionException) {
			return !(failure instanceof CannotCreateTransactionException);
		}
		return failure instanceof DataAccessException && !(failure instanceof CannotGetJdbcConnectionException
				|| failure instanceof DataIntegrityViolationException || failure instanceof ConcurrencyFailureException
				|| failure instanceof DataRetrievalFailureException
				|| failure instanceof InvalidDataAccessApiUsageException
				|| failure instanceof InvalidDataAccessResourceUsageException
				|| failure instanceof PermissionDeniedDataAccessException);
	}

	OpenedSession begun(NewRun run, Supplier<OpenedSession> begin) {
		return settled(begin, () -> find(run));
	}

	Optional<OpenedSession> entered(NewRun run, Supplier<Optional<OpenedSession>> enter) {
		return settled(enter, () -> find(run).filter((opened) -> !opened.waiting()).map(Optional::of));
	}

	private Optional<OpenedSession> find(NewRun run) {
		return this.transactions.read(() -> this.runs.findBegun(run.runId())
			.flatMap((begun) -> this.sessions.find(run.sessionId())
				.map((session) -> new OpenedSession(session, true, false,
						(begun.status() == RunStatus.PENDING) ? begun.queuedAt() : null))));
	}

	/** Waits for a transaction that still goes on, since its row is locked. */
	EndOutcome ended(RunEnd end, Supplier<EndOutcome> write) {
		return settled(write, () -> this.transactions.writeAtOnce(() -> this.runs.isEndedBy(end))
				? Optional.of(EndOutcome.STORED) : Optional.empty());
	}

	private static <T> T settled(Supplier<T> write, Supplier<Optional<T>> look) {
		try {
			return write.get();
		}
		catch (RuntimeException ex) {
			T stored = isPossible(ex) ? look(look, ex) : null;
			if (stored != null) {
				return stored;
			}
			throw ex;
		}
	}

	private static <T> @Nullable T look(Supplier<Optional<T>> look, RuntimeException failure) {
		try {
			return look.get().orElse(null);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return null;
		}
	}

}
