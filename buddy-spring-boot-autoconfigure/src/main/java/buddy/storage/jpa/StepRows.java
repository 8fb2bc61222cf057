package buddy.storage.jpa;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.storage.RunTake;
import buddy.storage.codec.Payload.Kind;

/**
 * The statements on the table of steps. Those that write have the fence in them: the row
 * of the run is locked while its epoch is compared, so that no other node can take the
 * run before the write is over.
 */
final class StepRows {

	private static final String HEAD = "step_key, position, kind, status, attempts, epoch, started_at, ended_at, due_at";

	private static final String BODY = "codec, digest, result, error, state_operations, state_base, base_version, last_event";

	private static final String OF_RUN = " from buddy_workflow_run_step where run_id = :run";

	/** The number of steps that one statement copies. */
	private static final int COPIED = 200;

	private final JdbcClient jdbc;

	private final JdbcOperations template;

	private final StoredPayloads payloads;

	private final SqlDialect dialect;

	private final String insert;

	private final boolean joinsKeys;

	private final String read;

	private final String take;

	private final String taken;

	private final String lock;

	private final String lockRun;

	private final String update;

	private final String encodeAgain;

	StepRows(JdbcOperations template, SqlDialect dialect, SchemaTables tables, StoredPayloads payloads) {
		this.jdbc = tables.client(template);
		this.template = template;
		this.payloads = payloads;
		this.dialect = dialect;
		String fence = " from buddy_workflow_run r where r.run_id = ? and coalesce(r.epoch, 0) = ? and r.status = 'RUNNING'"
				+ dialect.forShare();
		this.insert = tables
			.in("insert into buddy_workflow_run_step (run_id, " + HEAD + ", " + BODY + ") select r.run_id, "
					+ Stream.of(Type.values()).map((type) -> type.parameter(dialect)).collect(Collectors.joining(", "))
					+ fence);
		// H2 would compare each of the run's steps with each of the keys
		this.joinsKeys = dialect == SqlDialect.H2;
		this.read = this.joinsKeys
				? "select " + HEAD + ", " + BODY + " from unnest(cast(:keys as varchar(512) array)) k(wanted)"
						+ " join buddy_workflow_run_step on run_id = :run and step_key = k.wanted"
				: "select " + HEAD + ", " + BODY + OF_RUN + " and step_key in (:keys)";
		this.take = "update buddy_workflow_run set " + EarlierNodes.KEEP_OWNER
				+ ", epoch = coalesce(epoch, 0) + 1, owner_node = ?, status = ?,"
				+ " queued_at = case when ? = 1 then created_at else null end,"
				+ " recoveries = case when ? = 1 then coalesce(recoveries, 0) + 1 else recoveries end,"
				+ " response = null, error = null, error_type = null, input_tokens = null, output_tokens = null,"
				+ " ended_at = null, last_event = null, cancel_requested = null,"
				+ " resume_at = null where run_id = ? and coalesce(epoch, 0) = ? and status = ? and steps_deleted_at is null"
				+ " and (status in ('PAUSED', 'ERROR', 'CANCELLED')"
				+ " or status = 'PENDING' and queued_at is null and owner_node is null"
				+ " or status in ('RUNNING', 'PENDING') and not " + LiveOwner.of("buddy_workflow_run", dialect) + ")";
		this.taken = "select run_id from buddy_workflow_run where run_id = ? and epoch = ? and owner_node = ?"
				+ " and status = ?" + dialect.forUpdate();
		this.encodeAgain = tables
			.in("update buddy_workflow_run_step set result = " + Type.RESULT.parameter(dialect) + ", error = "
					+ Type.ERROR.parameter(dialect) + ", state_operations = " + Type.STATE_OPERATIONS.parameter(dialect)
					+ ", state_base = " + Type.STATE_BASE.parameter(dialect) + " where run_id = ? and step_key = ?");
		this.lock = "select r.run_id" + fence;
		this.lockRun = "select run_id from buddy_workflow_run where run_id = ?" + dialect.forUpdate();
		this.update = "update buddy_workflow_run_step set position = ?, status = ?, attempts = ?, epoch = ?, started_at = ?,"
				+ " ended_at = ?, due_at = ?, digest = coalesce(?, digest)," + " result = "
				+ Type.RESULT.parameter(dialect) + ", error = " + Type.ERROR.parameter(dialect)
				+ ", state_operations = " + Type.STATE_OPERATIONS.parameter(dialect) + ", state_base = coalesce("
				+ Type.STATE_BASE.parameter(dialect)
				+ ", state_base), base_version = coalesce(?, base_version), last_event = ?"
				+ " where step_key = ? and status in ('STARTED', 'WAITING') and run_id = "
				+ (dialect.isServer() ? "(" + this.lock + ")" : "?");
	}

