package buddy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunStatus;
import buddy.testkit.JavaProcess;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSchedules;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A schedule fires every second on three nodes, of which one is killed: each time begins
 * one run at most, and none is missed for longer than it takes to notice the death.
 */
class KilledScheduleNodeTests {

	private static final int SECONDS = Nightly.size(10, 300);

	private static final String READY = "Node is ready";

	private static final String[] SETTINGS = { "buddy.engine.enabled=true", "buddy.engine.poll-interval=200ms",
			"buddy.node.lease=4s", "buddy.node.heartbeat-interval=400ms", "buddy.node.end-orphans=true",
			"buddy.durable.recover=auto", "test.statements=false" };

	/** The lease, two heartbeats, and the time that a busy machine takes. */
	private static final Duration TAKEN_OVER = Duration.ofSeconds(15);

	@Test
	void eachTimeBeginsOneRunThoughANodeIsKilled() {
		Nightly.only("ScheduleTests has two nodes, of which one is closed");
		String[] properties = TestDatabase.POSTGRESQL.create();
		List<JavaProcess> nodes = new ArrayList<>();
		try (TestApplication here = TestApplication.start(properties, Workflows.class)) {
			for (int i = 0; i < 3; i++) {
				nodes.add(JavaProcess.start(KilledScheduleNodeTests.class,
						Stream.of(properties, SETTINGS).flatMap(Stream::of).toArray(String[]::new)));
			}
			nodes.forEach((node) -> node.awaitLine(READY));
			WorkflowSchedules schedules = here.bean(WorkflowSchedules.class);
			Schedule created = schedules.create(ScheduleDefinition.of("tick").id("often").every(Duration.ofSeconds(1)));
			await(SECONDS / 2);
			nodes.get(0).kill();
			await(SECONDS - SECONDS / 2);
			Schedule paused = schedules.pause("often");
			nodes.subList(1, 3).forEach((node) -> assertThat(node.isAlive()).isTrue());
			check(here, created, paused);
		}
		finally {
			nodes.forEach(JavaProcess::close);
		}
	}

	private static void check(TestApplication here, Schedule created, Schedule paused) {
		JdbcTemplate jdbc = new JdbcTemplate(here.bean(DataSource.class));
		Awaitility.await()
			.untilAsserted(() -> assertThat(jdbc.queryForList(
					"select run_id from buddy_workflow_run where status in ('PENDING', 'RUNNING')", String.class))
				.isEmpty());
		RunHistoryChecker checker = RunHistoryChecker.of(here);
		List<String> runs = jdbc.queryForList("select run_id from buddy_workflow_run", String.class);
		assertThat(runs)
			.allSatisfy((runId) -> assertThat(checker.check(runId).run().status()).isEqualTo(RunStatus.COMPLETED));
		List<Long> begun = jdbc.queryForList("select created_at from buddy_workflow_run order by created_at",
				Long.class);
		long longest = 0;
		for (int i = 1; i < begun.size(); i++) {
			longest = Math.max(longest, begun.get(i) - begun.get(i - 1));
		}
		long times = Duration.between(created.nextFireAt(), paused.lastFireAt()).toSeconds() + 1;
		System.out.printf("%d runs of %d times, the longest pause was %d ms%n", begun.size(), times, longest);
		assertThat((long) begun.size()).isBetween(times - TAKEN_OVER.toSeconds(), times);
		assertThat(longest).isLessThan(TAKEN_OVER.toMillis());
	}

	private static void await(int seconds) {
		long since = System.nanoTime();
		Awaitility.await()
			.atMost(Duration.ofSeconds(seconds + 30))
			.pollInterval(Duration.ofMillis(100))
			.until(() -> System.nanoTime() - since > TimeUnit.SECONDS.toNanos(seconds));
	}

	/** A node that executes queued runs. */
	public static void main(String[] properties) throws InterruptedException {
		TestApplication.start(properties, Workflows.class);
		System.out.println(READY);
		new CountDownLatch(1).await();
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Tick tick() {
			return new Tick();
		}

	}

	/** Has one step. */
	static class Tick extends Workflow {

		String run() {
			return step("tick", () -> "tick");
		}

	}

}
