package buddy.storage.jpa;

import java.util.List;
import java.util.function.UnaryOperator;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows that belong to a run and go with it: by their foreign keys, or by hand where
 * the database does not enforce those.
 */
final class RunParts {

	private static final List<String> TABLES = List.of("buddy_workflow_run_event", "buddy_workflow_run_step",
			"buddy_workflow_run_question");

	private final JdbcClient jdbc;

	private final boolean cascades;

	RunParts(JdbcClient jdbc, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.cascades = dialect.enforcesForeignKeys();
	}

	/**
	 * Deletes the parts of runs that are deleted next.
	 * @param runs a condition on the table of runs
	 * @param parameters sets the parameters of the condition
	 */
	void deleteOf(String runs, UnaryOperator<JdbcClient.StatementSpec> parameters) {
		if (this.cascades) {
			return;
		}
		for (String table : TABLES) {
			parameters
				.apply(this.jdbc.sql("delete from " + table
						+ " where run_id in (select run_id from buddy_workflow_run where " + runs + ")"))
				.update();
		}
	}

	/** Whether the runs of a session that is deleted go with it. */
	boolean cascade() {
		return this.cascades;
	}

}
