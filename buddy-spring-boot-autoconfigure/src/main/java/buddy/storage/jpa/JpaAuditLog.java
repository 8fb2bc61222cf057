package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.json.internal.Json;
import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.RunPage;
import buddy.storage.AuditLog;
import buddy.storage.codec.Payload.Kind;

import static buddy.storage.jpa.SessionRows.text;

/**
 * Stores the audit beside the sessions and runs, in a table without a foreign key.
 */
final class JpaAuditLog implements AuditLog {

	private static final String COLUMNS = "audit_id, acted_at, action, actor, workflow_id, session_id, run_id, detail";

	private static final String INSERT = "insert into buddy_workflow_audit (" + COLUMNS
			+ ") values (?, ?, ?, ?, ?, ?, ?, ?)";

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	JpaAuditLog(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.payloads = statements.payloads();
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		this.jdbc = statements.tables().client(dialect.template(dataSource, statements.timeouts()));
	}

	@Override
	public void append(AuditEntry entry) {
		this.transactions.write(() -> insert(entry));
	}

	@Override
	public void appendBeside(AuditEntry entry) {
		this.transactions.writeBeside(() -> insert(entry));
	}

	@Override
	public boolean appendIf(AuditEntry entry, BooleanSupplier action) {
		return this.transactions.write(() -> action.getAsBoolean() && insert(entry));
	}

	private boolean insert(AuditEntry entry) {
		return this.jdbc.sql(INSERT)
			.params(entry.id(), entry.at().toEpochMilli(), entry.action(), text(entry.actor()),
					text(entry.workflowId()), text(entry.sessionId()), text(entry.runId()),
					text(this.payloads.encodeText(entry.detail().isEmpty() ? null : Json.write(entry.detail()),
							Kind.AUDIT_DETAIL, entry.id())))
			.update() == 1;
	}

	@Override
	public List<AuditEntry> list(AuditQuery query, RunPage page) {
		List<String> conditions = new ArrayList<>();
		List<Object> values = new ArrayList<>();
		equal(conditions, values, "run_id", query.runId());
		equal(conditions, values, "workflow_id", query.workflowId());
		equal(conditions, values, "session_id", query.sessionId());
		equal(conditions, values, "actor", query.actor());
		equal(conditions, values, "action", query.action());
		Instant since = query.since();
		if (since != null) {
			conditions.add("acted_at >= ?");
			values.add(since.minusNanos(1).toEpochMilli() + 1); // whole milliseconds, up
		}
		RunPage.Cursor after = page.after();
		if (after != null) {
			long at = after.at().toEpochMilli();
			conditions.add("acted_at <= ? and (acted_at < ? or audit_id < ?)");
			values.addAll(List.of(at, at, after.id()));
		}
		String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
		return this.transactions.read(() -> this.jdbc
			.sql("select " + COLUMNS + " from buddy_workflow_audit" + where
					+ " order by acted_at desc, audit_id desc limit ?")
			.params(values)
			.param(page.limit())
			.query(this::entry)
			.list());
	}

	private static void equal(List<String> conditions, List<Object> values, String column, @Nullable String value) {
		if (value != null) {
			conditions.add(column + " = ?");
			values.add(value);
		}
	}

	private AuditEntry entry(ResultSet row, int number) throws SQLException {
		return new AuditEntry(row.getString(1), Instant.ofEpochMilli(row.getLong(2)), row.getString(3),
				row.getString(4), row.getString(5), row.getString(6), row.getString(7),
				detail(this.payloads.decodeText(row.getString(8), Kind.AUDIT_DETAIL, row.getString(1))));
	}

	private static Map<String, String> detail(@Nullable String json) {
		Map<String, String> detail = new LinkedHashMap<>();
		if (json != null) {
			Json.readMap(json).forEach((name, value) -> detail.put(name, String.valueOf(value)));
		}
		return detail;
	}

	@Override
	public int deleteBefore(long before, int limit) {
		List<String> old = this.transactions.read(() -> this.jdbc
			.sql("select audit_id from buddy_workflow_audit where acted_at < ? order by acted_at, audit_id limit ?")
			.params(before, limit)
			.query(String.class)
			.list());
		return old.isEmpty() ? 0
				: this.transactions
					.write(() -> this.jdbc.sql("delete from buddy_workflow_audit where audit_id in (:ids)")
						.param("ids", old)
						.update());
	}

}
