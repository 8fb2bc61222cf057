package buddy.storage.jpa;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.event.EventPosition;
import buddy.event.RunHead;
import buddy.event.StoredEvent;
import buddy.json.internal.Json;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.storage.codec.Payload.Kind;

/**
 * SQL statements on the table of events.
 */
final class EventRows {

	private static final String COLUMNS = "into buddy_workflow_run_event (run_id, epoch, sequence, event) ";

	/**
	 * Locks the rows of the runs, so that none ends meanwhile. It fails if another
	 * transaction has one of them locked, instead of letting all of them wait.
	 */
	private static final String INSERT_ARRAYS = "insert " + COLUMNS
			+ "select a.run_id, a.epoch, a.sequence, cast(a.event as json)"
			+ " from unnest(?, ?, ?, ?) as a (run_id, epoch, sequence, event)"
			+ " join buddy_workflow_run r on r.run_id = a.run_id and coalesce(r.epoch, 0) = a.epoch and r.status in ('RUNNING', 'PAUSED')"
			+ " for share of r nowait";

	/**
	 * For MariaDB, whose driver does not batch inserts with a select. The runs are found
	 * by their key, since a scan would lock others too.
	 */
	private static final String INSERT_JSON = "insert " + COLUMNS
			+ "select r.run_id, a.epoch, a.sequence, a.event from json_table(?, '$[*]' columns ("
			+ "run_id varchar(36) character set ascii collate ascii_bin path '$[0]', epoch int path '$[1]',"
			+ " sequence bigint path '$[2]', event longtext character set utf8mb4 path '$[3]')) a"
			+ " straight_join buddy_workflow_run r force index (primary)"
			+ " on r.run_id = a.run_id and coalesce(r.epoch, 0) = a.epoch and r.status in ('RUNNING', 'PAUSED')"
			+ " lock in share mode nowait";

	/**
	 * For H2, whose steps have no lock to share: longer than a step needs to be written,
	 * and shorter than anybody notices.
	 */
	private static final String SHORT_WAIT = " for update wait 0.05";

	private static final String OF_RUN = "select epoch, sequence, event from buddy_workflow_run_event where run_id = ? and ";

	/**
	 * Each part reads a range of the key. The second one is empty except for resumed
	 * runs.
	 */
	private static final String READ = "select t.epoch, t.sequence, t.event from (select * from (" + OF_RUN
			+ "epoch = ? and sequence > ? order by sequence limit ?) a union all select * from (" + OF_RUN
			+ "epoch > ? order by epoch, sequence limit ?) b) t order by t.epoch, t.sequence limit ?";

	private static final String LAST = " from buddy_workflow_run_event e where e.run_id = r.run_id"
			+ " order by e.epoch desc, e.sequence desc limit 1)";

	private static final String HEADS = "select r.run_id, r.status, (select e.epoch" + LAST + ", (select e.sequence"
			+ LAST + " from buddy_workflow_run r where r.run_id in (:ids)";

	private final JdbcTemplate template;

	private final SchemaTables tables;

	private final StoredPayloads payloads;

	private final JdbcClient jdbc;

	private final String insert;

	private final String old;

	EventRows(JdbcTemplate template, SqlDialect dialect, SchemaTables tables, StoredPayloads payloads) {
		this.payloads = payloads;
		this.tables = tables;
		this.template = template;
		this.jdbc = tables.client(template);
		this.insert = insert(dialect);
		// a range of the key, which begins with the time: runs that began later and
		// those that were swept before are not read
		this.old = "select distinct e.run_id from buddy_workflow_run_event e left join buddy_workflow_run r"
				+ " on r.run_id = e.run_id where e.run_id < :begun and (r.ended_at < :before"
				+ (dialect.enforcesForeignKeys() ? "" : " or r.run_id is null") + ") order by e.run_id limit :limit";
	}

