package buddy.storage.jpa;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.durable.JournalWrite;
import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepState;
import buddy.durable.StoredStep;
import buddy.storage.RunTake;
import buddy.storage.StoredRun;

/**
 * Stores the steps of runs beside the runs.
 */
final class JpaRunJournal implements RunJournal {

	private final StorageTransactions transactions;

	private final StepRows rows;

	private final OldStepRows old;

	private final RunRows runs;

	private final Supplier<JpaTransactionManager> applications;

	private final boolean oneStatement;

	private final boolean oneWriter;

	private final Lock taking = new ReentrantLock();

	/**
	 * Stores in the database of a data source.
	 * @param dataSource the data source of buddy's tables
	 * @param statements how statements run
	 * @param applications gives the transaction manager of the application that is on
	 * that data source
	 */
	JpaRunJournal(DataSource dataSource, StatementSettings statements, Supplier<JpaTransactionManager> applications) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		JdbcTemplate template = dialect.template(dataSource, statements.timeouts());
		this.rows = new StepRows(template, dialect, statements.tables(), statements.payloads());
		this.old = new OldStepRows(statements.tables().client(template));
		this.runs = new RunRows(statements.tables().client(template), template, dialect, statements.tables(),
				statements.payloads());
		this.applications = applications;
		this.oneStatement = dialect.isServer();
		this.oneWriter = dialect.hasOneWriter();
	}

	@Override
	public boolean take(RunTake take) {
		return take(take, () -> {
		});
	}

	@Override
	public boolean take(RunTake take, Runnable alongside) {
		// one after the other, so that a take whose answer was lost is not mistaken for
		// that of another thread
		this.taking.lock();
		try {
			return this.transactions.writeBeside(() -> {
				boolean taken = this.rows.take(take);
				if (taken) {
					alongside.run();
				}
				return taken;
			});
		}
		catch (RuntimeException ex) {
			if (LostResponses.isPossible(ex) && isTaken(take, ex)) {
				return true;
			}
			throw ex;
		}
		finally {
			this.taking.unlock();
		}
	}

	private boolean isTaken(RunTake take, RuntimeException failure) {
		try {
			return this.transactions.writeAtOnce(() -> this.rows.isTaken(take));
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

	@Override
	public JournalWrite append(StoredStep step) {
		return write(step, () -> this.transactions.writeAtOnce(() -> this.rows.insert(step)));
	}

	@Override
	public JournalWrite update(StoredStep step) {
		return write(step, () -> this.oneStatement ? this.transactions.writeAtOnce(() -> this.rows.update(step))
				: this.transactions.writeApart(() -> this.rows.update(step)));
	}

	private JournalWrite write(StoredStep step, BooleanSupplier write) {
		if (this.transactions.joinsCaller()) {
			return JournalWrite.IN_TRANSACTION;
		}
		try {
			return write.getAsBoolean() ? JournalWrite.STORED : JournalWrite.FENCED;
		}
		catch (RuntimeException ex) {
			if (mayBeStored(ex) && isStored(step, ex)) {
				return JournalWrite.STORED;
			}
			throw ex;
		}
	}

	/** The same step is there already where an answer was lost and it is tried again. */
	private static boolean mayBeStored(RuntimeException ex) {
		return ex instanceof DuplicateKeyException || LostResponses.isPossible(ex);
	}

	/**
	 * Waits for a write that is still in progress. Where there is one writer at a time,
	 * there is none, and others may write for long.
	 */
	private boolean isStored(StoredStep step, RuntimeException failure) {
		try {
			return this.oneWriter ? this.transactions.read(() -> this.rows.isStored(step))
					: this.transactions.writeApart(() -> this.rows.isStored(step));
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

	/**
	 * Joins a transaction of the caller, whoever manages it. What is undone of one is
	 * undone as a whole if it is a JPA transaction, whose entities do not know of
	 * savepoints.
	 */
	@Override
	public JournalWrite writeInTransaction(Supplier<StoredStep> body, boolean update) {
		boolean joins = this.transactions.joinsCaller();
		StoredStep[] step = new StoredStep[1];
		Supplier<StoredStep> noted = () -> {
			step[0] = body.get();
			return step[0];
		};
		try {
			if (joins && !isInJpaTransaction()) {
				this.transactions.write(() -> write(noted, update));
			}
			else {
				new TransactionTemplate(this.applications.get()).executeWithoutResult((status) -> write(noted, update));
			}
			return JournalWrite.STORED;
		}
		catch (FencedException ex) {
			return JournalWrite.FENCED;
		}
		catch (RuntimeException ex) {
			if (!joins && step[0] != null && LostResponses.isPossible(ex) && isStored(step[0], ex)) {
				return JournalWrite.STORED;
			}
			throw ex;
		}
	}

	private boolean isInJpaTransaction() {
		EntityManagerFactory factory = this.applications.get().getEntityManagerFactory();
		return factory != null && TransactionSynchronizationManager.hasResource(factory);
	}

	private boolean write(Supplier<StoredStep> body, boolean update) {
		StoredStep step = body.get();
		if (!(update ? this.rows.update(step) : this.rows.insert(step))) {
			throw new FencedException();
		}
		return true;
	}

	@Override
	public boolean isInTransaction() {
		return this.transactions.joinsCaller();
	}

	@Override
	public boolean isTemporary(RuntimeException failure) {
		return LostResponses.isTemporary(failure);
	}

	@Override
	public List<StepHead> heads(String runId) {
		return this.transactions.read(() -> this.rows.heads(runId));
	}

	@Override
	public List<StoredStep> read(String runId, Collection<String> keys) {
		return keys.isEmpty() ? List.of() : this.transactions.read(() -> this.rows.read(runId, keys));
	}

	@Override
	public List<StoredStep> list(String runId, @Nullable String after, int limit) {
		return this.transactions.read(() -> this.rows.list(runId, after, limit));
	}

	@Override
	public StepState base(String runId) {
		return this.transactions.read(() -> this.rows.base(runId));
	}

	@Override
	public @Nullable String lastEvent(String runId) {
		return this.transactions.read(() -> this.rows.lastEvent(runId));
	}

	@Override
	public void fork(StoredRun fork, String from, Collection<String> keys) {
		this.transactions.writeApart(() -> {
			this.runs.insertAll(List.of(fork));
			if (this.rows.copy(from, fork.runId(), keys) < keys.size()) {
				throw new IllegalStateException(
						"Run '" + from + "' cannot be forked: steps of it were deleted meanwhile");
			}
			return true;
		});
	}

	@Override
	public Map<String, String> nested(String runId) {
		return this.transactions.read(() -> this.rows.nested(runId));
	}

	@Override
	public List<String> runsWithSteps(long begunBefore, @Nullable String after, int limit) {
		return this.transactions.read(() -> this.old.runs(begunBefore, after, limit));
	}

	/**
	 * Deletes in several transactions. Once the run is marked, nobody takes it any more,
	 * and what is left after a crash is found again.
	 */
	@Override
	public int deleteSteps(String runId, long begunBefore, long now) {
		String outermost = this.transactions.read(() -> outermost(runId));
		return this.transactions.write(() -> this.old.mark(outermost, begunBefore, now)) ? deleteCalled(outermost) : 0;
	}

	private String outermost(String runId) {
		String caller = this.old.caller(runId);
		return (caller != null) ? outermost(caller) : runId;
	}

	private int deleteCalled(String runId) {
		int called = this.transactions.read(() -> this.old.called(runId)).stream().mapToInt(this::deleteCalled).sum();
		return called + this.transactions.write(() -> this.old.deleteOf(runId));
	}

	@Override
	public boolean hasDeletedSteps(String runId) {
		return this.transactions.read(() -> this.old.isMarked(runId));
	}

	@Override
	public boolean reopenFailure(String runId, String key, int epoch) {
		return this.transactions.writeBeside(() -> this.rows.reopenFailure(runId, key, epoch));
	}

	/** Rolls back what a step's body did, since the step may not be stored. */
	private static final class FencedException extends RuntimeException {

		FencedException() {
			super("Another execution of the run has begun", null, false, false);
		}

	}

}
