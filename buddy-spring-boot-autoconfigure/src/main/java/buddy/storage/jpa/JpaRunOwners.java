package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.run.internal.StopReasons;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.storage.RunMeasures;
import buddy.storage.RunOwners;
import buddy.storage.codec.Payload.Kind;

import static buddy.storage.jpa.SessionRows.text;

/**
 * {@link RunOwners} in the database of the runs, independent of the caller's
 * transactions.
 */
final class JpaRunOwners implements RunOwners, AutoCloseable {

	/** A paused run has no owner, and costs nobody anything who looks for these. */
	private static final String IN_PROGRESS = "status in ('RUNNING', 'PENDING')";

	/** Each part has an index of its own where there may be many. */
	private static final String UNFINISHED = "(r." + IN_PROGRESS + " or r.status = 'PAUSED')";

	/**
	 * How far the clock of another node may be ahead. Ids of imported runs look later.
	 */
	private static final Duration LATEST = Duration.ofDays(365);

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final StoredPayloads payloads;

	private final Heartbeats heartbeats;

	private final String endOrphan;

	private final String endOwn;

	private final String orphans;

	private final String freeOrphans;

	private final String unfinished;

	private final String overview;

	private final String parked;

	private final String nodes;

	JpaRunOwners(DataSource dataSource, StatementSettings statements) {
		StorageTimeouts timeouts = statements.timeouts();
		SchemaTables tables = statements.tables();
		this.payloads = statements.payloads();
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, timeouts);
		this.jdbc = tables.client(dialect.template(dataSource, timeouts));
		this.heartbeats = new Heartbeats(dataSource, dialect, timeouts, tables);
		String now = dialect.now();
		this.freeOrphans = "update buddy_workflow_session set updated_at = " + dialect.greatest("updated_at")
				+ ", holder_run_id = case when holder_run_id = ? then null else holder_run_id end where session_id = ?";
		String end = "update buddy_workflow_run set status = ?, error = " + dialect.json()
				+ ", error_type = ?, ended_at = " + dialect.greatest("created_at")
				+ ", queued_at = null, last_event = (select max(e.sequence) from buddy_workflow_run_event e"
				+ " where e.run_id = buddy_workflow_run.run_id and e.epoch = coalesce(buddy_workflow_run.epoch, 0)) where run_id = ? and status in ('RUNNING', 'PENDING')";
		this.endOrphan = end + " and not " + LiveOwner.of("buddy_workflow_run", dialect);
		this.endOwn = end + " and owner_node = ?";
		// one statement, and one row with the time where there is no orphan
		this.orphans = "select o.run_id, o.created_at from (select r.run_id, r.created_at from buddy_workflow_run r where r."
				+ IN_PROGRESS + " and r.owner_node <> ? and not " + LiveOwner.of("r", dialect)
				+ " order by r.created_at, r.run_id limit ?) o union all select '', " + now + " order by 2, 1";
		this.unfinished = "select r.run_id, r.session_id, r.workflow_id, r.user_id, r.status, r.created_at, r.owner_node,"
				+ " o.started_at, o.seen_at, case when " + LiveOwner.of("r", dialect)
				+ " then 1 else 0 end, r.cancel_requested from buddy_workflow_run r"
				+ " left join buddy_node o on o.node_id = r.owner_node where " + UNFINISHED;
		String queued = "(select coalesce(not_before, created_at) as due_at from buddy_workflow_run where "
				+ QueueRows.QUEUED + " order by created_at limit 10000)";
		this.overview = "select (select min(created_at) from buddy_workflow_run where status = 'RUNNING'),"
				+ " count(distinct r.owner_node), count(*),"
				+ " (select count(*) from buddy_workflow_run where status = 'PAUSED'), (select count(*) from " + queued
				+ " q), (select " + dialect.now() + " - min(q.due_at) from " + queued
				+ " q) from buddy_workflow_run r where r." + IN_PROGRESS + " and not " + LiveOwner.of("r", dialect);
		this.nodes = "select n.node_id, n.started_at, n.seen_at, n.expires_at, case when "
				+ LiveOwner.believable("n", dialect)
				+ " then 1 else 0 end, coalesce(o.runs, 0) from buddy_node n left join (select r.owner_node, count(*) as runs"
				+ " from buddy_workflow_run r where r." + IN_PROGRESS
				+ " group by r.owner_node) o on o.owner_node = n.node_id order by n.started_at desc, n.node_id limit ?";
		// the reason is taken out by the database: a stack trace beside it may be large
		this.parked = "select p.run_id, p.session_id, p.workflow_id, p.user_id, p.reason, p.created_at, p.ended_at"
				+ " from (select r.run_id, r.session_id, r.workflow_id, r.user_id, r.created_at, r.ended_at,"
				+ " case when r.status = 'ERROR' and r.parent_run_id is null then "
				+ dialect.jsonField("r.error", "reason")
				+ " end as reason from buddy_workflow_run r where r.run_id < ? order by r.run_id desc limit ?) p"
				+ " where p.reason is not null order by p.run_id desc";
	}

	@Override
	public boolean seen(String nodeId, long leaseMillis) {
		if (this.transactions.joinsCaller()) {
			return false; // a run within a transaction has no row yet
		}
		this.heartbeats.beat(nodeId, leaseMillis);
		return true;
	}

	@Override
	public void left(String nodeId) {
		this.heartbeats.leave(nodeId);
	}

	@Override
	public void close() {
		this.heartbeats.close();
	}

	@Override
	public boolean requestCancel(String runId, String reason) {
		return this.transactions.writeBeside(() -> this.jdbc
			.sql("update buddy_workflow_run set cancel_requested = coalesce(cancel_requested, ?) where run_id = ? and "
					+ "(" + IN_PROGRESS + " or status = 'PAUSED')")
			.params(text(this.payloads.encodeText(reason, Kind.RUN_ERROR, runId)), runId)
			.update()) == 1;
	}

	@Override
	public List<OwnRun> runsOf(String nodeId) {
		return this.transactions.read(() -> this.jdbc
			.sql("select run_id, cancel_requested, coalesce(epoch, 0) from buddy_workflow_run where owner_node = ? and "
					+ IN_PROGRESS + " order by run_id")
			.param(nodeId)
			.query((row, number) -> new OwnRun(row.getString(1), reason(row, 2), row.getInt(3)))
			.list());
	}

	@Override
	public Orphans orphans(String nodeId, int limit) {
		return this.transactions.read(() -> {
			long[] now = new long[1];
			List<String> found = new ArrayList<>();
			this.jdbc.sql(this.orphans).params(nodeId, limit).query((row) -> {
				if (row.getString(1).isEmpty()) {
					now[0] = row.getLong(2);
				}
				else {
					found.add(row.getString(1));
				}
			});
			return new Orphans(found, now[0]);
		});
	}

	@Override
	public boolean endOrphan(String runId, OrphanEnd end) {
		return findUnfinished(runId).filter((run) -> !run.ownerAlive())
			.filter((run) -> end(this.endOrphan, run, end, null))
			.isPresent();
	}

	@Override
	public boolean endOwn(OwnRun run, String nodeId, OrphanEnd end) {
		return findUnfinished(run.runId()).filter((found) -> nodeId.equals(found.ownerNode()))
			.filter((found) -> end(this.endOwn, found, end, nodeId))
			.isPresent();
	}

	private boolean end(String sql, UnfinishedRun run, OrphanEnd end, @Nullable String nodeId) {
		try {
			return this.transactions.writeBeside(() -> {
				// lock the session first, as at every end
				this.jdbc.sql(this.freeOrphans).params(end.endedAt(), run.runId(), run.sessionId()).update();
				JdbcClient.StatementSpec update = this.jdbc.sql(sql)
					.params(end.status().name(), text(this.payloads.encodeError(end.error(), run.runId())),
							text(RunMeasures.of(null, end.error()).errorType()), end.endedAt(), run.runId());
				if (((nodeId != null) ? update.param(nodeId) : update).update() != 1) {
					throw new NoOrphanException();
				}
				return true;
			});
		}
		catch (NoOrphanException ex) {
			return false;
		}
	}

	@Override
	public void giveUp(String runId, int epoch, String nodeId) {
		leave(runId, epoch, nodeId, EarlierNodes.lost(nodeId));
	}

	@Override
	public void handOver(String runId, int epoch, String nodeId) {
		leave(runId, epoch, nodeId, HANDED_OVER + nodeId);
	}

	/** A node without a heartbeat counts as dead. */
	private void leave(String runId, int epoch, String nodeId, String owner) {
		this.transactions.writeBeside(() -> this.jdbc.sql(
				"update buddy_workflow_run set owner_node = ? where run_id = ? and coalesce(epoch, 0) = ? and owner_node = ? and "
						+ IN_PROGRESS)
			.params(owner, runId, epoch, nodeId)
			.update());
	}

	@Override
	public List<Execution> executions(String runId) {
		return this.transactions.read(() -> this.jdbc.sql(EarlierNodes.READ)
			.param(runId)
			.query((row, number) -> EarlierNodes.executions(row.getString(1), row.getString(2), row.getInt(3)))
			.optional()
			.orElse(List.of()));
	}

	@Override
	public Optional<UnfinishedRun> findUnfinished(String runId) {
		return this.transactions.read(() -> this.jdbc.sql(this.unfinished + " and r.run_id = ?")
			.param(runId)
			.query(this::toUnfinishedRun)
			.optional());
	}

	@Override
	public List<UnfinishedRun> unfinished(RunPage page) {
		RunPage.Cursor after = page.after();
		long at = (after != null) ? after.at().toEpochMilli() : Long.MAX_VALUE;
		String id = (after != null) ? after.id() : "";
		return this.transactions.read(() -> this.jdbc
			.sql(this.unfinished + " and (r.created_at < ? or (r.created_at = ? and r.run_id < ?))"
					+ " order by r.created_at desc, r.run_id desc limit ?")
			.params(at, at, id, page.limit())
			.query(this::toUnfinishedRun)
			.list());
	}

	@Override
	public Overview overview(Duration time) {
		return this.transactions.readWithin(time,
				() -> this.jdbc.sql(this.overview)
					.query((row, number) -> new Overview(time(row, 1), row.getInt(2), row.getInt(3), row.getLong(4),
							row.getLong(5), Math.max(0, row.getLong(6))))
					.single());
	}

	@Override
	public List<Node> nodes(int limit, Duration time) {
		return this.transactions.readWithin(time,
				() -> this.jdbc.sql(this.nodes)
					.param(limit)
					.query((row, number) -> new Node(row.getString(1), Instant.ofEpochMilli(row.getLong(2)),
							Instant.ofEpochMilli(row.getLong(3)), Instant.ofEpochMilli(row.getLong(4)),
							row.getInt(5) == 1, row.getLong(6)))
					.list());
	}

	@Override
	public List<ParkedRun> parked(int newest, Instant now, Duration time) {
		return this.transactions.readWithin(time,
				() -> this.jdbc.sql(this.parked)
					.params(RunIds.before(now.plus(LATEST).toEpochMilli()), newest)
					.query((row, number) -> new ParkedRun(row.getString(1), row.getString(2), row.getString(3),
							row.getString(4), row.getString(5), Instant.ofEpochMilli(row.getLong(6)), instant(row, 7)))
					.list()
					.stream()
					.filter((run) -> StopReasons.isParked(run.reason()))
					.toList());
	}

	private UnfinishedRun toUnfinishedRun(ResultSet row, int number) throws SQLException {
		return new UnfinishedRun(row.getString(1), row.getString(2), row.getString(3), row.getString(4),
				RunStatus.valueOf(row.getString(5)), Instant.ofEpochMilli(row.getLong(6)), row.getString(7),
				instant(row, 8), instant(row, 9), row.getInt(10) == 1, reason(row, 11));
	}

	private @Nullable String reason(ResultSet row, int column) throws SQLException {
		return this.payloads.decodeText(row.getString(column), Kind.RUN_ERROR, row.getString(1));
	}

	private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
		Long millis = time(row, column);
		return (millis != null) ? Instant.ofEpochMilli(millis) : null;
	}

	private static @Nullable Long time(ResultSet row, int column) throws SQLException {
		long time = row.getLong(column);
		return row.wasNull() ? null : time;
	}

	/** Rolls back the end of a run that is no longer an orphan. */
	private static final class NoOrphanException extends RuntimeException {

		NoOrphanException() {
			super("The run's owner lives, or the run has ended", null, false, false);
		}

	}

}
