package buddy.storage.jpa;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import buddy.testkit.TestDatabase;

/**
 * A node of the version before steps, by the tables that it made and the statements that
 * it sends.
 */
final class EarlierVersion {

	private static final String LAST_SCRIPT = "4";

	private static final String UNFINISHED = "status in ('RUNNING', 'PENDING', 'PAUSED')";

	private final TestDatabase kind;

	private final DataSource dataSource;

	private final SqlDialect dialect;

	private final JdbcTemplate jdbc;

	/**
	 * Creates it.
	 * @param properties as {@link TestDatabase#create()} gives
	 */
	EarlierVersion(TestDatabase kind, String[] properties) {
		this.kind = kind;
		this.dataSource = new DriverManagerDataSource(value(properties, "url"), value(properties, "username"), "");
		this.dialect = SqlDialect.valueOf(kind.name());
		this.jdbc = this.dialect.template(this.dataSource);
	}

	private static String value(String[] properties, String name) {
		String key = "spring.datasource." + name + "=";
		return Stream.of(properties)
			.filter((property) -> property.startsWith(key))
			.findFirst()
			.orElseThrow()
			.substring(key.length());
	}

	void createTables() {
		Flyway.configure()
			.dataSource(this.dataSource)
			.table(SchemaVersion.HISTORY_TABLE)
			.locations("classpath:buddy/db/migration/" + this.kind.name().toLowerCase(Locale.ROOT))
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.placeholderReplacement(false)
			.target(LAST_SCRIPT)
			.load()
			.migrate();
	}

	/** A lease in the past makes a node that is dead. */
	void beats(String nodeId, long leaseMillis) {
		String now = this.dialect.now();
		int renewed = this.jdbc.update("update buddy_node set started_at = case when seen_at < " + now
				+ " - ? or seen_at > " + now + " + ? then " + now + " else started_at end, seen_at = " + now
				+ ", expires_at = " + now + " + ? where node_id = ?", leaseMillis, leaseMillis, leaseMillis, nodeId);
		if (renewed == 0) {
			this.jdbc.update("insert into buddy_node (node_id, started_at, seen_at, expires_at) values (?, " + now
					+ " - 100000, " + now + " - 90000, " + now + " + ?)", nodeId, leaseMillis);
		}
	}

	void createsSession(String sessionId, String state) {
		String json = this.dialect.json();
		this.jdbc.update("insert into buddy_workflow_session (session_id, workflow_id, user_id, session_name,"
				+ " session_state, media, workflow_data, extra_data, additional, created_at, updated_at, version, holder_run_id)"
				+ " values (?, 'greeting', null, null, " + json + ", null, null, null, null, 500, 500, 3, null)",
				sessionId, state);
	}

	void begins(String runId, String sessionId, String nodeId) {
		this.jdbc.update("insert into buddy_workflow_run (run_id, session_id, workflow_id, user_id, parent_run_id,"
				+ " status, input, response, error, created_at, ended_at, owner_node, queued_at) values"
				+ " (?, ?, 'greeting', null, null, 'RUNNING', " + this.dialect.json()
				+ ", null, null, 1000, null, ?, null)", runId, sessionId, "{\"name\":\"Ada\"}", nodeId);
	}

	/** It knows no other epoch than the first. */
	int tells(String runId, long sequence) {
		return this.jdbc.update(
				"insert into buddy_workflow_run_event (run_id, epoch, sequence, event) select run_id, ?, ?, "
						+ eventParameter() + " from buddy_workflow_run where run_id = ? and status = 'RUNNING'"
						+ this.dialect.forUpdate(),
				0, sequence, "{\"event\":\"CustomEvent\",\"n\":" + sequence + "}", runId);
	}

	private String eventParameter() {
		return switch (this.kind) {
			case POSTGRESQL -> "cast(? as json)";
			case H2 -> "? format json";
			default -> "?";
		};
	}

	int ends(String runId, String sessionId, String status, String response, String error) {
		String json = this.dialect.json();
		int ended = this.jdbc.update("update buddy_workflow_run set status = ?, response = " + json + ", error = "
				+ json + ", ended_at = ?, queued_at = null, last_event = ? where run_id = ?"
				+ " and status in ('RUNNING', 'PENDING')", status, response, error, 2000, 2, runId);
		this.jdbc.update("update buddy_workflow_session set updated_at = " + this.dialect.greatest("updated_at")
				+ " where session_id = ?", 2000, sessionId);
		return ended;
	}

	/** Ends the run of a dead node. */
	int endsOrphan(String runId) {
		return this.jdbc.update("update buddy_workflow_run set status = ?, error = " + this.dialect.json()
				+ ", ended_at = " + this.dialect.greatest("created_at")
				+ ", queued_at = null, last_event = (select max(e.sequence) from buddy_workflow_run_event e"
				+ " where e.run_id = buddy_workflow_run.run_id) where run_id = ? and status in ('RUNNING', 'PENDING')"
				+ " and not " + LiveOwner.of("buddy_workflow_run", this.dialect), "ERROR",
				"{\"message\":\"dead\",\"reason\":\"interrupted\"}", 3000, runId);
	}

	/** The runs of dead nodes that it would end. */
	List<String> orphans(String nodeId) {
		return this.jdbc.queryForList("select r.run_id from buddy_workflow_run r where r." + UNFINISHED
				+ " and r.status <> 'PAUSED' and r.owner_node <> ? and not " + LiveOwner.of("r", this.dialect)
				+ " order by r.created_at, r.run_id", String.class, nodeId);
	}

	JdbcTemplate jdbc() {
		return this.jdbc;
	}

}
