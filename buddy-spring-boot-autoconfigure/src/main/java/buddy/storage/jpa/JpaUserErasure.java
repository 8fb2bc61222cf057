package buddy.storage.jpa;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.Assert;

import buddy.run.internal.RunIds;
import buddy.session.AuditEntry;
import buddy.storage.AuditLog;
import buddy.storage.UserErasure;

/**
 * Erases users from all of buddy's tables.
 */
final class JpaUserErasure implements UserErasure {

	private static final int SESSIONS = 100;

	private static final String NOT_ENDED = " and status in ('PENDING', 'RUNNING', 'PAUSED')";

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final RunParts parts;

	private final AuditLog audit;

	private final String now;

	JpaUserErasure(DataSource dataSource, StatementSettings statements, AuditLog audit) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		this.jdbc = statements.tables().client(dialect.template(dataSource, statements.timeouts()));
		this.parts = new RunParts(this.jdbc, dialect);
		this.audit = audit;
		this.now = "select " + dialect.now();
	}

	@Override
	public Report eraseUser(String userId, @Nullable String actor) {
		Assert.hasText(userId, "A user to erase has an id");
		Report erased = new Report(0, 0, 0, 0, 0, 0, 0);
		for (List<String> found = sessions(userId); !found.isEmpty(); found = sessions(userId)) {
			for (String sessionId : found) {
				erased = sum(erased, this.transactions.write(() -> session(sessionId, userId)));
			}
		}
		Report sessions = erased;
		return this.transactions.write(() -> {
			Report all = sum(sessions, rest(userId));
			if (!all.isEmpty()) {
				this.audit.append(entry(actor, all));
			}
			return all;
		});
	}

	private List<String> sessions(String userId) {
		return this.transactions
			.read(() -> this.jdbc.sql("select session_id from buddy_workflow_session where user_id = ? limit ?")
				.params(userId, SESSIONS)
				.query(String.class)
				.list());
	}

	/** The session goes first, as wherever one is deleted. */
	private Report session(String sessionId, String userId) {
		long[] runs = runs("session_id = ?", (select) -> select.param(sessionId));
		int deleted = this.jdbc.sql("delete from buddy_workflow_session where session_id = ? and user_id = ?")
			.params(sessionId, userId)
			.update();
		if (deleted == 0) {
			return new Report(0, 0, 0, 0, 0, 0, 0);
		}
		deleteRuns("session_id = ?", sessionId);
		return new Report(1, runs[0], runs[1], 0, 0, 0, 0);
	}

	private Report rest(String userId) {
		long[] runs = runs("user_id = ?", (select) -> select.param(userId));
		deleteRuns("user_id = ?", userId);
		int schedules = update("delete from buddy_workflow_schedule where user_id = ?", userId);
		int budgets = update("delete from buddy_workflow_budget where per = 'user' and scope_key = ?", userId);
		int questions = this.jdbc
			.sql("update buddy_workflow_run_question"
					+ " set assignee = case when assignee = ? then ? else assignee end,"
					+ " answered_by = case when answered_by = ? then ? else answered_by end"
					+ " where assignee = ? or answered_by = ?")
			.params(userId, ERASED, userId, ERASED, userId, userId)
			.update();
		int entries = this.jdbc.sql("update buddy_workflow_audit set actor = ? where actor = ?")
			.params(ERASED, userId)
			.update();
		return new Report(0, runs[0], runs[1], schedules, budgets, questions, entries);
	}

	/** Counts runs, and those of them that have not ended. */
	private long[] runs(String condition, UnaryOperator<JdbcClient.StatementSpec> parameters) {
		String count = "select count(*) from buddy_workflow_run where " + condition;
		return new long[] { parameters.apply(this.jdbc.sql(count)).query(Long.class).single(),
				parameters.apply(this.jdbc.sql(count + NOT_ENDED)).query(Long.class).single() };
	}

	private void deleteRuns(String condition, String value) {
		this.parts.deleteOf(condition, (delete) -> delete.param(value));
		update("delete from buddy_workflow_run where " + condition, value);
	}

	private int update(String sql, String value) {
		return this.jdbc.sql(sql).param(value).update();
	}

	private static Report sum(Report one, Report other) {
		return new Report(one.sessions() + other.sessions(), one.runs() + other.runs(),
				one.unfinishedRuns() + other.unfinishedRuns(), one.schedules() + other.schedules(),
				one.budgets() + other.budgets(), one.questions() + other.questions(),
				one.auditEntries() + other.auditEntries());
	}

	/** Without the user, whose id is to be nowhere. */
	private AuditEntry entry(@Nullable String actor, Report erased) {
		Instant at = Instant.ofEpochMilli(this.jdbc.sql(this.now).query(Long.class).single());
		return new AuditEntry(new RunIds(Clock.fixed(at, ZoneOffset.UTC)).next(), at, AuditEntry.ERASE, actor, null,
				null, null,
				Map.of("sessions", String.valueOf(erased.sessions()), "runs", String.valueOf(erased.runs())));
	}

}
