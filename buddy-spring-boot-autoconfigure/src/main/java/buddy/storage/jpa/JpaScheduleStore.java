package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.ScheduleStore;
import buddy.storage.StoredSchedule;
import buddy.storage.StoredSchedule.Call;
import buddy.storage.StoredSchedule.State;
import buddy.storage.StoredSchedule.Timing;
import buddy.storage.codec.Payload.Kind;

import static buddy.storage.jpa.SessionRows.text;

/**
 * Stores schedules beside the runs.
 */
final class JpaScheduleStore implements ScheduleStore {

	private static final String COLUMNS = "schedule_id, workflow_id, cron, every_millis, zone, missed, input, user_id,"
			+ " session_id, source, created_at, updated_at, paused, next_fire_at, last_fire_at, last_run_id, version";

	private static final String SELECT = "select " + COLUMNS + " from buddy_workflow_schedule";

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final String insert;

	private final String replace;

	private final String now;

	/**
	 * Stores in the database of a data source.
	 * @param dataSource the data source of buddy's tables
	 * @param statements how statements run
	 */
	JpaScheduleStore(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.payloads = statements.payloads();
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		this.jdbc = statements.tables().client(dialect.template(dataSource, statements.timeouts()));
		this.insert = "insert into buddy_workflow_schedule (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, "
				+ dialect.jsonText() + ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
		this.replace = "update buddy_workflow_schedule set workflow_id = ?, cron = ?, every_millis = ?, zone = ?,"
				+ " missed = ?, input = " + dialect.jsonText() + ", user_id = ?, session_id = ?, source = ?,"
				+ " updated_at = ?, paused = ?, next_fire_at = ?, last_fire_at = ?, last_run_id = ?,"
				+ " version = version + 1 where schedule_id = ? and version = ?";
		this.now = "select " + dialect.now();
	}

	@Override
	public boolean insert(StoredSchedule schedule) {
		Timing timing = schedule.timing();
		Call call = schedule.call();
		State state = schedule.state();
		try {
			return this.transactions.write(() -> this.jdbc.sql(this.insert)
				.params(schedule.scheduleId(), schedule.workflowId(), text(timing.cron()), number(timing.everyMillis()),
						timing.zone(), timing.missed(), input(schedule), text(call.userId()), text(call.sessionId()),
						schedule.source(), schedule.createdAt(), schedule.updatedAt(), state.paused(),
						number(state.nextFireAt()), number(state.lastFireAt()), text(state.lastRunId()),
						schedule.version())
				.update()) == 1;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	@Override
	public Optional<StoredSchedule> find(String scheduleId) {
		return this.transactions.read(() -> this.jdbc.sql(SELECT + " where schedule_id = ?")
			.param(scheduleId)
			.query(this::toStoredSchedule)
			.optional());
	}

	@Override
	public List<StoredSchedule> list(@Nullable String after, int limit) {
		return this.transactions
			.read(() -> this.jdbc.sql(SELECT + " where schedule_id > ? order by schedule_id limit ?")
				.params((after != null) ? after : "", limit)
				.query(this::toStoredSchedule)
				.list());
	}

	@Override
	public boolean replace(StoredSchedule schedule) {
		Timing timing = schedule.timing();
		Call call = schedule.call();
		State state = schedule.state();
		return this.transactions.write(() -> this.jdbc.sql(this.replace)
			.params(schedule.workflowId(), text(timing.cron()), number(timing.everyMillis()), timing.zone(),
					timing.missed(), input(schedule), text(call.userId()), text(call.sessionId()), schedule.source(),
					schedule.updatedAt(), state.paused(), number(state.nextFireAt()), number(state.lastFireAt()),
					text(state.lastRunId()), schedule.scheduleId(), schedule.version())
			.update()) == 1;
	}

	@Override
	public boolean delete(String scheduleId) {
		return this.transactions.write(() -> this.jdbc.sql("delete from buddy_workflow_schedule where schedule_id = ?")
			.param(scheduleId)
			.update()) == 1;
	}

	@Override
	public long now() {
		return this.transactions.read(() -> this.jdbc.sql(this.now).query(Long.class).single());
	}

	private String input(StoredSchedule schedule) {
		return this.payloads.encodeAlways(schedule.call().input(), Kind.SCHEDULE_INPUT, schedule.scheduleId());
	}

	private static SqlParameterValue number(@Nullable Long value) {
		return new SqlParameterValue(Types.BIGINT, value);
	}

	private StoredSchedule toStoredSchedule(ResultSet row, int index) throws SQLException {
		Timing timing = new Timing(row.getString(3), optional(row, 4), row.getString(5), row.getString(6));
		Call call = new Call(this.payloads.decodeAlways(row.getString(7), Kind.SCHEDULE_INPUT, row.getString(1)),
				row.getString(8), row.getString(9));
		State state = new State(row.getBoolean(13), optional(row, 14), optional(row, 15), row.getString(16));
		return new StoredSchedule(row.getString(1), row.getString(2), timing, call, row.getString(10), row.getLong(11),
				row.getLong(12), state, row.getInt(17));
	}

	private static @Nullable Long optional(ResultSet row, int column) throws SQLException {
		long value = row.getLong(column);
		return row.wasNull() ? null : value;
	}

}
