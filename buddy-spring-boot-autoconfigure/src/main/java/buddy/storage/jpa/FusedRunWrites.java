package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.RunMeasures;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.codec.Payload.Kind;

import static buddy.storage.jpa.SessionRows.number;
import static buddy.storage.jpa.SessionRows.text;

/**
 * {@link RunWrites} for PostgreSQL with one statement per beginning and end. If the
 * session does not exist yet or is not open to the run, it falls back to the portable
 * statements.
 *
 * <p>
 * The parts of such a statement see the same snapshot, so none of them may rely on what
 * it sees alone. The guard of the end locks the session, before the run as everywhere, if
 * it still has the version that the state is based on. The update of the run depends on
 * the guard, and the update of the session on that of the run: both or neither take
 * effect.
 */
final class FusedRunWrites implements RunWrites {

	private static final String BEGIN = "with found as (select " + SessionRows.COLUMNS
			+ " from buddy_workflow_session where session_id = ?),"
			+ " begun as (insert into buddy_workflow_run (run_id, session_id, workflow_id, user_id, parent_run_id, status,"
			+ " input, created_at, owner_node, parent_step, recipe, code_version, forked_from) select ?, session_id,"
			+ " workflow_id, user_id, ?, 'RUNNING', cast(? as jsonb), ?, ?, ?, cast(? as json), ?, ? from found where workflow_id = ? and user_id is not distinct from ? returning 1)"
			+ " select found.*, (select count(*) from begun) from found";

	private static final String GUARD = "with guard as (select session_id from buddy_workflow_session"
			+ " where session_id = ?";

	private static final String UPDATE_RUN = " for no key update),"
			+ " ended as (update buddy_workflow_run r set status = ?, response = cast(? as jsonb), error = cast(? as jsonb),"
			+ " ended_at = ?";

	/** What most runs have none of. */
	private static final String MEASURES = ", error_type = ?, input_tokens = ?, output_tokens = ?";

	private static final String LAST_EVENT = ", last_event = ?";

	private static final String OF_RUN = " from guard where r.run_id = ? and coalesce(r.epoch, 0) = ?"
			+ " and r.session_id = guard.session_id and r.status = 'RUNNING'" + " returning r.session_id),";

	private static final String UPDATE_SESSION = " used as (update buddy_workflow_session s"
			+ " set updated_at = greatest(s.updated_at, ?)";

	private static final String BOTH = " from ended where s.session_id = ended.session_id returning 1)"
			+ " select (select count(*) from ended), (select count(*) from used)";

	private static final String THIS_VERSION = " and version = ?";

	private static final String CHANGE_STATE = ", session_state = cast(? as jsonb), version = s.version + 1";

	/** Opens the session to the run, like the portable statement. */
	private static final String ADOPT = "with used as (update buddy_workflow_session s"
			+ " set user_id = coalesce(s.user_id, ?), updated_at = greatest(s.updated_at, ?)";

	private static final String OPEN_TO_RUN = " where s.session_id = ? and s.workflow_id = ?"
			+ " and (s.user_id is null or s.user_id = ?)";

	private static final String INSERT_RUN = " returning s.session_id),"
			+ " ended as (insert into buddy_workflow_run (run_id, session_id, workflow_id, user_id, parent_run_id, status,"
			+ " input, response, error, created_at, ended_at, parent_step, recipe, code_version, forked_from, error_type,"
			+ " input_tokens, output_tokens)"
			+ " select ?, used.session_id, ?, ?, ?, ?, cast(? as jsonb), cast(? as jsonb), cast(? as jsonb), ?, ?, ?,"
			+ " cast(? as json), ?, ?, ?, ?, ? from used returning 1)"
			+ " select (select count(*) from ended), (select count(*) from used)";

	private static final String END_UNRECORDED = ADOPT + OPEN_TO_RUN + INSERT_RUN;

	private static final String END_UNRECORDED_AND_CHANGE_STATE = ADOPT + CHANGE_STATE + OPEN_TO_RUN
			+ " and s.version = ?" + INSERT_RUN;

	/** By whether it has measures, a last event and a changed state. */
	private static final Map<List<Boolean>, String> ENDS = ends();

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final RunBegins begins;

	private final RunRows runs;

	private final RunWrites portable;

	FusedRunWrites(StorageTransactions transactions, JdbcClient jdbc, RunBegins begins, RunRows runs,
			RunWrites portable) {
		this.transactions = transactions;
		this.jdbc = jdbc;
		this.payloads = runs.payloads();
		this.begins = begins;
		this.runs = runs;
		this.portable = portable;
	}

	@Override
	public OpenedSession begin(NewRun run) {
		if (run.idempotencyKey() != null) {
			return this.portable.begin(run);
		}
		Found found = this.transactions.writeAtOnce(() -> insertRun(run)).orElse(null);
		if (found != null && found.begun()) {
			return new OpenedSession(found.session(), true);
		}
		StoredSession session = (found != null) ? found.session() : null;
		return this.transactions.writeApart(() -> this.begins.share(run, session));
	}

	private Optional<Found> insertRun(NewRun run) {
		return this.jdbc.sql(BEGIN)
			.params(run.sessionId(), run.runId(), text(run.parentRunId()),
					text(this.payloads.encode(run.input(), Kind.RUN_INPUT, run.runId())), run.createdAt(),
					text(run.ownerNode()), text(run.origin().parentStep()), text(run.origin().recipe()),
					text(run.origin().codeVersion()), text(run.origin().forkedFrom()), run.workflowId(),
					text(run.userId()))
			.query((row, number) -> new Found(SessionRows.toStoredSession(row, this.payloads), row.getInt(13) == 1))
			.optional();
	}

