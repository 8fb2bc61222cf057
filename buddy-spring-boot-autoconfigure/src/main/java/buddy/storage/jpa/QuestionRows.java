package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.durable.QuestionViewer;
import buddy.durable.StoredQuestion;
import buddy.storage.codec.Payload.Kind;
import buddy.storage.codec.PayloadUnreadableException;

import static buddy.storage.jpa.SessionRows.text;

/**
 * The statements on the table of questions.
 */
final class QuestionRows {

	private static final String COLUMNS = "run_id, step_key, status, answer_schema, shown, assignee, assigned_role, asked_at,"
			+ " expires_at, default_answer, answer, answered_by, answered_at";

	private static final String SELECT = "select q." + COLUMNS.replace(", ", ", q.")
			+ " from buddy_workflow_run_question q";

	private static final String OF_STEP = " where q.run_id = ? and q.step_key = ?";

	private static final String NOT_ENDED = "status not in ('COMPLETED', 'ERROR', 'CANCELLED')";

	/** With the status of a question whose run has ended, for those who list them. */
	private static final String SELECT_SEEN = SELECT.replace("q.status", "case when q.status = 'OPEN' and r."
			+ NOT_ENDED.replace("not in", "in") + " then 'CLOSED' else q.status end");

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final String insert;

	private final String answer;

	private final String locked;

	private final String setToken;

	private final String ofToken;

	QuestionRows(JdbcClient jdbc, SqlDialect dialect, StoredPayloads payloads) {
		this.jdbc = jdbc;
		this.payloads = payloads;
		String json = dialect.jsonText();
		this.insert = "insert into buddy_workflow_run_question (" + COLUMNS + ") values (?, ?, 'OPEN', " + json + ", "
				+ json + ", ?, ?, ?, ?, " + json + ", null, null, null)";
		this.answer = "update buddy_workflow_run_question set status = 'ANSWERED', answer = " + json
				+ ", answered_by = ?, answered_at = ? where run_id = ? and step_key = ?";
		this.locked = dialect.forUpdate();
		String open = "status = 'OPEN' and (expires_at is null or expires_at > " + dialect.now() + ")";
		this.setToken = "update buddy_workflow_run_question set token_hash = ? where run_id = ? and step_key = ? and "
				+ open + " and exists (select 1 from buddy_workflow_run r where r.run_id = ? and r." + NOT_ENDED + ")";
		this.ofToken = SELECT + " join buddy_workflow_run r on r.run_id = q.run_id where q.token_hash = ?"
				+ " and (q.status = 'ANSWERED' or q." + open.replace("expires_at", "q.expires_at") + " and r."
				+ NOT_ENDED + ")";
	}

	/** Finds the keys of a run's questions that wait for an answer. */
	Set<String> open(String runId, Collection<String> keys) {
		return new HashSet<>(this.jdbc
			.sql("select step_key from buddy_workflow_run_question"
					+ " where run_id = :run and status = 'OPEN' and step_key in (:keys)")
			.param("run", runId)
			.param("keys", keys)
			.query(String.class)
			.list());
	}

	void insert(StoredQuestion question, long askedAt, @Nullable Long expiresAt) {
		this.jdbc.sql(this.insert)
			.params(question.runId(), question.key(),
					this.payloads.encodeAlways(question.schema(), Kind.QUESTION, question.runId()),
					encoded(question.shown(), question), text(question.assignee()), text(question.role()), askedAt,
					new SqlParameterValue(Types.BIGINT, expiresAt), encoded(question.defaultAnswer(), question))
			.update();
	}

	private SqlParameterValue encoded(@Nullable String json, StoredQuestion question) {
		return text(this.payloads.encode(json, Kind.QUESTION, question.runId()));
	}

	/** Deletes a question, so that it can be asked again. */
	void delete(String runId, String key) {
		this.jdbc.sql("delete from buddy_workflow_run_question where run_id = ? and step_key = ?")
			.params(runId, key)
			.update();
	}

