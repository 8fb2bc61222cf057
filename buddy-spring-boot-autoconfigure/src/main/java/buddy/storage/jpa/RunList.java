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
import buddy.run.internal.RunIds;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;

import static buddy.storage.jpa.SessionRows.text;

/**
 * Reads a page of runs, with only the conditions of the query, so that the database can
 * choose an index.
 *
 * <p>
 * PostgreSQL has no index of all runs by their time, since it would be a tenth of what a
 * run writes into the log. There, runs are read by their ids, which tell their time. Runs
 * whose ids do not are in a small index of their own.
 */
final class RunList {

	private static final String COLUMNS = "r.run_id, r.session_id, r.workflow_id, r.user_id, r.parent_run_id,"
			+ " r.status, r.created_at, r.ended_at";

	private static final String SELECT = "select " + COLUMNS + " from buddy_workflow_run r";

	private static final String OF_SESSION = " join buddy_workflow_session s on s.session_id = r.session_id";

	private static final String NEWEST_FIRST = " order by created_at desc, run_id desc limit ?";

	/**
	 * How far the time of an id may be from the beginning of its run, in milliseconds.
	 */
	private static final long TOLERANCE = 10_000;

	/** Ids have 48 bits for the time. */
	private static final long LATEST = (1L << 48) - 1 - TOLERANCE;

	/** The condition of the index, in its words. */
	private static final String STRAY = "(r.created_at < " + TOLERANCE + " or r.created_at > " + LATEST
			+ " or r.run_id < " + keyOf("r.created_at - " + TOLERANCE) + " or r.run_id > "
			+ keyOf("r.created_at + " + TOLERANCE) + ")";

	private final JdbcClient jdbc;

	private final boolean readsKeys;

	RunList(JdbcClient jdbc, SqlDialect dialect) {
		this.jdbc = jdbc;
		this.readsKeys = dialect == SqlDialect.POSTGRESQL;
	}

	private static String keyOf(String millis) {
		return "lpad(to_hex((" + millis + ") >> 16), 8, '0') || '-' || lpad(to_hex((" + millis + ") & 65535), 4, '0')";
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
		if (this.readsKeys && isOfMostRuns(query)) {
			return readByKeys(query, at, conditions, limit);
		}
		return this.jdbc
			.sql(SELECT + ((viewer != null) ? OF_SESSION : "") + conditions.sql()
					+ " order by r.created_at desc, r.run_id desc limit ?")
			.params(conditions.values)
			.param(limit)
			.query(RunList::summary)
			.list();
	}

	/** Tells whether no other index leads to the runs. */
	private static boolean isOfMostRuns(RunQuery query) {
		return query.viewer() == null && query.sessionId() == null
				&& (query.statuses().isEmpty() || query.statuses().contains(RunStatus.COMPLETED));
	}

	/**
	 * Looks for the last run of the page by the keys, and then for all runs that may
	 * belong before it.
	 */
	private List<RunSummary> readByKeys(RunQuery query, long before, Conditions conditions, int limit) {
		Conditions keys = conditions.copy();
		keys.add("not " + STRAY);
		long to = Math.min(before, (query.to() != null) ? query.to().toEpochMilli() : Long.MAX_VALUE);
		if (to < LATEST) {
			keys.add("r.run_id < ?", RunIds.before(to + TOLERANCE + 1));
		}
		if (query.from() != null) {
			keys.add("r.run_id >= ?", RunIds.before(Math.min(query.from().toEpochMilli(), LATEST) - TOLERANCE));
		}
		Long last = this.jdbc
			.sql("select case when count(*) = ? then min(created_at) end from (select r.created_at"
					+ " from buddy_workflow_run r" + keys.sql() + " order by r.run_id desc limit ?) k")
			.param(limit)
			.params(keys.values)
			.param(limit)
			.query((row, number) -> row.getObject(1, Long.class))
			.list()
			.get(0);
		if (last != null) {
			keys.add("r.run_id >= ?", RunIds.before(last - TOLERANCE));
		}
		conditions.add(STRAY);
		return this.jdbc
			.sql("(" + SELECT + keys.sql() + ") union all (" + SELECT + conditions.sql() + NEWEST_FIRST + ")"
					+ NEWEST_FIRST)
			.params(keys.values)
			.params(conditions.values)
			.param(limit)
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

		Conditions copy() {
			Conditions copy = new Conditions();
			copy.sql.addAll(this.sql);
			copy.values.addAll(this.values);
			return copy;
		}

		String sql() {
			return this.sql.isEmpty() ? "" : " where " + String.join(" and ", this.sql);
		}

	}

}