	@Override
	public EndOutcome end(RunEnd end) {
		if (end.run().concurrency().isExclusive()) {
			return this.portable.end(end);
		}
		if (!end.recorded()) {
			return endUnrecorded(end);
		}
		RunEnd.StateChange change = end.state();
		if (this.transactions.writeAtOnce(() -> update(end, change))) {
			return EndOutcome.STORED;
		}
		boolean missed = change != null && this.transactions.read(() -> this.runs.isRunning(end.run()));
		return missed ? EndOutcome.VERSION_MISSED : EndOutcome.GONE;
	}

	/**
	 * A session that has to be created or was changed meanwhile takes more statements.
	 */
	private EndOutcome endUnrecorded(RunEnd end) {
		boolean opensSession = end.state() != null && end.mayCreateSession();
		if (opensSession || end.run().idempotencyKey() != null || end.run().epoch() > 0) {
			return this.portable.end(end);
		}
		try {
			if (this.transactions.writeAtOnce(() -> insert(end))) {
				return EndOutcome.STORED;
			}
		}
		catch (DuplicateKeyException ex) {
			return EndOutcome.GONE;
		}
		return this.portable.end(end);
	}

	private boolean insert(RunEnd end) {
		StoredRun run = end.toStoredRun();
		RunMeasures measures = RunMeasures.of(end.response(), end.error());
		RunEnd.StateChange change = end.state();
		JdbcClient.StatementSpec statement = this.jdbc
			.sql((change != null) ? END_UNRECORDED_AND_CHANGE_STATE : END_UNRECORDED)
			.param(text(run.userId()))
			.param(end.endedAt());
		if (change != null) {
			statement.param(state(end, change));
		}
		statement.param(run.sessionId()).param(run.workflowId()).param(text(run.userId()));
		if (change != null) {
			statement.param(change.expectedVersion());
		}
		for (Object value : List.of(run.runId(), run.workflowId(), text(run.userId()), text(run.parentRunId()),
				run.status().name(), text(this.payloads.encode(run.input(), Kind.RUN_INPUT, run.runId())),
				response(end), error(end), run.createdAt(), end.endedAt(), text(run.origin().parentStep()),
				text(run.origin().recipe()), text(run.origin().codeVersion()), text(run.origin().forkedFrom()),
				text(measures.errorType()), number(measures.inputTokens()), number(measures.outputTokens()))) {
			statement.param(value);
		}
		return statement.query((row, number) -> isWhole(row, end)).single();
	}

	private boolean update(RunEnd end, RunEnd.@Nullable StateChange change) {
		RunMeasures measures = RunMeasures.of(end.response(), end.error());
		JdbcClient.StatementSpec statement = this.jdbc.sql(sql(end, measures)).param(end.run().sessionId());
		if (change != null) {
			statement.param(change.expectedVersion());
		}
		statement.param(end.status().name()).param(response(end)).param(error(end)).param(end.endedAt());
		if (!measures.isEmpty()) {
			statement.param(text(measures.errorType()))
				.param(number(measures.inputTokens()))
				.param(number(measures.outputTokens()));
		}
		if (end.lastEvent() != null) {
			statement.param(end.lastEvent());
		}
		statement.param(end.run().runId()).param(end.run().epoch()).param(end.endedAt());
		if (change != null) {
			statement.param(state(end, change));
		}
		return statement.query((row, number) -> isWhole(row, end)).single();
	}

	private SqlParameterValue response(RunEnd end) {
		return text(this.payloads.encode(end.response(), Kind.RUN_RESPONSE, end.run().runId()));
	}

	private SqlParameterValue error(RunEnd end) {
		return text(this.payloads.encodeError(end.error(), end.run().runId()));
	}

	private String state(RunEnd end, RunEnd.StateChange change) {
		return this.payloads.encodeAlways(change.state(), Kind.SESSION_STATE, end.run().sessionId());
	}

	private static Map<List<Boolean>, String> ends() {
		Map<List<Boolean>, String> ends = new HashMap<>();
		for (boolean measures : new boolean[] { false, true }) {
			for (boolean events : new boolean[] { false, true }) {
				String run = UPDATE_RUN + (measures ? MEASURES : "") + (events ? LAST_EVENT : "") + OF_RUN
						+ UPDATE_SESSION;
				ends.put(List.of(measures, events, false), GUARD + run + BOTH);
				ends.put(List.of(measures, events, true), GUARD + THIS_VERSION + run + CHANGE_STATE + BOTH);
			}
		}
		return ends;
	}

	private static String sql(RunEnd end, RunMeasures measures) {
		return Objects
			.requireNonNull(ENDS.get(List.of(!measures.isEmpty(), end.lastEvent() != null, end.state() != null)));
	}

	private static boolean isWhole(ResultSet counts, RunEnd end) throws SQLException {
		if (counts.getInt(1) != counts.getInt(2)) {
			throw new IllegalStateException("The end of run '" + end.run().runId() + "' changed " + counts.getInt(1)
					+ " runs and " + counts.getInt(2) + " sessions");
		}
		return counts.getInt(1) == 1;
	}

	/**
	 * A session, and whether the run was inserted.
	 */
	private record Found(StoredSession session, boolean begun) {
	}

}