	/** Takes a run that is as it was seen, from nobody who lives. */
	boolean take(RunTake take) {
		return this.jdbc.sql(this.take)
			.params(text(take.nodeId()), take.taken().name(), take.queued() ? 1 : 0, take.recovery() ? 1 : 0,
					take.runId(), take.epoch(), take.status().name())
			.update() == 1;
	}

	/** Tells whether the node has taken the run; waits for a transaction that does so. */
	boolean isTaken(RunTake take) {
		return this.jdbc.sql(this.taken)
			.params(take.runId(), take.nextEpoch(), text(take.nodeId()), take.taken().name())
			.query(String.class)
			.optional()
			.isPresent();
	}

	/** Inserts a step if the run is still executed in the step's epoch. */
	boolean insert(StoredStep plain) {
		StoredStep step = encoded(plain);
		return this.template.update(this.insert, (row) -> bind(row, step)) == 1;
	}

	/** By hand, since most of the time that a step costs goes into its parameters. */
	private static void bind(PreparedStatement row, StoredStep step) throws SQLException {
		StepHead head = step.head();
		row.setString(1, head.key());
		row.setInt(2, head.position());
		row.setString(3, name(head.kind()));
		row.setString(4, head.status().name());
		row.setInt(5, head.attempts());
		row.setInt(6, head.epoch());
		row.setLong(7, head.startedAt());
		bind(row, 8, head.endedAt());
		bind(row, 9, head.dueAt());
		row.setString(10, step.codec());
		row.setString(11, step.digest());
		row.setString(12, step.result());
		row.setString(13, step.error());
		row.setString(14, step.state().operations());
		row.setString(15, step.state().base());
		bind(row, 16, step.state().baseVersion());
		bind(row, 17, step.lastEvent());
		row.setString(18, step.runId());
		row.setInt(19, head.epoch());
	}

	private static void bind(PreparedStatement row, int parameter, @Nullable Long number) throws SQLException {
		if (number != null) {
			row.setLong(parameter, number);
		}
		else {
			row.setNull(parameter, Types.BIGINT);
		}
	}

	/**
	 * Updates a step that has no outcome yet if the run is still executed in the step's
	 * epoch; to be called in a transaction.
	 */
	boolean update(StoredStep plain) {
		StoredStep step = encoded(plain);
		if (!this.dialect.isServer() && !lock(step.runId(), step.head().epoch())) {
			return false;
		}
		StepHead head = step.head();
		StepState state = step.state();
		JdbcClient.StatementSpec update = this.jdbc.sql(this.update)
			.params(head.position(), head.status().name(), head.attempts(), head.epoch(), head.startedAt(),
					number(head.endedAt()), number(head.dueAt()), text(step.digest()), text(step.result()),
					text(step.error()), text(state.operations()), text(state.base()), number(state.baseVersion()),
					number(step.lastEvent()), head.key(), step.runId());
		return (this.dialect.isServer() ? update.param(head.epoch()) : update).update() == 1;
	}

	private boolean lock(String runId, int epoch) {
		return this.jdbc.sql(this.lock).params(runId, epoch).query(String.class).optional().isPresent();
	}

	/**
	 * Tells whether a write whose answer was lost is stored; to be called in a
	 * transaction. It waits for one that is still in progress, which has the run locked.
	 */
	boolean isStored(StoredStep step) {
		this.jdbc.sql(this.lockRun).param(step.runId()).query(String.class).optional();
		return heads(step.runId(), " and step_key = :key", step.key()).stream().anyMatch(step.head()::equals);
	}

