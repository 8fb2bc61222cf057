package buddy.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunResponseEvent;
import buddy.run.RunTimedOutException;
import buddy.session.SessionConcurrency;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose wall clock is set by a minute or an hour while runs are in
 * progress: whatever takes its time, takes it by a clock that nobody sets.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClockJumpTests {

	private static final String[] SETTINGS = { "buddy.runs.cancel-poll-interval=20ms", "buddy.runs.idle-timeout=5m",
			"buddy.runs.timeout=5m", "buddy.node.heartbeat-interval=1m", "buddy.node.lease=10m",
			"buddy.retention.run-age=30m", "buddy.retention.session-age=30m", "buddy.events.retention=30m",
			"buddy.retention.interval=20ms" };

	private TestApplication application;

	private Jumping clock;

	private JdbcTemplate jdbc;

	@BeforeEach
	void start() {
		this.application = TestApplication.start(
				Stream.of(TestDatabase.H2.create(), SETTINGS).flatMap(Stream::of).toArray(String[]::new),
				Workflows.class);
		this.clock = this.application.bean(Jumping.class);
		this.jdbc = new JdbcTemplate(this.application.bean(DataSource.class));
	}

	@AfterEach
	void stop() {
		this.application.bean(Held.class).goOn();
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT1H", "PT-1H", "PT1M", "PT-1M" })
	void runsInProgressGoOn(Duration jump) {
		Iterator<RunResponseEvent> pulled = this.application.bean(Pulled.class).run("pulled").iterator();
		pulled.next();
		pulled.next();
		Held held = this.application.bean(Held.class);
		CompletableFuture<String> holding = inBackground(() -> held.run("held"));
		awaitRuns(2);
		CompletableFuture<String> waiting = inBackground(() -> held.run("held"));
		awaitRuns(3);

		this.clock.set(jump);
		lookedAfterOnceMore();

		assertThat(statuses()).containsExactly("CANCELLED", "PENDING", "RUNNING", "RUNNING");
		held.goOn();
		assertThat(holding).succeedsWithin(Duration.ofSeconds(20));
		assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
		assertThat(pulled).toIterable().hasSizeGreaterThan(2);
		assertThat(statuses()).containsExactly("CANCELLED", "COMPLETED", "COMPLETED", "COMPLETED");
		assertThat(this.jdbc.queryForObject("select min(ended_at - created_at) from buddy_workflow_run", Long.class))
			.isNotNegative();
	}

	@Test
	void retentionDeletesNothingThatIsYoung(CapturedOutput output) {
		IntStream.range(0, 3).forEach((i) -> this.application.bean(Pulled.class).run("s" + i).forEach((event) -> {
		}));
		long events = rows("buddy_workflow_run_event");
		assertThat(events).isPositive();

		this.clock.set(Duration.ofHours(1));
		Awaitility.await().until(() -> output.getOut().contains("The clock has jumped ahead by "));
		this.clock.set(Duration.ZERO);
		age("s0");
		Awaitility.await().until(() -> rows("buddy_workflow_session") < 3);

		assertThat(rows("buddy_workflow_session")).isEqualTo(2);
		assertThat(rows("buddy_workflow_run")).isEqualTo(2);
		assertThat(rows("buddy_workflow_run_event")).isEqualTo(events / 3 * 2);
	}

	@Test
	void sweepOfRetentionGoesByOneReadingOfTheClock() {
		IntStream.range(0, 3).forEach((i) -> this.application.bean(Pulled.class).run("s" + i).forEach((event) -> {
		}));
		long events = rows("buddy_workflow_run_event");

		this.clock.jumpBetweenReadingsOf("buddy-retention");
		Awaitility.await().until(() -> this.clock.readings.get() > 20);

		assertThat(rows("buddy_workflow_session")).isEqualTo(3);
		assertThat(rows("buddy_workflow_run_event")).isEqualTo(events);
	}

	/** A run that ends by its time limit has been looked at again and again. */
	private void lookedAfterOnceMore() {
		Held held = this.application.bean(Held.class);
		CompletableFuture<String> limited = inBackground(
				() -> WorkflowScope.empty().timeout(Duration.ofMillis(300)).call(() -> held.run("limited")));
		assertThat(limited).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withCauseInstanceOf(RunTimedOutException.class);
	}

	private void age(String session) {
		long hours = Duration.ofHours(2).toMillis();
		this.jdbc.update("update buddy_workflow_session set updated_at = updated_at - ? where session_id = ?", hours,
				session);
	}

	private void awaitRuns(int runs) {
		Awaitility.await().until(() -> rows("buddy_workflow_run") == runs);
	}

	private long rows(String table) {
		return this.jdbc.queryForObject("select count(*) from " + table, Long.class);
	}

	private List<String> statuses() {
		return this.jdbc.queryForList("select status from buddy_workflow_run order by status", String.class);
	}

	private static CompletableFuture<String> inBackground(Callable<String> body) {
		CompletableFuture<String> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(WorkflowScope.empty()
					.concurrency(SessionConcurrency.WAIT)
					.waitTimeout(Duration.ofMinutes(5))
					.call(body::call));
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
		Jumping clock() {
			return new Jumping();
		}

		@Bean
		Held held() {
			return new Held();
		}

		@Bean
		Pulled pulled() {
			return new Pulled();
		}

	}

	/** The machine's clock, set by somebody. */
	static class Jumping extends Clock {

		private final AtomicInteger readings = new AtomicInteger();

		private volatile Duration setBy = Duration.ZERO;

		private volatile String jumpsFor = "nobody";

		/** Every second reading of a thread is an hour ahead. */
		void jumpBetweenReadingsOf(String thread) {
			this.jumpsFor = thread;
		}

		void set(Duration setBy) {
			this.setBy = setBy;
		}

		@Override
		public ZoneId getZone() {
			return Clock.systemUTC().getZone();
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			boolean jumps = Thread.currentThread().getName().equals(this.jumpsFor)
					&& this.readings.incrementAndGet() % 2 == 0;
			return Clock.systemUTC().instant().plus(jumps ? Duration.ofHours(1) : this.setBy);
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

	static class Pulled extends Workflow {

		Stream<RunResponseEvent> run(@SessionId String session) {
			return IntStream.range(0, 5).mapToObj((i) -> RunResponseEvent.content("piece " + i));
		}

	}

}
