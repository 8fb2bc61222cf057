package buddy.storage.jpa;

import java.sql.Types;
import java.util.List;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.session.NewRun;
import buddy.session.RunEnd;
import buddy.session.StoredRun;

import static buddy.storage.jpa.SessionRows.text;

/**
 * The statements that a run makes on the table of runs, one each.
 */
final class RunRows {

	private final JdbcClient jdbc;

	private final JdbcOperations batches;

	private final String insert;

	private final String end;

	RunRows(JdbcClient jdbc, JdbcOperations batches, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.batches = batches;
		String json = dialect.json();
		this.insert = "insert into buddy_workflow_run (run_id, session_id, workflow_id, user_id, parent_run_id, status, input,"
				+ " response, error, created_at, ended_at) values (?, ?, ?, ?, ?, ?, "
				+ String.join(", ", json, json, json) + ", ?, ?)";
		this.end = "update buddy_workflow_run set status = ?, response = " + json + ", error = " + json
				+ ", ended_at = ? where run_id = ? and status = 'RUNNING'";
	}

	void insertRunning(NewRun run) {
		insert(new StoredRun(run.runId(), run.sessionId(), run.workflowId(), run.userId(), run.parentRunId(),
				RunStatus.RUNNING, run.input(), null, null, run.createdAt(), null));
	}

	void insert(StoredRun run) {
		this.jdbc.sql(this.insert).params(columns(run)).update();
	}

	void insertAll(List<StoredRun> runs) {
		this.batches.batchUpdate(this.insert, runs.stream().map(RunRows::columns).toList());
	}

	boolean end(RunEnd end) {
		return this.jdbc.sql(this.end)
			.params(end.status().name(), text(end.response()), text(end.error()), end.endedAt(), end.run().runId())
			.update() == 1;
	}

	boolean isRunning(String runId) {
		return this.jdbc.sql("select count(*) from buddy_workflow_run where run_id = ? and status = 'RUNNING'")
			.param(runId)
			.query(Integer.class)
			.single() == 1;
	}

	private static Object[] columns(StoredRun run) {
		return new Object[] { run.runId(), run.sessionId(), run.workflowId(), text(run.userId()),
				text(run.parentRunId()), run.status().name(), text(run.input()), text(run.response()),
				text(run.error()), run.createdAt(), new SqlParameterValue(Types.BIGINT, run.endedAt()) };
	}

}