	List<StepHead> heads(String runId) {
		return heads(runId, "", "");
	}

	/** Lists the steps that wait for an answer or a time, in the order of their keys. */
	List<StepHead> waiting(String runId) {
		return this.jdbc.sql("select " + HEAD + OF_RUN + " and status = 'WAITING' and (kind in ('input', 'sleep')"
				+ " or due_at > " + StepHead.SETTLED + " or exists (select 1 from buddy_workflow_run_question q"
				+ " where q.run_id = buddy_workflow_run_step.run_id and q.step_key = buddy_workflow_run_step.step_key"
				+ " and q.status = 'OPEN')) order by step_key")
			.param("run", runId)
			.query(StepRows::head)
			.list();
	}

	private List<StepHead> heads(String runId, String condition, String key) {
		JdbcClient.StatementSpec select = this.jdbc.sql("select " + HEAD + OF_RUN + condition).param("run", runId);
		return (condition.isEmpty() ? select : select.param("key", key)).query(StepRows::head).list();
	}

	List<StoredStep> read(String runId, Collection<String> keys) {
		return this.jdbc.sql(this.read)
			.param("run", runId)
			.param("keys", this.joinsKeys ? keys.toArray() : keys)
			.query((row, number) -> step(runId, row))
			.list();
	}

	List<StoredStep> list(String runId, @Nullable String after, int limit) {
		StepHead last = (after != null) ? heads(runId, " and step_key = :key", after).stream().findFirst().orElse(null)
				: null;
		String later = (last != null) ? " and (started_at > :at or (started_at = :at and (position > :position"
				+ " or (position = :position and step_key > :key))))" : "";
		JdbcClient.StatementSpec select = this.jdbc
			.sql("select " + HEAD + ", " + BODY + OF_RUN + later
					+ " order by started_at, position, step_key limit :limit")
			.param("run", runId)
			.param("limit", limit);
		if (last != null) {
			select.param("at", last.startedAt()).param("position", last.position()).param("key", last.key());
		}
		return select.query((row, number) -> step(runId, row)).list();
	}

	/** Finds what the state of a run's session was opened from. */
	StepState base(String runId) {
		return this.jdbc
			.sql("select state_base, base_version" + OF_RUN
					+ " and state_base is not null order by started_at, position limit 1")
			.param("run", runId)
			.query((row, number) -> new StepState(null, this.payloads.decode(row.getString(1), Kind.STEP_STATE, runId),
					number(row, 2)))
			.optional()
			.orElse(StepState.NONE);
	}

	/**
	 * Copies steps to another run, without the events that they have seen.
	 * @return how many there were
	 */
	int copy(String from, String to, Collection<String> keys) {
		String columns = HEAD + ", " + BODY.replace(", last_event", "");
		List<String> all = List.copyOf(keys);
		int copied = 0;
		for (int i = 0; i < all.size(); i += COPIED) {
			copied += this.jdbc
				.sql("insert into buddy_workflow_run_step (run_id, " + columns + ") select :to, " + columns
						+ " from buddy_workflow_run_step where run_id = :run and step_key in (:keys)")
				.param("to", to)
				.param("run", from)
				.param("keys", all.subList(i, Math.min(i + COPIED, all.size())))
				.update();
			if (!this.payloads.arePlain()) {
				encodeAgain(from, to, all.subList(i, Math.min(i + COPIED, all.size())));
			}
		}
		return copied;
	}

	/** Encodes the payloads of copied steps as those of their new run. */
	private void encodeAgain(String from, String to, List<String> keys) {
		List<Object[]> payloads = read(from, keys).stream()
			.map((step) -> encoded(new StoredStep(to, step.head(), step.codec(), step.digest(), step.result(),
					step.error(), step.state(), null)))
			.map((step) -> new Object[] { text(step.result()), text(step.error()), text(step.state().operations()),
					text(step.state().base()), to, step.key() })
			.toList();
		this.template.batchUpdate(this.encodeAgain, payloads);
	}

