package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
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
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Where statements run: in the caller's transaction on the same data source if that may
 * write, else on a connection of their own that they hold no longer than they take.
 *
 * <p>
 * Never in a JPA transaction of our own: where the entity manager is bound to the web
 * request, that would keep the connection for the whole request and flush the
 * application's changed entities.
 */
final class StorageTransactions {

	private final OwnTransactions own;

	private final TransactionTemplate template;

	private final DataSource dataSource;

	private final boolean oneWriter;

	private final NetworkLimit limit;

	StorageTransactions(DataSource dataSource, SqlDialect dialect, StorageTimeouts timeouts) {
		this.dataSource = dataSource;
		this.oneWriter = dialect.hasOneWriter();
		this.limit = new NetworkLimit(dialect.isServer() ? timeouts.networkMillis() : 0);
		this.own = new OwnTransactions(new LimitedDataSource(dataSource, this.limit));
		this.template = new TransactionTemplate(this.own);
	}

	/**
	 * Tells whether the thread is in a transaction of the caller on this data source that
	 * may write. Where there is one writer at a time, that is every transaction: another
	 * one beside it would wait for it in vain.
	 * @return whether statements join it
	 */
	boolean joinsCaller() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive()
				&& (this.oneWriter || !TransactionSynchronizationManager.isCurrentTransactionReadOnly())
				&& isTransactionBound();
	}

	/**
	 * Reads: in the caller's transaction, else in auto-commit.
	 * @param statements the statements
	 * @return what they give
	 */
	<T> T read(Supplier<T> statements) {
		return joinsCaller() ? statements.get() : apartFromCaller(() -> onOneConnection(statements));
	}

	/**
	 * Reads, and drops a connection that does not answer in time, where its driver can.
	 * @param time how long each answer may take
	 * @param statements the statements
	 * @return what they give
	 */
	<T> T readWithin(Duration time, Supplier<T> statements) {
		return joinsCaller() ? statements.get()
				: apartFromCaller(() -> onOneConnection(() -> answeredWithin(time, statements)));
	}

	private <T> T answeredWithin(Duration time, Supplier<T> statements) {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		Runnable restore = new NetworkLimit((int) Math.min(time.toMillis(), Integer.MAX_VALUE)).apply(connection);
		try {
			return statements.get();
		}
		finally {
			restore.run();
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	/**
	 * Writes with one statement in auto-commit, whatever the caller has open; once more
	 * where the database gave it up for another one.
	 * @param statement the statement
	 * @return what it gives
	 */
	<T> T writeAtOnce(Supplier<T> statement) {
		return apartFromCaller(() -> onceMore(() -> onOneConnection(() -> {
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
	 * Writes all or nothing: in the caller's transaction, whose other work stays when the
	 * statements fail, else in a short transaction of their own.
	 * @param statements the statements; an exception undoes them
	 * @return what they give
	 */
	<T> T write(Supplier<T> statements) {
		return joinsCaller() ? onSavepoint(statements) : writeApart(statements);
	}

	/**
	 * Writes in a short transaction of its own, whatever the caller has open; once more
	 * where the database gave it up for another one.
	 * @param statements the statements; an exception undoes them
	 * @return what they give
	 */
	<T> T writeApart(Supplier<T> statements) {
		// what is bound without a transaction, the beginning of ours puts aside
		return isTransactionBound() ? apartFromCaller(() -> inTransaction(statements)) : inTransaction(statements);
	}

	/**
	 * Writes whatever the caller has open, but within the caller's transaction where that
	 * keeps all others from writing.
	 * @param statements the statements; an exception undoes them
	 * @return what they give
	 */
	<T> T writeBeside(Supplier<T> statements) {
		return this.oneWriter ? write(statements) : writeApart(statements);
	}

	private <T> T inTransaction(Supplier<T> statements) {
		return onceMore(() -> this.template.execute((status) -> statements.get()));
	}

	private static <T> T onceMore(Supplier<T> transaction) {
		try {
			return transaction.get();
		}
		catch (PessimisticLockingFailureException ex) {
			return transaction.get();
		}
	}

	/**
	 * A JPA transaction exposes its connection unsynchronized, a JDBC transaction is
	 * known to a manager of its kind. What is neither was bound by a statement of the
	 * application within a transaction of another data source.
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
	 * Binds the connection itself, or else a transaction of another data source would
	 * keep it until its end.
	 */
	private <T> T onOneConnection(Supplier<T> statements) {
		Connection connection = open();
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
			throw new CannotGetJdbcConnectionException("The data source of the workflow sessions gives no connection",
					ex);
		}
	}

	/** A pool without auto-commit may hand the connection on with a transaction open. */
	private static void endReading(Connection connection) {
		try {
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
		}
		catch (SQLException ex) {
			// the connection is broken; the pool will see that when it is closed
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
			// the database has ended the caller's transaction by itself, as after a
			// deadlock
			cause.addSuppressed(ex);
		}
	}

	/** A JDBC transaction manager that tells what it sees on this thread. */
	private static final class OwnTransactions extends JdbcTransactionManager {

		private final LimitedDataSource limited;

		OwnTransactions(LimitedDataSource dataSource) {
			super(dataSource);
			this.limited = dataSource;
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
