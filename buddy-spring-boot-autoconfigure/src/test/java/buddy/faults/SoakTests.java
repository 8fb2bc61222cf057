package buddy.faults;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import buddy.durable.StepStatus;
import buddy.run.RunStatus;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SubmitOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many runs a second for a long time, while one of two nodes is killed every minute and
 * all connections are cut every twenty seconds: no run is lost, the queue is empty at the
 * end, and the memory of the node that lives does not grow.
 */
class SoakTests {

	private static final int SECONDS = Nightly.size(10, 1800);

	private static final int RUNS_A_SECOND = 50;

	private static final int LEGS = 3;

	private static final int KILL_AFTER = 60;

	private static final int CUT_AFTER = 20;

	/** Classes are loaded and pools filled by then. */
	private static final int WARM_AFTER = 120;

	private static final String READY = "Node is ready";

	private static final String HEAP = "Heap after collection ";

	private static final String[] SETTINGS = { "buddy.engine.enabled=true", "buddy.engine.threads=16",
			"buddy.engine.poll-interval=200ms", "buddy.node.lease=10s", "buddy.node.heartbeat-interval=1s",
			"buddy.node.end-orphans=true", "buddy.durable.recover=auto", "test.statements=false" };

	private final AtomicInteger submitted = new AtomicInteger();

	@Test
	void noRunIsLostAndNoMemory() throws Exception {
		Nightly.only("nothing of that length");
		String[] properties = TestDatabase.POSTGRESQL.create();
		JavaProcess lives = node(properties);
		JavaProcess dies = node(properties);
		try (TestApplication here = TestApplication.start(
				Stream.concat(Stream.of(properties), Stream.of("test.statements=false")).toArray(String[]::new),
				Workflows.class)) {
			lives.awaitLine(READY);
			int runs = SECONDS * RUNS_A_SECOND;
			ScheduledExecutorService load = Executors.newScheduledThreadPool(4);
			load.scheduleAtFixedRate(() -> submit(here, runs), 0, 1_000_000 / RUNS_A_SECOND, TimeUnit.MICROSECONDS);
			long begun = System.nanoTime();
			int kills = 0;
			for (int second = CUT_AFTER / 2; second <= SECONDS; second += CUT_AFTER / 2) {
				awaitSecond(begun, second);
				if (second % CUT_AFTER == 0) {
					cutAll(properties);
				}
				if (second % KILL_AFTER == KILL_AFTER / 2) {
					dies.kill();
					dies = node(properties);
					kills++;
				}
			}
			int waiting = Awaitility.await()
				.ignoreExceptionsInstanceOf(DataAccessException.class)
				.until(() -> count(here, "select count(*) from buddy_workflow_run where status = 'PENDING'"),
						(number) -> true);
			awaitEnd(here, runs);
			load.shutdownNow();
			check(here, runs);
			List<Long> heaps = lives.lines(HEAP).stream().map(Long::valueOf).toList();
			double growth = growth(heaps.subList(Math.min(heaps.size(), WARM_AFTER / 5), heaps.size()));
			System.out.printf(
					"%d runs in %d s, %d of them queued then, under %d kills; heap %d to %d kB, %.0f kB a"
							+ " minute%n",
					runs, SECONDS, waiting, kills, heaps.get(0) >> 10, heaps.get(heaps.size() - 1) >> 10,
					growth / 1024);
			if (SECONDS > 2 * WARM_AFTER) {
				assertThat(growth).as("bytes a minute, of %s", heaps).isLessThan(1 << 20);
			}
			assertThat(lives.isAlive()).isTrue();
		}
		finally {
			lives.close();
			dies.close();
		}
	}

	private static JavaProcess node(String[] properties) {
		return JavaProcess.start(SoakTests.class,
				Stream.concat(Stream.of(properties), Stream.of(SETTINGS)).toArray(String[]::new));
	}

