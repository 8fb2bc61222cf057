package benchmarks.run;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;

import javax.sql.DataSource;

import buddy.run.internal.RunIds;

import benchmarks.database.Dialect;
import benchmarks.database.RunningDatabase;
import benchmarks.measure.Subject;

/**
 * The rows of a run's steps by plain JDBC, one autocommit insert each.
 *
 * @param dataSource the pool
 * @param insertRun inserts the run that the steps are of
 * @param insertStep inserts a step
 * @param session the session of the run
 * @param result the result of each step, as JSON
 * @param steps how many steps
 * @param runIds makes ids
 */
record RawSteps(DataSource dataSource, String insertRun, String insertStep, String session, String result, int steps,
		RunIds runIds) implements Subject {

	static RawSteps of(RunningDatabase database, String session, String result, int steps) {
		Dialect dialect = database.database().dialect();
		String json = dialect.jsonText();
		return new RawSteps(database.dataSource(),
				"insert into buddy_workflow_run (run_id, session_id, workflow_id, status, created_at)"
						+ " values (?, ?, 'steps', 'COMPLETED', ?)",
				"insert into buddy_workflow_run_step (run_id, step_key, position, kind, status, attempts, epoch,"
						+ " started_at, ended_at, due_at, codec, digest, result, error, state_operations, state_base,"
						+ " base_version, last_event) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
						+ String.join(", ", json, json, json, json) + ", ?, ?)",
				session, "\"" + result + "\"", steps, new RunIds(Clock.systemUTC()));
	}

	@Override
	public String name() {
		return "raw, an insert each";
	}

	@Override
	public void run(int thread) throws SQLException {
		String runId = this.runIds.next();
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement run = connection.prepareStatement(this.insertRun)) {
			run.setString(1, runId);
			run.setString(2, this.session);
			run.setLong(3, System.currentTimeMillis());
			run.executeUpdate();
		}
		for (int i = 0; i < this.steps; i++) {
			insert(runId, i);
		}
	}

	private void insert(String runId, int position) throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement step = connection.prepareStatement(this.insertStep)) {
			long now = System.currentTimeMillis();
			step.setString(1, runId);
			step.setString(2, (position > 0) ? "look#" + (position + 1) : "look");
			step.setInt(3, position);
			step.setString(4, "step");
			step.setString(5, "DONE");
			step.setInt(6, 1);
			step.setInt(7, 0);
			step.setLong(8, now);
			step.setLong(9, now);
			step.setNull(10, Types.BIGINT);
			step.setNull(11, Types.VARCHAR);
			step.setNull(12, Types.VARCHAR);
			step.setString(13, this.result);
			step.setNull(14, Types.VARCHAR);
			step.setNull(15, Types.VARCHAR);
			step.setNull(16, Types.VARCHAR);
			step.setNull(17, Types.BIGINT);
			step.setNull(18, Types.BIGINT);
			step.executeUpdate();
		}
	}

}