	/** Locks the row of the run, so that it does not end meanwhile. */
	private static String insert(SqlDialect dialect) {
		String running = "select run_id%s from buddy_workflow_run where run_id = ? and coalesce(epoch, 0) = ?"
				+ " and status in ('RUNNING', 'PAUSED')";
		return switch (dialect) {
			case SQLITE -> "insert or ignore " + COLUMNS + running.formatted(", ?, ?, ?");
			default -> "insert " + COLUMNS + running.formatted(", ?, ?, " + dialect.json()) + SHORT_WAIT;
		};
	}

	/**
	 * Inserts all events with one statement, whose text does not depend on their number.
	 */
	int insertArrays(List<StoredEvent> events) {
		return this.template.update((PreparedStatementCreator) (connection) -> {
			PreparedStatement statement = connection.prepareStatement(this.tables.in(INSERT_ARRAYS));
			statement.setArray(1, array(connection, "varchar", events, StoredEvent::runId));
			statement.setArray(2, array(connection, "int4", events, (event) -> event.position().epoch()));
			statement.setArray(3, array(connection, "int8", events, (event) -> event.position().sequence()));
			statement.setArray(4, array(connection, "text", events, this::encoded));
			return statement;
		});
	}

	/** Inserts all events with one statement, passing them as one document. */
	int insertJson(List<StoredEvent> events) {
		List<List<Object>> rows = events.stream()
			.map((event) -> List.<Object>of(event.runId(), event.position().epoch(), event.position().sequence(),
					encoded(event)))
			.toList();
		return this.template.update(this.tables.in(INSERT_JSON), Json.write(rows));
	}

	private static Array array(Connection connection, String type, List<StoredEvent> events,
			Function<StoredEvent, Object> value) throws SQLException {
		return connection.createArrayOf(type, events.stream().map(value).toArray());
	}

	/** Inserts the events as a batch, which must run in a transaction. */
	int insertBatch(List<StoredEvent> events) {
		return this.template.batchUpdate(this.tables.in(this.insert),
				events.stream().map(this::columns).toList()).length;
	}

	private String encoded(StoredEvent event) {
		return this.payloads.encodeAlways(event.event(), Kind.EVENT, event.runId());
	}

	private Object[] columns(StoredEvent event) {
		EventPosition position = event.position();
		return new Object[] { position.epoch(), position.sequence(), encoded(event), event.runId(), position.epoch() };
	}

	List<StoredEvent> read(String runId, EventPosition after, int limit) {
		return this.jdbc.sql(READ)
			.params(runId, after.epoch(), after.sequence(), limit, runId, after.epoch(), limit, limit)
			.query((row, number) -> new StoredEvent(runId, new EventPosition(row.getInt(1), row.getLong(2)),
					oneLine(this.payloads.decodeAlways(row.getString(3), Kind.EVENT, runId))))
			.list();
	}

	/** Removes line breaks, which in JSON can only be whitespace between tokens. */
	private static String oneLine(String json) {
		return (json.indexOf('\n') < 0 && json.indexOf('\r') < 0) ? json : json.replace('\n', ' ').replace('\r', ' ');
	}

	List<RunHead> heads(Collection<String> runIds) {
		return this.jdbc.sql(HEADS)
			.param("ids", runIds)
			.query((row, number) -> new RunHead(row.getString(1), RunStatus.valueOf(row.getString(2)), position(row)))
			.list();
	}

	private static @Nullable EventPosition position(ResultSet row) throws SQLException {
		long sequence = row.getLong(4);
		return row.wasNull() ? null : new EventPosition(row.getInt(3), sequence);
	}

	List<String> runsEndedBefore(long endedBefore, int limit) {
		return this.jdbc.sql(this.old)
			.param("begun", RunIds.before(endedBefore))
			.param("before", endedBefore)
			.param("limit", limit)
			.query(RetentionRows.KEY)
			.list();
	}

	int delete(List<String> runIds) {
		return this.jdbc.sql("delete from buddy_workflow_run_event where run_id in (:ids)")
			.param("ids", runIds)
			.update();
	}

}
