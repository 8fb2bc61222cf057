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
 * Settles writes whose response was lost with the connection, by reading the row to find
 * out whether they were committed. It is not used for writes in a transaction of the
 * caller, who commits it.
 */
final class LostResponses {

	private final StorageTransactions transactions;

	private final SessionRows sessions;

	private final RunRows runs;

	LostResponses(StorageTransactions transactions, SessionRows sessions, RunRows runs) {
		this.transactions = transactions;
		this.sessions = sessions;
		this.runs = runs;
	}

	/**
	 * Returns whether a failed write may have been stored nevertheless. It was not if the
	 * database refused it or was never reached.
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

	/**
	 * Returns whether another attempt may succeed, since the database is away or busy.
	 */
	static boolean isTemporary(RuntimeException failure) {
		return isPossible(failure) || failure instanceof CannotCreateTransactionException
				|| failure instanceof CannotGetJdbcConnectionException
				|| failure instanceof ConcurrencyFailureException;
	}

	OpenedSession begun(NewRun run, Supplier<OpenedSession> begin) {
		return settled(begin, () -> find(run));
	}

	Optional<OpenedSession> entered(NewRun run, Supplier<Optional<OpenedSession>> enter) {
		return settled(enter, () -> find(run).filter((opened) -> !opened.waiting()).map(Optional::of));
	}

	private Optional<OpenedSession> find(NewRun run) {
		return this.transactions.read(() -> this.runs.findBegun(run)
			.flatMap((begun) -> this.sessions.find(run.sessionId())
				.map((session) -> new OpenedSession(session, true, false,
						(begun.status() == RunStatus.PENDING) ? begun.queuedAt() : null))));
	}

	/**
	 * Settles an end; reading the locked row waits for a transaction that is still in
	 * progress.
	 */
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
