package buddy.storage.jpa;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.internal.RunIds;

/**
 * The statements that delete the steps of old runs.
 */
final class OldStepRows {

	private final JdbcClient jdbc;

	OldStepRows(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Finds runs by the key of the steps, whose ids tell when they began. */
	List<String> runs(long begunBefore, @Nullable String after, int limit) {
		return this.jdbc
			.sql("select distinct run_id from buddy_workflow_run_step where run_id > ? and run_id < ?"
					+ " order by run_id limit ?")
			.params((after != null) ? after : "", RunIds.before(begunBefore), limit)
			.query(RetentionRows.KEY)
			.list();
	}

	/** Finds the run that has called a run, or none. */
	@Nullable String caller(String runId) {
		return this.jdbc
			.sql("select parent_run_id from buddy_workflow_run where run_id = ? and parent_run_id is not null")
			.param(runId)
			.query(RetentionRows.KEY)
			.optional()
			.orElse(null);
	}

	List<String> called(String runId) {
		return this.jdbc.sql("select run_id from buddy_workflow_run where parent_run_id = ?")
			.param(runId)
			.query(RetentionRows.KEY)
			.list();
	}

	/** Notes that a run cannot be continued any more, if it has ended. */
	boolean mark(String runId, long begunBefore, long now) {
		return this.jdbc
			.sql("update buddy_workflow_run set steps_deleted_at = coalesce(steps_deleted_at, ?) where run_id = ?"
					+ " and created_at < ? and status in ('COMPLETED', 'ERROR', 'CANCELLED')")
			.params(now, runId, begunBefore)
			.update() == 1;
	}

	boolean isMarked(String runId) {
		return this.jdbc.sql("select run_id from buddy_workflow_run where run_id = ? and steps_deleted_at is not null")
			.param(runId)
			.query(RetentionRows.KEY)
			.optional()
			.isPresent();
	}

	int deleteOf(String runId) {
		return this.jdbc.sql("delete from buddy_workflow_run_step where run_id = ?").param(runId).update();
	}

}
