package buddy.storage.jpa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.RunWaits;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every node asks for again and again reads the runs in progress, and not the many
 * that are paused or have ended. Neither does what an operator asks for.
 */
class PausedRunCostTests {

	private static final int PAUSED = 10_000;

	/** Pages of 8 kB. Ten thousand rows take hundreds. */
	private static final int FEW_PAGES = 40;

	private static final Pattern PAGES = Pattern.compile("shared hit=(\\d+)(?: read=(\\d+))?");

	@Test
	void pausedRunsCostNothingThoseWhoLookForRunsInProgress() {
		try (TestApplication application = TestApplication.start(TestDatabase.POSTGRESQL.create())) {
			JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
			application.bean(WorkflowSessionRepository.class).begin(TestRun.of("running").newRun());
			jdbc.update("insert into buddy_workflow_run (run_id, session_id, workflow_id, status, input, created_at,"
					+ " resume_at) select 'p' || n, 's1', 'w1', 'PAUSED', '{}', n,"
					+ " case when n % 2 = 0 then 4000000000000 + n end from generate_series(1, ?) n", PAUSED);
			jdbc.update(
					"insert into buddy_workflow_run (run_id, session_id, workflow_id, status, input, error, created_at)"
							+ " select '00000000-0000-7000-8000-' || lpad(n::text, 12, '0'), 's1', 'w1', 'ERROR', '{}',"
							+ " '{\"reason\":\"interrupted\"}', n from generate_series(1, ?) n",
					PAUSED);
			jdbc.execute("vacuum analyze buddy_workflow_run");
			RunOwners owners = application.bean(RunOwners.class);
			owners.seen("n1", 60_000);
			application.statements();

			owners.runsOf("n1");
			owners.orphans("n1", 100);
			owners.overview(Duration.ofSeconds(10));
			assertThat(owners.parked(200, Instant.now(), Duration.ofSeconds(10))).hasSize(200);

			RunWaits waits = application.bean(RunWaits.class);
			assertThat(waits.due(100)).isEmpty();
			assertThat(waits.hasTimed()).isTrue();

			List<Statement> asked = application.statements();
			// health and the gauge count the paused runs, in a statement that is asked
			// seldom
			assertThat(asked).hasSize(6)
				.filteredOn((select) -> !select.sql().contains("select count(*) from buddy_workflow_run where"))
				.hasSize(5)
				.allSatisfy((select) -> assertThat(pages(jdbc, select)).as(select.sql()).isLessThan(FEW_PAGES));
		}
	}

	private static int pages(JdbcTemplate jdbc, Statement select) {
		List<String> plan = jdbc.queryForList("explain (analyze, buffers) " + select.sql(), String.class,
				select.values().toArray());
		Matcher pages = PAGES
			.matcher(plan.stream().filter((line) -> line.contains("shared hit=")).findFirst().orElse(""));
		assertThat(pages.find()).as("%s", plan).isTrue();
		return Integer.parseInt(pages.group(1)) + ((pages.group(2) != null) ? Integer.parseInt(pages.group(2)) : 0);
	}

}
