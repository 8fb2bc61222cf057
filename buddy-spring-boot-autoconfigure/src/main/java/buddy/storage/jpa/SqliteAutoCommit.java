package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Begins and ends transactions on connections of SQLite, whose driver remembers that
 * auto-commit is off even if the transaction could not be begun, because another writer
 * kept the database locked. Whoever got such a connection next would take it to be in a
 * transaction, and write without one.
 */
final class SqliteAutoCommit {

	private SqliteAutoCommit() {
	}

	/**
	 * Switches auto-commit on if the connection has it off, and ends a transaction that
	 * is left.
	 */
	static void restore(Connection connection) {
		try {
			if (!connection.getAutoCommit()) {
				connection.setAutoCommit(true);
			}
		}
		catch (SQLException ex) {
			// there is no transaction to commit, but auto-commit is on now
		}
	}

	/**
	 * Rolls back a transaction that is left, and switches auto-commit on.
	 */
	static void abandon(Connection connection) {
		try {
			if (!connection.getAutoCommit()) {
				rollBack(connection, new SQLException());
				connection.setAutoCommit(true);
			}
		}
		catch (SQLException ex) {
			// there is no transaction to commit, but auto-commit is on now
		}
	}

	/**
	 * Commits, and begins no other transaction as the driver does after a commit: it
	 * would wait for the other writers, and an exception of it says nothing of the
	 * commit.
	 */
	static void commit(Connection connection) throws SQLException {
		try {
			connection.setAutoCommit(true);
		}
		catch (SQLException ex) {
			rollBack(connection, ex);
			throw ex;
		}
	}

	/** By a statement, whatever the driver takes the connection's mode to be. */
	private static void rollBack(Connection connection, SQLException failure) {
		try (Statement statement = connection.createStatement()) {
			statement.execute("rollback");
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
		}
	}

}
