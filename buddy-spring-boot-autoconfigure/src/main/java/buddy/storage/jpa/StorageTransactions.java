package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Executes statements in the caller's transaction on the same data source, if it is
 * read-write, or else on a separate connection that is released immediately afterwards.
 *
 * <p>
 * It never begins a JPA transaction: with an entity manager bound to the web request,
 * that would keep the connection for the whole request and flush the application's
 * changed entities.
 */
final class StorageTransactions {

	/** Several transactions that deadlock may do so again. */
	private static final int MAX_TRIES = 10;

	/** The first pause before a deadlocked transaction is tried again is shorter. */
	private static final long PAUSE_NANOS = 2_000_000;

	/** The class of SQL states that tell of a transaction that was rolled back. */
	private static final String ROLLED_BACK = "40";

	private final OwnTransactions own;

	private final TransactionTemplate template;

	private final DataSource dataSource;

	private final boolean oneWriter;

	private final NetworkTimeout limit;

	private final Duration lockTimeout;

	StorageTransactions(DataSource dataSource, SqlDialect dialect, StorageTimeouts timeouts) {
		this(dataSource, dialect, timeouts, timeouts.statement());
	}

	/**
	 * Creates transactions that wait for locks for another time than statements may take.
	 * @param dataSource the data source
	 * @param dialect its database
	 * @param timeouts the timeouts of statements
	 * @param lockTimeout how long a write that could not have a lock is tried again; zero
	 * for once more
	 */
	StorageTransactions(DataSource dataSource, SqlDialect dialect, StorageTimeouts timeouts, Duration lockTimeout) {
		this.dataSource = dataSource;
		this.oneWriter = dialect.hasOneWriter();
		this.lockTimeout = lockTimeout;
		this.limit = new NetworkTimeout(dialect.isServer() ? timeouts.networkMillis() : 0);
		this.own = new OwnTransactions(new TransactionDataSource(dataSource, this.limit, this.oneWriter),
				this.oneWriter);
		this.template = new TransactionTemplate(this.own);
	}

