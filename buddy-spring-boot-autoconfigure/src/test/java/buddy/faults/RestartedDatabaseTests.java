package buddy.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import testkit.Missing;
import testkit.Ports;
import testkit.Programs;

import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The database server is stopped at once, as by a crash, while runs are in the midst of
 * their steps, and started again later: all of them go on where they were.
 */
class RestartedDatabaseTests {

	private static final int RUNS = 50;

	private static final int LEGS = 40;

	private static final Duration AWAY = Duration.ofSeconds(Nightly.size(3, 30));

	@TempDir
	private Path folder;

	private int port;

	private EmbeddedPostgres server;

	@Test
	void runsOutlastTheirDatabase() throws Exception {
		Nightly.only("LongOutageTests and StepCutTests, at their sizes in the nightly build too");
		this.port = Ports.free();
		startServer();
		ExecutorService callers = Executors.newFixedThreadPool(RUNS);
		try (TestApplication application = TestApplication.start(
				new String[] { "spring.datasource.url=" + this.server.getJdbcUrl("postgres", "postgres"),
						"spring.datasource.username=postgres", "spring.datasource.password=",
						"spring.datasource.hikari.connection-timeout=1000", "test.statements=false" },
				Workflows.class)) {
			Walk workflow = application.bean(Walk.class);
			List<Future<String>> results = new ArrayList<>();
			for (int i = 0; i < RUNS; i++) {
				String session = "s" + i;
				results.add(callers.submit(() -> WorkflowScope.session(session).call(() -> workflow.run(LEGS))));
			}
			Awaitility.await().until(() -> Walk.CALLS.size() > 2 * RUNS);

			stopServer();
			assertThat(results).as("runs that live").noneMatch(Future::isDone);
			long stopped = System.nanoTime();
			Awaitility.await().atMost(AWAY.plusSeconds(30)).until(() -> System.nanoTime() - stopped > AWAY.toNanos());
			startServer();
			long begun = System.nanoTime();
			for (Future<String> result : results) {
				assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo("gone");
			}
			System.out.printf("%d runs completed %d ms after the database came back%n", RUNS,
					TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
			check(application);
		}
		finally {
			callers.shutdownNow();
			this.server.close();
		}
	}

	private static void check(TestApplication application) {
		RunHistoryChecker checker = RunHistoryChecker.of(application);
		List<String> runs = new JdbcTemplate(application.bean(DataSource.class))
			.queryForList("select run_id from buddy_workflow_run", String.class);
		assertThat(runs).hasSize(RUNS);
		for (String runId : runs) {
			History history = checker.check(runId);
			assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(history.run().epoch()).isZero();
			assertThat(history.done()).hasSize(LEGS);
		}
		assertThat(Walk.CALLS).hasSize(RUNS * LEGS).allSatisfy((step, calls) -> assertThat(calls).isOne());
	}

	/** As {@code pg_ctl stop -m immediate} does. */
	private void stopServer() throws IOException {
		Path kill = Programs.find("kill").orElseThrow(() -> Missing.on("there is no program 'kill'", null));
		long pid = Long.parseLong(Files.readAllLines(this.folder.resolve("data/postmaster.pid")).get(0).strip());
		ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
		new ProcessBuilder(kill.toString(), "-QUIT", String.valueOf(pid)).inheritIO().start().onExit().join();
		Awaitility.await().until(() -> !process.isAlive());
		this.server.close();
	}

	private void startServer() throws IOException {
		this.server = EmbeddedPostgres.builder()
			.setPort(this.port)
			.setDataDirectory(this.folder.resolve("data"))
			.setCleanDataDirectory(false)
			.setServerConfig("fsync", "off")
			// else the server forgets what it has committed last
			.setServerConfig("synchronous_commit", "on")
			.start();
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Walk walk() {
			return new Walk();
		}

	}

	/** Takes its time for each step. */
	static class Walk extends Workflow {

		private static final Map<String, Integer> CALLS = new ConcurrentHashMap<>();

		private final CountDownLatch never = new CountDownLatch(1);

		String run(int legs) throws InterruptedException {
			for (int i = 1; i <= legs; i++) {
				int leg = i;
				this.<Integer, InterruptedException>step("leg", () -> go(leg));
			}
			return "gone";
		}

		private Integer go(int leg) throws InterruptedException {
			CALLS.merge(RunContext.current().runId() + " " + leg, 1, Integer::sum);
			this.never.await(50, TimeUnit.MILLISECONDS);
			return leg;
		}

	}

}
