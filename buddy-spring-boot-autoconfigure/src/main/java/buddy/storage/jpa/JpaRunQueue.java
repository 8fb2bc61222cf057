package buddy.storage.jpa;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.session.SessionNotFoundException;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.QueuedRun;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.RunQueue;
import buddy.storage.StoredSession;

/**
 * Stores queued runs among the others.
 */
final class JpaRunQueue implements RunQueue {

	/** Other runs may create, take over and delete the session meanwhile. */
	private static final int TRIES = 4;

	private final StorageTransactions transactions;

	private final SessionRows sessions;

	private final RunRows runs;

	private final RunBegins begins;

	private final QueueRows rows;

	/**
	 * Stores in the database of a data source.
	 * @param dataSource the data source of buddy's tables
	 * @param statements how statements run
	 */
	JpaRunQueue(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		JdbcTemplate template = dialect.template(dataSource, statements.timeouts());
		JdbcClient jdbc = statements.tables().client(template);
		this.sessions = new SessionRows(jdbc, dialect);
		this.runs = new RunRows(jdbc, template, dialect, statements.tables());
		this.begins = new RunBegins(this.sessions, this.runs, new HolderRows(jdbc, dialect));
		this.rows = new QueueRows(jdbc, dialect);
	}

	@Override
	public void enqueue(QueuedRun run, Runnable ticket, Runnable committed) {
		for (int failed = 1;; failed++) {
			this.transactions.read(() -> {
				this.runs.requireNewKey(run.run());
				return run;
			});
			try {
				settled(() -> this.transactions.write(() -> store(run, ticket)), () -> this.rows.exists(run.run()));
				afterCommit(committed);
				return;
			}
			catch (DataIntegrityViolationException | OptimisticLockingFailureException ex) {
				if (failed == TRIES) {
					throw ex;
				}
			}
		}
	}

	private void afterCommit(Runnable committed) {
		if (!this.transactions.joinsCaller()) {
			committed.run();
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				committed.run();
			}

		});
	}

	private boolean store(QueuedRun run, Runnable ticket) {
		this.begins.prepare(run.run());
		this.runs.insertQueued(run);
		ticket.run();
		return true;
	}

	@Override
	public Optional<OpenedSession> start(NewRun run) {
		boolean started = settled(() -> this.transactions.writeAtOnce(() -> this.rows.start(run)),
				() -> this.rows.isStarted(run));
		return started ? Optional.of(open(run)) : Optional.empty();
	}

	private OpenedSession open(NewRun run) {
		StoredSession session = this.transactions.read(() -> this.sessions.find(run.sessionId()))
			.orElseThrow(() -> new SessionNotFoundException(run.sessionId()));
		return new OpenedSession(session, true, false, run.concurrency().isExclusive() ? run.createdAt() : null);
	}

	@Override
	public boolean end(String runId, OrphanEnd end) {
		return this.transactions.write(() -> this.rows.end(runId, end));
	}

	@Override
	public List<Entry> list(@Nullable Entry after, int limit) {
		return this.transactions.read(() -> this.rows.list(after, limit));
	}

	@Override
	public Backlog backlog(int atMost) {
		return this.transactions.read(() -> this.rows.backlog(atMost));
	}

	/** Settles a write whose response was lost, by a look that waits for it. */
	private boolean settled(BooleanSupplier write, BooleanSupplier look) {
		try {
			return write.getAsBoolean();
		}
		catch (RuntimeException ex) {
			if (LostResponses.isPossible(ex) && !this.transactions.joinsCaller() && isStored(look, ex)) {
				return true;
			}
			throw ex;
		}
	}

	private boolean isStored(BooleanSupplier look, RuntimeException failure) {
		try {
			return this.transactions.writeAtOnce(look::getAsBoolean);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

}
