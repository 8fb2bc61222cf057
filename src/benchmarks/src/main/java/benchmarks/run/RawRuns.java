package benchmarks.run;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.time.Clock;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import buddy.run.internal.RunIds;

import benchmarks.database.RunningDatabase;
import benchmarks.measure.Subject;

/**
 * The rows of a run by plain JDBC, with the values that buddy writes: in one transaction
 * at the end, or with the run as {@code RUNNING} in one before it.
 */
final class RawRuns implements Subject {

	private final DataSource dataSource;

	private final RawSql sql;

	private final Template.Row row;

	private final Sessions sessions;

	private final boolean recordStart;

	private final boolean change;

	private final RunIds runIds = new RunIds(Clock.systemUTC());

	RawRuns(RunningDatabase database, Template template, Sessions sessions, boolean recordStart, boolean change) {
		this.dataSource = database.dataSource();
		this.sql = RawSql.of(database.database().dialect());
		this.row = template.row();
		this.sessions = sessions;
		this.recordStart = recordStart;
		this.change = change;
	}

	@Override
	public String name() {
		return this.recordStart ? "raw, two transactions" : "raw, one transaction";
	}

	@Override
	public void prepare(int threads) {
		this.sessions.prepare(threads);
	}

	@Override
	public void run(int thread) throws SQLException {
		String session = this.sessions.of(thread);
		if (this.recordStart) {
			runRecorded(session);
		}
		else {
			runUnrecorded(session);
		}
	}

	/** Again where another one changed the session meanwhile. */
	private void runUnrecorded(String session) throws SQLException {
		boolean stored = false;
		while (!stored) {
			Read read;
			try (Connection connection = this.dataSource.getConnection()) {
				read = read(connection, session);
			}
			stored = inTransaction((connection) -> {
				long now = System.currentTimeMillis();
				insert(connection, session, this.runIds.next(), "COMPLETED", this.row.response(), now, now);
				return updateSession(connection, session, read, now);
			});
		}
	}

	private void runRecorded(String session) throws SQLException {
		String runId = this.runIds.next();
		Read[] read = new Read[1];
		inTransaction((connection) -> {
			read[0] = read(connection, session);
			insert(connection, session, runId, "RUNNING", null, System.currentTimeMillis(), null);
			return true;
		});
		while (!inTransaction((connection) -> {
			long now = System.currentTimeMillis();
			return updateSession(connection, session, read[0], now) && updateRun(connection, runId, now);
		})) {
			try (Connection connection = this.dataSource.getConnection()) {
				read[0] = read(connection, session);
			}
		}
	}

	private boolean inTransaction(Work work) throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			try {
				boolean done = work.apply(connection);
				if (done) {
					connection.commit();
				}
				else {
					connection.rollback();
				}
				return done;
			}
			catch (SQLTransientException ex) {
				// H2 sometimes gives up on a row that others change all the time
				connection.rollback();
				return false;
			}
			catch (SQLException ex) {
				connection.rollback();
				throw ex;
			}
		}
	}

	private Read read(Connection connection, String session) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.sql.select())) {
			statement.setString(1, session);
			try (ResultSet result = statement.executeQuery()) {
				if (!result.next()) {
					throw new IllegalStateException("Session '" + session + "' is gone");
				}
				return new Read(result.getString(5), result.getLong(12));
			}
		}
	}

	private void insert(Connection connection, String session, String runId, String status, @Nullable String response,
			long createdAt, @Nullable Long endedAt) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.sql.insertRun())) {
			statement.setString(1, runId);
			statement.setString(2, session);
			statement.setString(3, this.row.workflowId());
			statement.setNull(4, Types.VARCHAR);
			statement.setNull(5, Types.VARCHAR);
			statement.setString(6, status);
			statement.setString(7, this.row.input());
			statement.setString(8, response);
			statement.setNull(9, Types.VARCHAR);
			statement.setLong(10, createdAt);
			statement.setObject(11, endedAt, Types.BIGINT);
			statement.setString(12, (endedAt == null) ? this.row.ownerNode() : null);
			statement.executeUpdate();
		}
	}

	private boolean updateSession(Connection connection, String session, Read read, long now) throws SQLException {
		if (!this.change) {
			try (PreparedStatement statement = connection.prepareStatement(this.sql.touchSession())) {
				statement.setLong(1, now);
				statement.setString(2, session);
				return statement.executeUpdate() == 1;
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(this.sql.updateSession())) {
			statement.setString(1, RawState.incremented(read.state()));
			statement.setLong(2, now);
			statement.setString(3, session);
			statement.setLong(4, read.version());
			return statement.executeUpdate() == 1;
		}
	}

	private boolean updateRun(Connection connection, String runId, long now) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.sql.updateRun())) {
			statement.setString(1, "COMPLETED");
			statement.setString(2, this.row.response());
			statement.setNull(3, Types.VARCHAR);
			statement.setLong(4, now);
			statement.setString(5, runId);
			return statement.executeUpdate() == 1;
		}
	}

	/** What is done in a transaction; false undoes it. */
	@FunctionalInterface
	private interface Work {

		boolean apply(Connection connection) throws SQLException;

	}

	private record Read(String state, long version) {
	}

}
