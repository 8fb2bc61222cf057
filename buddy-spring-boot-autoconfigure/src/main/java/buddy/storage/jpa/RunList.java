package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;

import static buddy.storage.jpa.SessionRows.text;

/**
 * Reads a page of runs, with only the conditions of the query, so that the database can
 * choose an index.
 */
final class RunList {

	private static final String SELECT = "select r.run_id, r.session_id, r.workflow_id, r.user_id, r.parent_run_id,"
			+ " r.status, r.created_at, r.ended_at from buddy_workflow_run r";

	private static final String OF_SESSION = " join buddy_workflow_session s on s.session_id = r.session_id";

	private final JdbcClient jdbc;

	RunList(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	List<RunSummary> read(RunQuery query, RunPage.Cursor after, int limit) {
		Conditions conditions = new Conditions();
		SessionAccess viewer = query.viewer();
		if (viewer != null) {
			conditions.open(viewer);
		}
		conditions.equal("r.workflow_id", query.workflowId());
		conditions.equal("r.session_id", query.sessionId());
		conditions.equal("r.user_id", query.userId());
		conditions.oneOf("r.status", query.statuses().stream().map(RunStatus::name).sorted().toList());
		conditions.bound("r.created_at >= ?", query.from());
		conditions.bound("r.created_at < ?", query.to());
		long at = after.at().toEpochMilli();
		if (at != Long.MAX_VALUE) {
			conditions.add("r.created_at <= ? and (r.created_at < ? or r.run_id < ?)", at, at, after.id());
		}
		return this.jdbc
			.sql(SELECT + ((viewer != null) ? OF_SESSION : "") + conditions.sql()
					+ " order by r.created_at desc, r.run_id desc limit ?")
			.params(conditions.values)
			.param(limit)
			.query(RunList::summary)
			.list();
	}

	private static RunSummary summary(ResultSet row, int number) throws SQLException {
		long at = row.getLong(8);
		Instant endedAt = row.wasNull() ? null : Instant.ofEpochMilli(at);
		return new RunSummary(row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5),
				RunStatus.valueOf(row.getString(6)), Instant.ofEpochMilli(row.getLong(7)), endedAt);
	}

	/** The conditions of a query with their values. */
	private static final class Conditions {

		private final List<String> sql = new ArrayList<>();

		private final List<Object> values = new ArrayList<>();

		/** Restricts the runs to those whose session the viewer may see. */
		void open(SessionAccess viewer) {
			String unowned = viewer.includeUnowned() ? "s.user_id is null" : "1 = 0";
			if (viewer.userId() == null) {
				add(unowned);
			}
			else {
				add("(s.user_id = ? or " + unowned + ")", text(viewer.userId()));
			}
			equal("s.workflow_id", viewer.workflowId());
		}

		void equal(String column, @Nullable String value) {
			if (value != null) {
				add(column + " = ?", value);
			}
		}

		void oneOf(String column, Collection<String> values) {
			if (!values.isEmpty()) {
				add(column + " in (" + String.join(", ", Collections.nCopies(values.size(), "?")) + ")",
						values.toArray());
			}
		}

		void bound(String condition, @Nullable Instant time) {
			if (time != null) {
				add(condition, time.toEpochMilli());
			}
		}

		void add(String condition, Object... values) {
			this.sql.add(condition);
			this.values.addAll(List.of(values));
		}

		String sql() {
			return this.sql.isEmpty() ? "" : " where " + String.join(" and ", this.sql);
		}

	}

}