	/** Finds the last event that a step has seen. */
	@Nullable String lastEvent(String runId) {
		return this.jdbc
			.sql("select epoch, last_event" + OF_RUN
					+ " and last_event is not null order by epoch desc, last_event desc limit 1")
			.param("run", runId)
			.query((row, number) -> row.getInt(1) + "-" + row.getLong(2))
			.optional()
			.orElse(null);
	}

	/** Lists the runs that a run has called, by the key of the call. */
	Map<String, String> nested(String runId) {
		Map<String, String> nested = new HashMap<>();
		this.jdbc
			.sql("select parent_step, run_id from buddy_workflow_run"
					+ " where parent_run_id = ? and parent_step is not null")
			.param(runId)
			.query((row) -> {
				nested.put(row.getString(1), row.getString(2));
			});
		return nested;
	}

	boolean reopenFailure(String runId, String key, int epoch) {
		return this.jdbc.sql("update buddy_workflow_run_step set status = 'WAITING', ended_at = null, due_at = null,"
				+ " error = null, state_operations = null where run_id = ? and step_key = ? and status = 'FAILED'"
				+ " and exists (select 1 from buddy_workflow_run r where r.run_id = ? and coalesce(r.epoch, 0) = ?)")
			.params(runId, key, runId, epoch)
			.update() == 1;
	}

	private static StepHead head(ResultSet row, int number) throws SQLException {
		return new StepHead(row.getString(1), row.getInt(2),
				StepKind.valueOf(row.getString(3).toUpperCase(Locale.ROOT)), StepStatus.valueOf(row.getString(4)),
				row.getInt(5), row.getInt(6), row.getLong(7), number(row, 8), number(row, 9));
	}

	private StoredStep step(String runId, ResultSet row) throws SQLException {
		return new StoredStep(runId, head(row, 0), row.getString(10), row.getString(11),
				this.payloads.decode(row.getString(12), Kind.STEP_RESULT, runId),
				this.payloads.decode(row.getString(13), Kind.STEP_ERROR, runId),
				new StepState(this.payloads.decode(row.getString(14), Kind.STEP_STATE, runId),
						this.payloads.decode(row.getString(15), Kind.STEP_STATE, runId), number(row, 16)),
				number(row, 17));
	}

	private StoredStep encoded(StoredStep step) {
		if (this.payloads.arePlain()) {
			return step;
		}
		String runId = step.runId();
		StepState state = step.state();
		return new StoredStep(runId, step.head(), step.codec(), step.digest(),
				this.payloads.encode(step.result(), Kind.STEP_RESULT, runId),
				this.payloads.encode(step.error(), Kind.STEP_ERROR, runId),
				new StepState(this.payloads.encode(state.operations(), Kind.STEP_STATE, runId),
						this.payloads.encode(state.base(), Kind.STEP_STATE, runId), state.baseVersion()),
				step.lastEvent());
	}

	private static @Nullable Long number(ResultSet row, int column) throws SQLException {
		long number = row.getLong(column);
		return row.wasNull() ? null : number;
	}

	private static String name(StepKind kind) {
		return kind.name().toLowerCase(Locale.ROOT);
	}

	private static SqlParameterValue text(@Nullable String text) {
		return new SqlParameterValue(Types.VARCHAR, text);
	}

	private static SqlParameterValue number(@Nullable Long number) {
		return new SqlParameterValue(Types.BIGINT, number);
	}

	/** The columns of a step in the order in which they are written. */
	private enum Type {

		KEY("varchar"), POSITION("int"), KIND("varchar"), STATUS("varchar"), ATTEMPTS("int"), EPOCH("int"),
		STARTED_AT("bigint"), ENDED_AT("bigint"), DUE_AT("bigint"), CODEC("varchar"), DIGEST("varchar"), RESULT("json"),
		ERROR("json"), STATE_OPERATIONS("json"), STATE_BASE("json"), BASE_VERSION("bigint"), LAST_EVENT("bigint");

		private final String type;

		Type(String type) {
			this.type = type;
		}

		String parameter(SqlDialect dialect) {
			return this.type.equals("json") ? dialect.jsonText() : dialect.parameter(this.type);
		}

	}

}