	/**
	 * Returns whether the thread is in a read-write transaction of the caller on this
	 * data source. On a database with one writer at a time, this includes read-only
	 * transactions, since a second transaction would wait for the first in vain.
	 * @return whether statements join the caller's transaction
	 */
	boolean joinsCaller() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive()
				&& (this.oneWriter || !TransactionSynchronizationManager.isCurrentTransactionReadOnly())
				&& isTransactionBound();
	}

	/**
	 * Reads in the caller's transaction, or else in auto-commit mode.
	 * @param statements the statements
	 * @return their result
	 */
	<T> T read(Supplier<T> statements) {
		return joinsCaller() ? statements.get() : apartFromCaller(() -> onOneConnection(statements));
	}

	/**
	 * Reads, and closes a connection that does not respond in time, if the driver
	 * supports it.
	 * @param time the timeout of each response
	 * @param statements the statements
	 * @return their result
	 */
	<T> T readWithin(Duration time, Supplier<T> statements) {
		return joinsCaller() ? statements.get()
				: apartFromCaller(() -> onOneConnection(() -> answeredWithin(time, statements)));
	}

	private <T> T answeredWithin(Duration time, Supplier<T> statements) {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		Runnable restore = new NetworkTimeout((int) Math.min(time.toMillis(), Integer.MAX_VALUE)).apply(connection);
		try {
			return statements.get();
		}
		finally {
			restore.run();
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	/**
	 * Writes with one statement in auto-commit mode, independent of the caller's
	 * transaction. It is retried if the database aborted it for another transaction.
	 * @param statement the statement
	 * @return its result
	 */
	<T> T writeAtOnce(Supplier<T> statement) {
		return apartFromCaller(() -> retried(() -> onOneConnection(() -> {
			T result = statement.get();
			commitWithoutAutoCommit();
			return result;
		})));
	}

	private void commitWithoutAutoCommit() {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		try {
			if (!connection.getAutoCommit()) {
				connection.commit();
			}
		}
		catch (SQLException ex) {
			throw this.own.translate("Commit", ex);
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	/**
	 * Writes all or nothing: in the caller's transaction, whose other work is kept when
	 * the statements fail, or else in a separate short transaction.
	 * @param statements the statements; an exception rolls them back
	 * @return their result
	 */
	<T> T write(Supplier<T> statements) {
		return joinsCaller() ? onSavepoint(statements) : writeApart(statements);
	}

	/**
	 * Writes in a separate short transaction, independent of the caller's transaction. It
	 * is retried if the database aborted it for another transaction.
	 * @param statements the statements; an exception rolls them back
	 * @return their result
	 */
	<T> T writeApart(Supplier<T> statements) {
		// resources bound without a transaction are suspended when ours begins
		return isTransactionBound() ? apartFromCaller(() -> inTransaction(statements)) : inTransaction(statements);
	}

	/**
	 * Writes in a separate short transaction, but within the caller's transaction if that
	 * blocks all other writers.
	 * @param statements the statements; an exception rolls them back
	 * @return their result
	 */
	<T> T writeBeside(Supplier<T> statements) {
		return this.oneWriter ? write(statements) : writeApart(statements);
	}

	private <T> T inTransaction(Supplier<T> statements) {
		return retried(() -> this.template.execute((status) -> statements.get()));
	}

	/**
	 * Waits for a lock as long as a statement may take, since H2 itself gives up sooner,
	 * and others may be in the way again and again.
	 */
	private <T> T retried(Supplier<T> transaction) {
		long begun = System.nanoTime();
		for (int tries = 1;; tries++) {
			try {
				return transaction.get();
			}
			catch (PessimisticLockingFailureException ex) {
				boolean deadlock = isDeadlock(ex);
				if (tries >= (deadlock ? MAX_TRIES : 2) && System.nanoTime() - begun >= this.lockTimeout.toNanos()) {
					throw ex;
				}
				if (deadlock) {
					letOthersGoFirst(tries);
				}
			}
		}
	}

	/**
	 * Pauses for a random time, since those that try again at once meet again. An
	 * interrupt ends the pause only.
	 */
	private static void letOthersGoFirst(int tries) {
		LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(tries, MAX_TRIES) * PAUSE_NANOS));
	}

	/** Unlike a lock that could not be had in time, it costs no time to find out. */
	private static boolean isDeadlock(PessimisticLockingFailureException ex) {
		return ex.getMostSpecificCause() instanceof SQLException cause && cause.getSQLState() != null
				&& cause.getSQLState().startsWith(ROLLED_BACK);
	}

	/**
	 * Whether a transaction on this data source is bound. A JPA transaction exposes its
	 * connection unsynchronized, and a JDBC transaction is known to a JDBC transaction
	 * manager. Any other connection was bound by a statement of the application within a
	 * transaction of another data source.
	 */
	private boolean isTransactionBound() {
		return TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder bound
				&& (!bound.isSynchronizedWithTransaction() || this.own.isBegun());
	}

	private <T> T apartFromCaller(Supplier<T> action) {
		Object callers = TransactionSynchronizationManager.unbindResourceIfPossible(this.dataSource);
		if (callers == null) {
			return action.get();
		}
		try {
			return action.get();
		}
		finally {
			TransactionSynchronizationManager.bindResource(this.dataSource, callers);
		}
	}

	/**
	 * Binds the connection explicitly, since otherwise a transaction of another data
	 * source would keep it until its end.
	 */
	private <T> T onOneConnection(Supplier<T> statements) {
		Connection connection = open();
		if (this.oneWriter) {
			SqliteAutoCommit.restore(connection);
		}
		Runnable restore = this.limit.apply(connection);
		TransactionSynchronizationManager.bindResource(this.dataSource, new ConnectionHolder(connection));
		try {
			return statements.get();
		}
		finally {
			TransactionSynchronizationManager.unbindResource(this.dataSource);
			endReading(connection);
			restore.run();
			JdbcUtils.closeConnection(connection);
		}
	}

	private Connection open() {
		try {
			return this.dataSource.getConnection();
		}
		catch (SQLException ex) {
			throw new CannotGetJdbcConnectionException(
					"The data source of the workflow sessions provides no connection", ex);
		}
	}

	/**
	 * Ends the transaction, since a pool without auto-commit might pass the connection on
	 * with an open one.
	 */
	private static void endReading(Connection connection) {
		try {
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
		}
		catch (SQLException ex) {
			// the connection is broken, which the pool notices when it is closed
		}
	}

	private <T> T onSavepoint(Supplier<T> statements) {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		try {
			Savepoint savepoint = setSavepoint(connection);
			try {
				T result = statements.get();
				releaseSavepoint(connection, savepoint);
				return result;
			}
			catch (RuntimeException | Error ex) {
				rollBack(connection, savepoint, ex);
				throw ex;
			}
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	private Savepoint setSavepoint(Connection connection) {
		try {
			return connection.setSavepoint();
		}
		catch (SQLException ex) {
			throw this.own.translate("Set a savepoint in the caller's transaction", ex);
		}
	}

	private static void releaseSavepoint(Connection connection, Savepoint savepoint) {
		try {
			connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			// the caller's commit releases it too
		}
	}

	private static void rollBack(Connection connection, Savepoint savepoint, Throwable cause) {
		try {
			connection.rollback(savepoint);
			connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			// the database has already ended the transaction, e.g. after a deadlock
			cause.addSuppressed(ex);
		}
	}

	/** A JDBC transaction manager that exposes the transaction of the current thread. */
	private static final class OwnTransactions extends JdbcTransactionManager {

		private final TransactionDataSource limited;

		private final boolean sqlite;

		OwnTransactions(TransactionDataSource dataSource, boolean sqlite) {
			super(dataSource);
			this.limited = dataSource;
			this.sqlite = sqlite;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			super.doBegin(transaction, definition);
			ConnectionHolder holder = holder();
			Runnable restore = this.limited.takeRestore();
			if (holder != null && restore != null) {
				TransactionSynchronizationManager.bindResource(holder, restore);
			}
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			ConnectionHolder holder = holder();
			if (!this.sqlite || holder == null) {
				super.doCommit(status);
				return;
			}
			try {
				SqliteAutoCommit.commit(holder.getConnection());
			}
			catch (SQLException ex) {
				throw translateException("JDBC commit", ex);
			}
		}

		@Override
		protected void doCleanupAfterCompletion(Object transaction) {
			ConnectionHolder holder = holder();
			Object restore = (holder != null) ? TransactionSynchronizationManager.unbindResourceIfPossible(holder)
					: null;
			if (restore instanceof Runnable undo) {
				undo.run();
			}
			super.doCleanupAfterCompletion(transaction);
		}

		private @Nullable ConnectionHolder holder() {
			return (ConnectionHolder) TransactionSynchronizationManager.getResource(obtainDataSource());
		}

		boolean isBegun() {
			return isExistingTransaction(doGetTransaction());
		}

		RuntimeException translate(String task, SQLException ex) {
			return translateException(task, ex);
		}

	}

}