	void answer(String runId, String key, String answer, @Nullable String answeredBy, long now) {
		this.jdbc.sql(this.answer)
			.params(this.payloads.encodeAlways(answer, Kind.QUESTION, runId), text(answeredBy), now, runId, key)
			.update();
	}

	/** Reads a question as it is now, and locks it. */
	Optional<StoredQuestion> findLocked(String runId, String key) {
		return this.jdbc.sql(SELECT + OF_STEP + this.locked)
			.params(runId, key)
			.query(this::toStoredQuestion)
			.optional();
	}

	Optional<StoredQuestion> find(String runId, String key) {
		return this.jdbc.sql(SELECT + OF_STEP).params(runId, key).query(this::toStoredQuestion).optional();
	}

	/** Lists a run's questions that nobody has answered in time. */
	List<StoredQuestion> overdue(String runId, long now) {
		return this.jdbc.sql(SELECT + " where q.run_id = ? and q.status = 'OPEN' and q.expires_at <= ?")
			.params(runId, now)
			.query(this::toStoredQuestion)
			.list();
	}

	boolean expire(String runId, String key) {
		return this.jdbc
			.sql("update buddy_workflow_run_question set status = 'EXPIRED' where run_id = ? and step_key = ?"
					+ " and status = 'OPEN'")
			.params(runId, key)
			.update() == 1;
	}

	/** Gives a question that can be answered now a token. */
	boolean setToken(String runId, String key, String tokenHash) {
		return this.jdbc.sql(this.setToken).params(tokenHash, runId, key, runId).update() == 1;
	}

	boolean useToken(String tokenHash, String usedHash) {
		return this.jdbc.sql("update buddy_workflow_run_question set token_hash = ? where token_hash = ?")
			.params(usedHash, tokenHash)
			.update() == 1;
	}

	/** Finds a question that was answered or can be answered now. */
	Optional<StoredQuestion> findByToken(String tokenHash) {
		return this.jdbc.sql(this.ofToken).param(tokenHash).query(this::toStoredQuestion).optional();
	}

	/** Lists the roles that questions are asked of. */
	Set<String> roles(QuestionFilter filter) {
		StringBuilder sql = new StringBuilder("select distinct q.assigned_role from buddy_workflow_run_question q"
				+ " where q.assigned_role is not null");
		List<Object> values = new ArrayList<>();
		if (filter.status() != null) {
			add(sql, values, " and q.status = ?", stored(filter.status()).name());
		}
		if (filter.runId() != null) {
			add(sql, values, " and q.run_id = ?", filter.runId());
		}
		return new HashSet<>(this.jdbc.sql(sql.toString()).params(values).query(String.class).list());
	}

	List<StoredQuestion> list(QuestionFilter filter, QuestionViewer viewer, @Nullable StoredQuestion after, int limit) {
		StringBuilder sql = new StringBuilder(
				SELECT_SEEN + " join buddy_workflow_run r on r.run_id = q.run_id" + ofSession(viewer));
		List<Object> values = new ArrayList<>();
		addSeen(sql, values, viewer);
		if (filter.status() != null) {
			add(sql, values, " and q.status = ?", stored(filter.status()).name());
		}
		if (filter.status() == QuestionStatus.OPEN) {
			sql.append(" and r." + NOT_ENDED);
		}
		if (filter.status() == QuestionStatus.CLOSED) {
			sql.append(" and not r." + NOT_ENDED);
		}
		if (filter.runId() != null) {
			add(sql, values, " and q.run_id = ?", filter.runId());
		}
		if (filter.workflowId() != null) {
			add(sql, values, " and r.workflow_id = ?", filter.workflowId());
		}
		if (after != null) {
			add(sql, values,
					" and q.asked_at <= ? and (q.asked_at < ? or q.run_id > ? or (q.run_id = ?"
							+ " and q.step_key > ?))",
					after.askedAt(), after.askedAt(), after.runId(), after.runId(), after.key());
		}
		add(sql, values, " order by q.asked_at desc, q.run_id, q.step_key limit ?", limit);
		return this.jdbc.sql(sql.toString()).params(values).query(this::toListedQuestion).list();
	}

