package buddy.storage.jpa;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.event.RunEventStore;
import buddy.run.internal.RunIds;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a sweep of old events reads on PostgreSQL beside what it deletes, by the server's
 * own counters: of 100,000 runs with events, those alone that began long enough ago.
 */
class EventRetentionCostTests {

	private static final int RUNS = 100_000;

	/** When the first run began; the others follow, a second each. */
	private static final long FIRST = 1_700_000_000_000L;

	private static final long SECOND = 1000;

	private static TestApplication application;

	private static JdbcTemplate jdbc;

	private final RunEventStore events = application.bean(RunEventStore.class);

	@BeforeAll
	static void start() {
		String[] properties = TestDatabase.POSTGRESQL.create();
		properties[properties.length - 1] = "spring.datasource.hikari.maximum-pool-size=1";
		application = TestApplication.start(properties);
		jdbc = new JdbcTemplate(application.bean(DataSource.class));
		jdbc.update("insert into buddy_workflow_session (session_id, workflow_id, created_at, updated_at, version)"
				+ " values ('s', 'w', 0, 0, 0)");
		jdbc.execute("create table made as select n, begun, substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-'"
				+ " || lpad(to_hex(n), 12, '0') as id from (select n, begun, lpad(to_hex(begun), 12, '0') as hex"
				+ " from (select n, " + FIRST + " + n * " + SECOND + " as begun from generate_series(0, " + (RUNS - 1)
				+ ") n) a) b");
		// each takes a minute, but for some old ones that still run
		jdbc.update("insert into buddy_workflow_run (run_id, session_id, workflow_id, status, input, created_at,"
				+ " ended_at, last_event) select id, 's', 'w', case when n % 1000 = 0 then 'RUNNING' else 'COMPLETED' end,"
				+ " '{}', begun, case when n % 1000 = 0 then null else begun + 60000 end, 2 from made");
		jdbc.update("insert into buddy_workflow_run_event select id, 0, s, '{}' from made, generate_series(1, 2) s");
		jdbc.execute("vacuum analyze");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void sweepReadsNoRunsThatBeganLaterAndNoneTwice() {
		long before = FIRST + 100 * SECOND + 60000;
		long read = rowsRead();
		int deleted = this.events.deleteOfRunsEndedBefore(before, 1000);

		assertThat(deleted).isEqualTo(198); // one of the hundred still runs
		// the runs that began later than these and before the bound are looked at, too
		assertThat(rowsRead() - read).isLessThan(1500);

		jdbc.execute("vacuum analyze buddy_workflow_run_event");
		read = rowsRead();
		assertThat(this.events.deleteOfRunsEndedBefore(before, 1000)).isZero();
		assertThat(rowsRead() - read).isLessThan(500);

		read = rowsRead();
		assertThat(this.events.deleteOfRunsEndedBefore(FIRST + RUNS * SECOND, 20)).isEqualTo(40);
		assertThat(rowsRead() - read).isLessThan(1500);
	}

	@Test
	void idsOfRunsTellWhenTheyBegan() {
		long time = FIRST + 7 * SECOND;
		String id = new RunIds(Clock.fixed(Instant.ofEpochMilli(time), ZoneOffset.UTC)).next();
		assertThat(id).isLessThan(RunIds.before(time + 1)).isGreaterThan(RunIds.before(time));
		assertThat(RunIds.before(-1)).isEqualTo(RunIds.before(0)).isEqualTo("00000000-0000");
		assertThat(jdbc.queryForObject("select id from made where n = 7", String.class))
			.startsWith(RunIds.before(time));
	}

	/** The one connection hands in its counts, then reads them. */
	private static long rowsRead() {
		jdbc.execute("select pg_stat_force_next_flush()");
		return jdbc.queryForObject(
				"select (select sum(seq_tup_read) from pg_stat_user_tables where relname like 'buddy_workflow_run%')"
						+ " + (select sum(idx_tup_read) from pg_stat_user_indexes where relname like 'buddy_workflow_run%')",
				Long.class);
	}

}
