package benchmarks.run;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.workflow.WorkflowScope;

import benchmarks.database.Dialect;
import benchmarks.database.RunningDatabase;

/**
 * A session with one run that buddy has written: what raw JDBC writes is read from here,
 * and more sessions are copied from it.
 */
final class Template {

	static final String TOPIC = "the price of round trips";

	private static final String SESSION = "template";

	private static final AtomicLong SESSIONS = new AtomicLong();

	private static final int VALUE_LENGTH = 85;

	private final JdbcTemplate jdbc;

	private final Dialect dialect;

	private final Row row;

	private Template(JdbcTemplate jdbc, Dialect dialect, Row row) {
		this.jdbc = jdbc;
		this.dialect = dialect;
		this.row = row;
	}

	/**
	 * Empties the database and makes a template.
	 * @param stateBytes how much state its session has, roughly
	 * @param change whether the run changes the state
	 */
	static Template create(RunningDatabase database, LedgerWorkflow workflow, int stateBytes, boolean change) {
		database.clear();
		WorkflowScope.session(SESSION).sessionState(state(stateBytes)).call(() -> workflow.run(SESSION, TOPIC, change));
		JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
		List<Row> rows = jdbc.query(
				"select run_id, workflow_id, input, response, owner_node from buddy_workflow_run where session_id = '"
						+ SESSION + "'",
				(result, number) -> new Row(result.getString(1), result.getString(2), result.getString(3),
						result.getString(4), result.getString(5)));
		return new Template(jdbc, database.database().dialect(), rows.get(0));
	}

	private static Map<String, Object> state(int bytes) {
		Map<String, Object> state = new LinkedHashMap<>();
		state.put(LedgerWorkflow.COUNT, 0);
		for (int i = 0; i < Math.max(1, bytes / 100); i++) {
			state.put("key%05d".formatted(i), "v".repeat(VALUE_LENGTH));
		}
		return state;
	}

	Row row() {
		return this.row;
	}

	/**
	 * Copies the session.
	 * @param earlierRuns how many runs the copy has
	 * @return the copy's id
	 */
	String newSession(int earlierRuns) {
		String id = "s" + SESSIONS.incrementAndGet();
		copy("buddy_workflow_session", Map.of("session_id", "'" + id + "'"), "t where session_id = '" + SESSION + "'");
		if (earlierRuns > 0) {
			copy("buddy_workflow_run",
					Map.of("session_id", "'" + id + "'", "run_id", "'" + id + "-' || n.i", "created_at",
							"created_at - 1000000 + n.i"),
					"t, " + this.dialect.numbers(earlierRuns) + " where run_id = '" + this.row.runId() + "'");
		}
		return id;
	}

	/** Compares the runs of a session that all counted up with what it counted. */
	void requireNothingLost(String sessionId) {
		String state = this.jdbc.queryForObject(
				"select session_state from buddy_workflow_session where session_id = '" + sessionId + "'",
				String.class);
		Long runs = this.jdbc.queryForObject("select count(*) from buddy_workflow_run where session_id = '" + sessionId
				+ "' and status = 'COMPLETED'", Long.class);
		// the copied state counts the template's run
		long counted = RawState.count(String.valueOf(state)) - 1;
		if (runs == null || runs != counted) {
			throw new IllegalStateException(
					"Session '" + sessionId + "' has " + runs + " runs, but its state counts " + counted);
		}
	}

	/** Copies all columns but some, whichever columns there are. */
	private void copy(String table, Map<String, String> others, String from) {
		List<String> columns = this.jdbc.query("select * from " + table + " where 1 = 0", Template::names);
		this.jdbc.update("insert into " + table + " (" + String.join(", ", columns) + ") select "
				+ columns.stream()
					.map((column) -> others.getOrDefault(column, column))
					.collect(Collectors.joining(", "))
				+ " from " + table + " " + from);
	}

	private static List<String> names(ResultSet result) throws SQLException {
		ResultSetMetaData metaData = result.getMetaData();
		List<String> names = new ArrayList<>();
		for (int i = 1; i <= metaData.getColumnCount(); i++) {
			names.add(metaData.getColumnName(i).toLowerCase(Locale.ROOT));
		}
		return names;
	}

	/**
	 * A run as buddy stored it.
	 *
	 * @param runId its id
	 * @param workflowId its workflow
	 * @param input its input, a JSON object
	 * @param response its response, a JSON object
	 * @param ownerNode the node that owns it while it runs
	 */
	record Row(String runId, String workflowId, String input, String response, @Nullable String ownerNode) {
	}

}