	/** One that cannot be read is listed without its content, so that others are seen. */
	private StoredQuestion toListedQuestion(ResultSet row, int number) throws SQLException {
		try {
			return toStoredQuestion(row, number);
		}
		catch (PayloadUnreadableException ex) {
			return toStoredQuestion(row, "{}", null, null, null);
		}
	}

	/**
	 * Counts those that are seen of the latest open questions. Each looks its run up,
	 * since a join may read all runs for many questions.
	 */
	int countOpen(QuestionViewer viewer, int most) {
		StringBuilder sql = new StringBuilder(
				"select count(*) from (select run_id, assignee, assigned_role from buddy_workflow_run_question"
						+ " where status = 'OPEN' order by status desc, asked_at desc limit ?) q"
						+ " where (select count(*) from buddy_workflow_run r" + ofSession(viewer));
		List<Object> values = new ArrayList<>(List.of(most));
		addSeen(sql, values, viewer);
		sql.append(" and r.run_id = q.run_id and r." + NOT_ENDED + ") = 1");
		return this.jdbc.sql(sql.toString()).params(values).query(Integer.class).single();
	}

	private static String ofSession(QuestionViewer viewer) {
		return viewer.sessions().everybody() ? "" : " join buddy_workflow_session s on s.session_id = r.session_id";
	}

	private static void addSeen(StringBuilder sql, List<Object> values, QuestionViewer viewer) {
		sql.append(" where ").append(owned("r", viewer.runs(), values));
		if (!viewer.sessions().everybody()) {
			sql.append(" and (").append(owned("s", viewer.sessions(), values));
			if (viewer.assignee() != null) {
				add(sql, values, " or q.assignee = ?", viewer.assignee());
			}
			if (!viewer.roles().isEmpty()) {
				add(sql, values, " or q.assigned_role in ("
						+ String.join(", ", Collections.nCopies(viewer.roles().size(), "?")) + ")",
						viewer.roles().toArray());
			}
			sql.append(")");
		}
	}

	private static QuestionStatus stored(QuestionStatus status) {
		return (status == QuestionStatus.CLOSED) ? QuestionStatus.OPEN : status;
	}

	private static String owned(String table, QuestionViewer.Owners owners, List<Object> values) {
		if (owners.everybody()) {
			return "1 = 1";
		}
		String unowned = owners.includeUnowned() ? table + ".user_id is null" : "1 = 0";
		if (owners.userId() == null) {
			return unowned;
		}
		values.add(owners.userId());
		return "(" + table + ".user_id = ? or " + unowned + ")";
	}

	private static void add(StringBuilder sql, List<Object> values, String condition, Object... parameters) {
		sql.append(condition);
		values.addAll(List.of(parameters));
	}

	private StoredQuestion toStoredQuestion(ResultSet row, int number) throws SQLException {
		String runId = row.getString(1);
		return toStoredQuestion(row, this.payloads.decodeAlways(row.getString(4), Kind.QUESTION, runId),
				decoded(row, 5, runId), decoded(row, 10, runId), decoded(row, 11, runId));
	}

	private static StoredQuestion toStoredQuestion(ResultSet row, String schema, @Nullable String shown,
			@Nullable String defaultAnswer, @Nullable String answer) throws SQLException {
		return new StoredQuestion(row.getString(1), row.getString(2), QuestionStatus.valueOf(row.getString(3)), schema,
				shown, row.getString(6), row.getString(7), row.getLong(8), number(row, 9), defaultAnswer, answer,
				row.getString(12), number(row, 13));
	}

	private @Nullable String decoded(ResultSet row, int column, String runId) throws SQLException {
		return this.payloads.decode(row.getString(column), Kind.QUESTION, runId);
	}

	private static @Nullable Long number(ResultSet row, int column) throws SQLException {
		long number = row.getLong(column);
		return row.wasNull() ? null : number;
	}

}
