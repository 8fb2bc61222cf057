package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Locale;
import java.util.UUID;

import javax.sql.DataSource;

/**
 * Checks at start-up that buddy's tables can be written, and that they compare ids
 * binary: {@code Alice} is not {@code alice}. It inserts a row, searches it by similar
 * ids, and rolls back.
 */
final class StorageCheck {

	private static final String INSERT = "insert into buddy_workflow_session"
			+ " (session_id, workflow_id, user_id, created_at, updated_at, version) values (?, ?, ?, 0, 0, 0)";

	private static final String FIND_BY_SIMILAR_IDS = "select count(*) from buddy_workflow_session where session_id = ?"
			+ " and (user_id = ? or user_id = ? or user_id = ? or workflow_id = ?) or session_id = ?";

	private static final String WORKFLOW = "Buddy-Check";

	/** An accented character in composed form, and decomposed below. */
	private static final String USER = "Alice \u00e9";

	private static final String DECOMPOSED = "Alice e\u0301";

	private final String entityManagerFactory;

	private final SchemaTables tables;

	StorageCheck(String entityManagerFactory, SchemaTables tables) {
		this.entityManagerFactory = entityManagerFactory;
		this.tables = tables;
	}

	/**
	 * Checks the tables.
	 * @param dataSource the data source
	 * @param tablesKnown whether the tables must exist; otherwise they may be created
	 * later
	 * @throws StorageSetupException if they cannot be used
	 */
	void run(DataSource dataSource, boolean tablesKnown) {
		boolean loose;
		try (Connection connection = dataSource.getConnection()) {
			loose = comparesLoosely(connection);
		}
		catch (SQLException ex) {
			StorageAdvice advice = StorageAdvice.of(ex);
			if (advice == StorageAdvice.READ_ONLY || tablesKnown && !isBusy(ex)) {
				throw new StorageSetupException(
						"buddy's tables behind entity manager factory '" + this.entityManagerFactory
								+ "' cannot be written: " + ex.getMessage(),
						(advice != null) ? advice.action()
								: "Let the database user read, insert, update and delete in the tables buddy_…",
						ex);
			}
			return;
		}
		if (loose) {
			throw new StorageSetupException("buddy's tables behind entity manager factory '" + this.entityManagerFactory
					+ "' treat different ids as equal, such as the users 'Alice' and 'alice': their columns compare"
					+ " without regard to case, accents or trailing spaces. One user would see another's sessions.",
					"Let the columns compare by their bytes: on H2 make the tables without IGNORECASE=TRUE and without"
							+ " SET COLLATION in the URL; on MariaDB with the collation utf8mb4_nopad_bin, on SQLite"
							+ " with BINARY, on PostgreSQL with a deterministic collation, as the scripts of buddy do.");
		}
	}

	private boolean comparesLoosely(Connection connection) throws SQLException {
		boolean autoCommit = connection.getAutoCommit();
		connection.setAutoCommit(false);
		try {
			String sessionId = "Check-" + UUID.randomUUID();
			insert(connection, sessionId);
			return isFoundBySimilarIds(connection, sessionId);
		}
		finally {
			connection.rollback();
			connection.setAutoCommit(autoCommit);
		}
	}

	private void insert(Connection connection, String sessionId) throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement(this.tables.in(INSERT))) {
			insert.setString(1, sessionId);
			insert.setString(2, WORKFLOW);
			insert.setString(3, USER);
			insert.executeUpdate();
		}
	}

	private boolean isFoundBySimilarIds(Connection connection, String sessionId) throws SQLException {
		try (PreparedStatement select = connection.prepareStatement(this.tables.in(FIND_BY_SIMILAR_IDS))) {
			select.setString(1, sessionId);
			select.setString(2, USER.toLowerCase(Locale.ROOT));
			select.setString(3, DECOMPOSED);
			select.setString(4, USER + " ");
			select.setString(5, WORKFLOW.toLowerCase(Locale.ROOT));
			select.setString(6, sessionId.toLowerCase(Locale.ROOT));
			try (ResultSet row = select.executeQuery()) {
				return row.next() && row.getLong(1) > 0;
			}
		}
	}

	/** Whether another process is writing, which says nothing about the tables. */
	private static boolean isBusy(SQLException ex) {
		return ex instanceof SQLTransientException || String.valueOf(ex.getMessage()).contains("SQLITE_BUSY");
	}

}
