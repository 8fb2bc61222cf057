package buddy.storage.jpa;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.ToLongFunction;

import javax.sql.DataSource;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What a whole run costs on PostgreSQL beside its statements, by counters and without a
 * clock: log written, rows read, memory allocated; and that 10,000 earlier runs in the
 * session change none of it. Each figure is a lower quartile: a checkpoint, a full page
 * of an index, the server's own work and the compiler add to some runs, not to most. The
 * two sessions take turns, and the server takes no new statistics meanwhile: a plan that
 * changes changes for both.
 */
class RunCostTests {

	private static final int WARM_UP = 1000;

	private static final int RUNS = 101;

	private static final int LOG_PAGE = 8192;

	private static final int LOG_PAGE_HEADER = 24;

	private static final String FEW = UUID.randomUUID().toString();

	private static final String MANY = UUID.randomUUID().toString();

	private static ConfigurableApplicationContext context;

	private static JdbcTemplate jdbc;

	private static TallyWorkflow workflow;

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(TestDatabase.POSTGRESQL.create())
			.properties("spring.main.banner-mode=off", "buddy.scan.enabled=false",
					"spring.datasource.hikari.maximum-pool-size=1",
					"spring.datasource.hikari.connection-init-sql=set synchronous_commit = off")
			.run();
		workflow = context.getBean(TallyWorkflow.class);
		jdbc = new JdbcTemplate(context.getBean(DataSource.class));
		run(FEW);
		run(MANY);
		jdbc.update(
				"insert into buddy_workflow_run (run_id, session_id, workflow_id, status, input, response, created_at,"
						+ " ended_at) select gen_random_uuid(), ?, 'tally', 'COMPLETED', '{}', '{}', n, n"
						+ " from generate_series(1, 10000) n",
				MANY);
		jdbc.execute("alter table buddy_workflow_session set (autovacuum_enabled = false)");
		jdbc.execute("alter table buddy_workflow_run set (autovacuum_enabled = false)");
		jdbc.execute("vacuum analyze");
		for (int i = 0; i < WARM_UP; i++) {
			run((i % 2 == 0) ? FEW : MANY);
		}
		jdbc.execute("vacuum analyze");
	}

	@AfterAll
	static void stop() {
		if (context != null) {
			context.close();
		}
	}

	@Test
	void logOfARunIsSmallAndDoesNotGrowWithTheSession() {
		Costs costs = costs(RunCostTests::logOfARun);

		assertThat(costs.few()).isLessThanOrEqualTo(1500);
		assertThat((double) costs.many()).isCloseTo(costs.few(), within(0.1 * costs.few()));
	}

	@Test
	void rowsReadByARunDoNotGrowWithTheSession() {
		Costs costs = costs(RunCostTests::rowsReadByARun);

		assertThat(costs.many()).isEqualTo(costs.few()).isLessThanOrEqualTo(10);
	}

	@Test
	void memoryOfARunDoesNotGrowWithTheSession() {
		Costs costs = costs(RunCostTests::memoryOfARun);

		assertThat(costs.few()).isLessThanOrEqualTo(24_000);
		assertThat((double) costs.many()).isCloseTo(costs.few(), within(0.05 * costs.few()));
	}

	@Test
	void storeUsesAThirdOfTheMemoryThatARunMayUse() {
		long[] costs = new long[RUNS];
		Arrays.setAll(costs, (i) -> memoryOfTheStore());

		assertThat(usual(costs)).isLessThanOrEqualTo(8_000);
	}

	private static Costs costs(ToLongFunction<String> cost) {
		long[] few = new long[RUNS];
		long[] many = new long[RUNS];
		for (int i = 0; i < RUNS; i++) {
			few[i] = cost.applyAsLong(FEW);
			many[i] = cost.applyAsLong(MANY);
		}
		return new Costs(usual(few), usual(many));
	}

	/** A run that nothing disturbs costs the same each time. */
	private static long usual(long[] costs) {
		Arrays.sort(costs);
		return costs[costs.length / 4];
	}

	/**
	 * Without the header of a page that the run's records happen to begin, which comes
	 * every 8 kB whoever writes.
	 */
	private static long logOfARun(String session) {
		long before = logPosition();
		run(session);
		long after = logPosition();
		return after - before - LOG_PAGE_HEADER * (after / LOG_PAGE - before / LOG_PAGE);
	}

	private static long logPosition() {
		return jdbc.queryForObject("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint", Long.class);
	}

	private static long rowsReadByARun(String session) {
		long before = rowsRead();
		run(session);
		return rowsRead() - before;
	}

	/** The one connection hands in its counts, then reads them. */
	private static long rowsRead() {
		jdbc.execute("select pg_stat_force_next_flush()");
		return jdbc.queryForObject("select sum(seq_tup_read) + sum(idx_tup_fetch) from pg_stat_user_tables"
				+ " where relname like 'buddy_workflow_%'", Long.class);
	}

	private static long memoryOfARun(String session) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		run(session);
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

	private static long memoryOfTheStore() {
		WorkflowSessionRepository repository = context.getBean(WorkflowSessionRepository.class);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		NewRun run = TestRun.of(UUID.randomUUID().toString()).session(FEW).workflow("tally").at(1).newRun();
		long before = threads.getCurrentThreadAllocatedBytes();
		OpenedSession opened = repository.begin(run);
		repository.end(new RunEnd(run, true, RunStatus.COMPLETED, "{}", null, 5,
				new RunEnd.StateChange("{\"count\":3}", opened.session().version())));
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

	private static void run(String session) {
		WorkflowScope.session(session).run(() -> workflow.run(1));
	}

	/** Lower quartiles, of the session with few and of the one with many earlier runs. */
	private record Costs(long few, long many) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		TallyWorkflow tallyWorkflow() {
			return new TallyWorkflow();
		}

	}

	static class TallyWorkflow extends Workflow {

		long run(int amount) {
			return sessionState().increment("count", amount);
		}

	}

}
