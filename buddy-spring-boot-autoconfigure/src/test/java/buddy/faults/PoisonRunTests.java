package buddy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.durable.RunJournal;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.storage.NewRun;
import buddy.storage.SessionSeed;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A run takes its process down whenever it is continued, and others run beside it: only
 * that one is given up.
 */
class PoisonRunTests {

	private static final Duration MOST = Duration.ofSeconds(60);

	private static final String POISON = "poison";

	private static final String OVER = "All runs have ended";

	private static final int OTHERS = 12;

	@Test
	void onlyTheRunThatHaltsItsProcessIsGivenUp() {
		Assumptions.assumeTrue(Nightly.size(0, 1) == 1, "six processes, one after the other");
		String[] database = TestDatabase.H2.create();
		try (TestApplication here = start(database, "buddy.node.end-orphans=false")) {
			for (int i = 0; i < OTHERS; i++) {
				begin(here, "run" + i);
				if (i == OTHERS / 2) {
					begin(here, POISON);
				}
			}
		}
		int deaths = 0;
		boolean over = false;
		while (!over) {
			try (JavaProcess process = JavaProcess.start(PoisonRunTests.class, database)) {
				Awaitility.await().atMost(MOST).until(() -> !process.isAlive() || !process.lines(OVER).isEmpty());
				over = process.isAlive();
				deaths += over ? 0 : 1;
			}
			assertThat(deaths).isLessThanOrEqualTo(5);
		}
		try (TestApplication here = start(database, "buddy.node.end-orphans=false")) {
			List<Map<String, Object>> rows = new JdbcTemplate(here.bean(DataSource.class)).queryForList(
					"select run_id, cast(error as varchar) as error from buddy_workflow_run where status <> 'COMPLETED'");
			assertThat(rows).singleElement().satisfies((row) -> {
				assertThat(row.get("run_id")).isEqualTo(POISON);
				assertThat(String.valueOf(row.get("error"))).contains("poisoned");
			});
		}
		assertThat(deaths).isEqualTo(5);
	}

	/** Two deaths, and nothing recorded since: each may be the cause. */
	@Test
	void suspectsAreContinuedOneAtATime() {
		try (TestApplication here = start(TestDatabase.H2.create())) {
			RunJournal journal = here.bean(RunJournal.class);
			begin(here, "hold1", 2);
			begin(here, "hold2", 2);
			begin(here, "free");

			await(() -> assertThat(status(here, "free")).isEqualTo("COMPLETED"));
			await(() -> assertThat(Legs.STANDING).containsOnlyKeys("hold1"));
			assertThat(epoch(here, "hold2")).isEqualTo(2);
			Legs.goOn("hold1");

			await(() -> assertThat(Legs.STANDING).containsOnlyKeys("hold1", "hold2"));
			assertThat(journal.heads("hold1")).as("it has recorded a step, and has not ended").hasSize(1);
			Legs.goOn("hold2");
			Legs.goOn("hold1");
			Legs.goOn("hold2");
			await(() -> assertThat(status(here, "hold2")).isEqualTo("COMPLETED"));
			await(() -> assertThat(status(here, "hold1")).isEqualTo("COMPLETED"));
		}
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(MOST).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
	}

	private static String status(TestApplication here, String runId) {
		return new JdbcTemplate(here.bean(DataSource.class))
			.queryForObject("select status from buddy_workflow_run where run_id = ?", String.class, runId);
	}

	private static int epoch(TestApplication here, String runId) {
		return new JdbcTemplate(here.bean(DataSource.class))
			.queryForObject("select coalesce(epoch, 0) from buddy_workflow_run where run_id = ?", Integer.class, runId);
	}

	private static void begin(TestApplication here, String runId) {
		begin(here, runId, 0);
	}

	/** Begins a run of a process that is dead. */
	private static void begin(TestApplication here, String runId, int recoveries) {
		here.bean(WorkflowSessionRepository.class)
			.begin(NewRun.builder(new RunKey(runId, "legs", "s-" + runId, null), new SessionSeed(null, null, null))
				.createdAt(System.currentTimeMillis())
				.input("{}")
				.ownerNode("dead")
				.build());
		new JdbcTemplate(here.bean(DataSource.class)).update(
				"update buddy_workflow_run set epoch = ?, recoveries = ? where run_id = ?", recoveries, recoveries,
				runId);
	}

	private static TestApplication start(String[] database, String... more) {
		List<String> all = new ArrayList<>(List.of(database));
		all.addAll(List.of("buddy.node.lease=2s", "buddy.node.heartbeat-interval=200ms", "buddy.node.end-orphans=true",
				"buddy.durable.recover=auto"));
		all.addAll(List.of(more));
		return TestApplication.start(all.toArray(String[]::new), LegsConfiguration.class);
	}

	public static void main(String[] database) throws InterruptedException {
		TestApplication here = start(database);
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		await(() -> assertThat(
				jdbc.queryForList("select run_id from buddy_workflow_run where status = 'RUNNING'", String.class))
			.isEmpty());
		System.out.println(OVER);
		new CountDownLatch(1).await();
	}

	@Configuration(proxyBeanMethods = false)
	static class LegsConfiguration {

		@Bean
		static Legs legs() {
			return new Legs();
		}

	}

	/** Two steps; what they do depends on the id of the run. */
	static class Legs extends Workflow {

		/** Where runs stand; static, since the bean is a proxy. */
		private static final Map<String, CountDownLatch> STANDING = new ConcurrentHashMap<>();

		@Override
		public String workflowId() {
			return "legs";
		}

		String run() {
			String runId = RunContext.current().runId();
			if (runId.equals(POISON)) {
				Runtime.getRuntime().halt(1);
			}
			for (int i = 1; i <= 2; i++) {
				step("leg", () -> stand(runId));
			}
			return runId;
		}

		private String stand(String runId) {
			if (runId.startsWith("hold")) {
				CountDownLatch gate = new CountDownLatch(1);
				STANDING.put(runId, gate);
				try {
					gate.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			return runId;
		}

		static void goOn(String runId) {
			await(() -> assertThat(STANDING.get(runId).getCount()).isOne());
			STANDING.get(runId).countDown();
		}

	}

}
