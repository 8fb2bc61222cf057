package benchmarks.run;

import benchmarks.database.Dialect;

/**
 * The statements of a run, with the columns that buddy's own have.
 *
 * @param select reads the session
 * @param insertRun inserts the run
 * @param updateSession writes the session's state where its version matches
 * @param touchSession marks the session as used
 * @param updateRun ends a run that was inserted as {@code RUNNING}
 */
record RawSql(String select, String insertRun, String updateSession, String touchSession, String updateRun) {

	static RawSql of(Dialect dialect) {
		String json = dialect.json();
		String used = "updated_at = " + dialect.greatest("updated_at");
		return new RawSql(
				"select session_id, workflow_id, user_id, session_name, session_state, media, workflow_data, extra_data,"
						+ " additional, created_at, updated_at, version from buddy_workflow_session where session_id = ?",
				"insert into buddy_workflow_run (run_id, session_id, workflow_id, user_id, parent_run_id, status, input,"
						+ " response, error, created_at, ended_at, owner_node) values (?, ?, ?, ?, ?, ?, "
						+ String.join(", ", json, json, json) + ", ?, ?, ?)",
				"update buddy_workflow_session set session_state = " + json + ", version = version + 1, " + used
						+ " where session_id = ? and version = ?",
				"update buddy_workflow_session set " + used + " where session_id = ?",
				"update buddy_workflow_run set status = ?, response = " + json + ", error = " + json
						+ ", ended_at = ? where run_id = ? and status = 'RUNNING'");
	}

}
