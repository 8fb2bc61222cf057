package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.SessionAccess;
import buddy.storage.RunMeasures;
import buddy.storage.RunStatistics;

/**
 * Reads statistics from the table of runs. Recent runs are found by their ids, which rise
 * with time, so that the primary key is all that is searched. Each statement stops after
 * so many rows, before it looks at whose they are.
 */
final class JpaRunStatistics implements RunStatistics {

	private static final String PERIOD = " from buddy_workflow_run where run_id >= ? and run_id < ?"
			+ " order by run_id desc";

	/** When the latest run began that is not looked at. */
	private static final String CUT = "select created_at" + PERIOD + " limit 1 offset ?";

	private static final String RECENT = "select r.run_id, r.workflow_id, r.status, r.created_at, r.ended_at,"
			+ " r.error_type, r.input_tokens, r.output_tokens from (select run_id, session_id, workflow_id, status,"
			+ " created_at, ended_at, error_type, input_tokens, output_tokens" + PERIOD + " limit ?) r";

	/**
	 * Begins a look-up for each row, since a join may read all sessions for many rows.
	 */
	private static final String SEEN = "(select count(*) from buddy_workflow_session s"
			+ " where s.session_id = r.session_id and ";

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final List<String> unfinished;

	private final String open;

	JpaRunStatistics(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		this.jdbc = statements.tables().client(dialect.template(dataSource, statements.timeouts()));
		// each is in the order of an index, of a partial one on PostgreSQL
		this.unfinished = (dialect == SqlDialect.POSTGRESQL)
				? List.of("status in ('PENDING', 'RUNNING') order by created_at",
						"status = 'PAUSED' order by created_at")
				: List.of("status = 'RUNNING' order by status, created_at",
						"status = 'PENDING' order by status, created_at",
						"status = 'PAUSED' order by status, created_at");
		this.open = "(" + String.join(" union all ", this.unfinished.stream().map(JpaRunStatistics::oldest).toList())
				+ ") r";
	}

	private static String oldest(String part) {
		return "select * from (select run_id, session_id, workflow_id, status, created_at from buddy_workflow_run where "
				+ part + " limit ?) part";
	}

	@Override
	public RecentRuns recent(Instant from, Instant to, @Nullable SessionAccess viewer, int most) {
		String first = RunIds.before(from.toEpochMilli());
		String last = RunIds.before(to.toEpochMilli() + 1);
		return this.transactions.read(() -> {
			Instant cut = this.jdbc.sql(CUT)
				.params(first, last, most)
				.query((row, number) -> Instant.ofEpochMilli(row.getLong(1)))
				.optional()
				.orElse(null);
			List<Object> values = new ArrayList<>(List.of(first, last, most, from.toEpochMilli()));
			// an imported run may have a later id than it began
			String where = " where r.created_at >= ?" + ((viewer != null) ? " and " + seen(viewer, values) : "");
			List<RunFigures> runs = this.jdbc.sql(RECENT + where + " order by r.run_id desc")
				.params(values)
				.query(JpaRunStatistics::figures)
				.list();
			return new RecentRuns(runs, cut);
		});
	}

	@Override
	public UnfinishedRuns unfinished(@Nullable SessionAccess viewer, int most) {
		List<Object> values = new ArrayList<>();
		this.unfinished.forEach((part) -> values.add(most));
		String from = " from " + this.open + ((viewer != null) ? " where " + seen(viewer, values) : "");
		return this.transactions.read(() -> {
			Map<RunStatus, Integer> counts = new EnumMap<>(RunStatus.class);
			this.jdbc.sql("select r.status, count(*)" + from + " group by r.status").params(values).query((row) -> {
				counts.put(RunStatus.valueOf(row.getString(1)), row.getInt(2));
			});
			OldestRun oldest = counts.isEmpty() ? null : this.jdbc
				.sql("select r.run_id, r.workflow_id, r.created_at" + from + " order by r.created_at, r.run_id limit 1")
				.params(values)
				.query((row, number) -> new OldestRun(row.getString(1), row.getString(2),
						Instant.ofEpochMilli(row.getLong(3))))
				.optional()
				.orElse(null);
			return new UnfinishedRuns(counts, oldest);
		});
	}

	/** The sessions that the viewer may see, as a condition. */
	private static String seen(SessionAccess viewer, List<Object> values) {
		String unowned = viewer.includeUnowned() ? "s.user_id is null" : "1 = 0";
		String owned = unowned;
		if (viewer.userId() != null) {
			values.add(viewer.userId());
			owned = "(s.user_id = ? or " + unowned + ")";
		}
		if (viewer.workflowId() != null) {
			values.add(viewer.workflowId());
			owned += " and s.workflow_id = ?";
		}
		return SEEN + owned + ") = 1";
	}

	private static RunFigures figures(ResultSet row, int number) throws SQLException {
		return new RunFigures(row.getString(1), row.getString(2), RunStatus.valueOf(row.getString(3)), row.getLong(4),
				number(row, 5), new RunMeasures(row.getString(6), number(row, 7), number(row, 8)));
	}

	private static @Nullable Long number(ResultSet row, int column) throws SQLException {
		long number = row.getLong(column);
		return row.wasNull() ? null : number;
	}

}