	/** The key lets it be tried until it is known that it was stored. */
	private void submit(TestApplication here, int runs) {
		int number = this.submitted.getAndIncrement();
		WorkflowRuns queue = here.bean(WorkflowRuns.class).ofEverybody();
		for (int tries = 0; number < runs && tries < 100; tries++) {
			try {
				queue.submit("legs", Map.of("legs", LEGS), SubmitOptions.none().idempotencyKey("run " + number));
				return;
			}
			catch (RuntimeException ex) {
				// the connection was cut
			}
		}
	}

	private static void awaitSecond(long begun, int second) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.pollInterval(Duration.ofMillis(100))
			.until(() -> System.nanoTime() - begun >= TimeUnit.SECONDS.toNanos(second));
	}

	private static void cutAll(String[] properties) {
		String url = properties[0].substring("spring.datasource.url=".length());
		new JdbcTemplate(new DriverManagerDataSource(url, "postgres", ""))
			.queryForList("select pg_terminate_backend(pid) from pg_stat_activity"
					+ " where datname = current_database() and pid <> pg_backend_pid()");
	}

	private static void awaitEnd(TestApplication here, int runs) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(5))
			.pollInterval(Duration.ofSeconds(1))
			.ignoreExceptionsInstanceOf(DataAccessException.class)
			.untilAsserted(() -> {
				assertThat(count(here, "select count(*) from buddy_workflow_run where status = 'COMPLETED'"))
					.isEqualTo(runs);
				assertThat(count(here, "select count(*) from buddy_task")).isZero();
			});
	}

	/** The whole history of those that were continued, and of some others. */
	private static void check(TestApplication here, int runs) {
		assertThat(count(here, "select count(*) from buddy_workflow_run")).isEqualTo(runs);
		assertThat(count(here, "select count(*) from buddy_workflow_run_step")).isEqualTo(runs * LEGS);
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		RunHistoryChecker checker = RunHistoryChecker.of(here);
		List<String> continued = jdbc.queryForList("select run_id from buddy_workflow_run where epoch > 0",
				String.class);
		List<String> others = jdbc.queryForList("select run_id from buddy_workflow_run where epoch is null limit 500",
				String.class);
		Stream.concat(continued.stream(), others.stream()).forEach((runId) -> {
			History history = checker.check(runId, JourneyNode::joined);
			assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(history.steps()).hasSize(LEGS).allMatch((step) -> step.head().status() == StepStatus.DONE);
		});
		System.out.println(continued.size() + " runs were continued");
	}

	private static int count(TestApplication here, String sql) {
		return new JdbcTemplate(here.bean(DataSource.class)).queryForObject(sql, Integer.class);
	}

	/**
	 * The slope of the line through values that are five seconds apart, by the minute.
	 */
	private static double growth(List<Long> values) {
		double middle = (values.size() - 1) / 2.0;
		double mean = values.stream().mapToLong(Long::longValue).average().orElse(0);
		double above = 0;
		double below = 0;
		for (int i = 0; i < values.size(); i++) {
			above += (i - middle) * (values.get(i) - mean);
			below += (i - middle) * (i - middle);
		}
		return (below > 0) ? 12 * above / below : 0;
	}

	/** A node that executes queued runs, and says how much memory is in use. */
	public static void main(String[] properties) throws InterruptedException {
		TestApplication.start(properties, Workflows.class);
		System.out.println(READY);
		CountDownLatch never = new CountDownLatch(1);
		while (!never.await(5, TimeUnit.SECONDS)) {
			System.gc();
			System.out.println(HEAP + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Legs legs() {
			return new Legs();
		}

	}

	/** Some steps, which need no database themselves. */
	static class Legs extends Workflow {

		private final CountDownLatch never = new CountDownLatch(1);

		String run(int legs) throws InterruptedException {
			List<String> gone = new ArrayList<>();
			for (int i = 1; i <= legs; i++) {
				String leg = "leg" + i;
				gone.add(this.<String, InterruptedException>step("leg", () -> go(leg)));
			}
			return String.join(" ", gone);
		}

		private String go(String leg) throws InterruptedException {
			this.never.await(20, TimeUnit.MILLISECONDS);
			return leg;
		}

	}

}
