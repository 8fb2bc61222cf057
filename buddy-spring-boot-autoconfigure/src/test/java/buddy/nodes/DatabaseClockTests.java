package buddy.nodes;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.session.SessionConcurrency;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two nodes whose database's clock is set while they have runs: no process that lives is
 * taken for dead, and one that is dead still is.
 */
class DatabaseClockTests {

	private static final long LEASE = 3000;

	private static final String[] SETTINGS = { "buddy.node.lease=3s", "buddy.node.heartbeat-interval=200ms",
			"buddy.runs.cancel-poll-interval=50ms", "buddy.node.end-orphans=true", "buddy.session.concurrency=wait",
			"buddy.session.wait-timeout=5m",
			// the test's clock_timestamp() comes before the database's own
			"spring.datasource.hikari.connection-init-sql=set search_path to public, pg_catalog" };

	private TestApplication here;

	private TestApplication there;

	private JdbcTemplate jdbc;

	@BeforeEach
	void start() {
		Nightly.only("ClockJumpTests sets the clock of a node");
		String[] properties = Stream.of(TestDatabase.POSTGRESQL.create(), SETTINGS)
			.flatMap(Stream::of)
			.toArray(String[]::new);
		this.here = TestApplication.start(properties, Workflows.class);
		this.there = TestApplication.start(properties, Workflows.class);
		this.jdbc = new JdbcTemplate(this.here.bean(DataSource.class));
		this.jdbc.execute("create table clock_is_set (seconds int)");
		this.jdbc.update("insert into clock_is_set values (0)");
		this.jdbc.execute("create function public.clock_timestamp() returns timestamptz volatile language sql as"
				+ " $$ select pg_catalog.clock_timestamp() + (select seconds from public.clock_is_set) * interval '1 second' $$");
	}

	@AfterEach
	void stop() {
		Stream.of(this.here, this.there).filter((application) -> application != null).forEach((application) -> {
			application.bean(Held.class).goOn();
			application.close();
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 3600, -3600, 60, -60 })
	void onlyTheDeadAreTakenForDead(int seconds) {
		Held theirs = this.there.bean(Held.class);
		Held ours = this.here.bean(Held.class);
		CompletableFuture<String> holding = inBackground(() -> theirs.run("held"));
		awaitStatus("held", "RUNNING");
		CompletableFuture<String> waiting = inBackground(() -> ours.run("held"));
		awaitStatus("held", "PENDING");
		runOfADeadNode("before");
		awaitStatus("before", "ERROR"); // what is dead is ended from now on
		this.here.bean(RunOwners.class).seen("dead", LEASE);
		runOfADeadNode("dies");

		this.jdbc.update("update clock_is_set set seconds = ?", seconds);

		awaitStatus("dies", "ERROR");
		assertThat(statuses("held")).containsExactly("PENDING", "RUNNING");
		theirs.goOn();
		assertThat(holding).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("done");
		ours.goOn();
		assertThat(waiting).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("done");
		assertThat(statuses("held")).containsExactly("COMPLETED", "COMPLETED");
	}

	private void runOfADeadNode(String session) {
		this.here.bean(WorkflowSessionRepository.class)
			.begin(TestRun.of(UUID.randomUUID().toString())
				.session(session)
				.workflow("held")
				.at(1000)
				.newRun()
				.with(SessionConcurrency.MERGE, "dead"));
	}

	private void awaitStatus(String session, String status) {
		Awaitility.await()
			.atMost(60, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(statuses(session)).contains(status));
	}

	private List<String> statuses(String session) {
		return this.jdbc.queryForList("select status from buddy_workflow_run where session_id = ? order by status",
				String.class, session);
	}

	private static CompletableFuture<String> inBackground(Callable<String> body) {
		CompletableFuture<String> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(body.call());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Held held() {
			return new Held();
		}

	}

	static class Held extends Workflow {

		private final CountDownLatch goOn = new CountDownLatch(1);

		void goOn() {
			this.goOn.countDown();
		}

		String run(@SessionId String session) throws InterruptedException {
			while (!this.goOn.await(20, TimeUnit.MILLISECONDS)) {
				sessionState(); // stops the run if it was asked to stop
			}
			return "done";
		}

	}

}
