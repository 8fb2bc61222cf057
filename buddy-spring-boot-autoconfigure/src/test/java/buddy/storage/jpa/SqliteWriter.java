package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Another process that writes to an SQLite database.
 *
 * @param url the URL of the database
 */
record SqliteWriter(String url) {

	/** Keeps the database locked during an action. */
	void whileLocked(Action action) throws SQLException {
		try (Connection connection = DriverManager.getConnection(this.url);
				Statement statement = connection.createStatement()) {
			statement.execute("begin immediate");
			action.run();
			statement.execute("rollback");
		}
	}

	/** Locks the database again and again during an action. */
	void whileWriting(Runnable action) {
		AtomicBoolean over = new AtomicBoolean();
		CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeUntil(over));
		try {
			action.run();
		}
		finally {
			over.set(true);
			writing.join();
		}
	}

	private void writeUntil(AtomicBoolean over) {
		try (Connection connection = DriverManager.getConnection(this.url);
				Statement statement = connection.createStatement()) {
			while (!over.get()) {
				try {
					statement.execute("begin immediate");
					statement.execute("commit");
				}
				catch (SQLException ex) {
					// the other one writes
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@FunctionalInterface
	interface Action {

		void run() throws SQLException;

	}

}
