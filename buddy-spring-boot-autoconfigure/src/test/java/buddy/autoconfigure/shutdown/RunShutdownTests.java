package buddy.autoconfigure.shutdown;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import reactor.core.publisher.Flux;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.session.SessionConcurrency;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.StartOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that stops while runs are in progress.
 */
@ExtendWith(OutputCaptureExtension.class)
class RunShutdownTests {

	private final String[] database = TestDatabase.H2.create();

	private TestApplication application;

	private final CountDownLatch goOn = new CountDownLatch(1);

	@AfterEach
	void letGo() {
		this.goOn.countDown();
	}

	@Test
	void runThatEndsWithinTheGraceIsCompleted(CapturedOutput output) {
		start("20s");
		Held held = this.application.bean(Held.class);
		CompletableFuture<String> run = inBackground(() -> held.run("s1", () -> await(this.goOn)));
		awaitRuns(1);

		CompletableFuture<Void> closed = CompletableFuture.runAsync(this.application::close);
		Awaitility.await().until(() -> output.getOut().contains("Waiting up to 20 s for 1 workflow run(s) to end"));
		this.goOn.countDown();

		assertThat(run).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("done");
		assertThat(closed).succeedsWithin(Duration.ofSeconds(20));
		assertThat(row("s1")).containsEntry("STATUS", "COMPLETED");
		assertThat(output).contains("All workflow runs have ended");
	}

	@Test
	void runThatListensIsCancelledAfterTheGrace(CapturedOutput output) {
		start("0s");
		Held held = this.application.bean(Held.class);
		CompletableFuture<String> run = inBackground(() -> held.run("s1", () -> {
			RunContext context = RunContext.current();
			Awaitility.await().until(() -> context.cancellation().cancelled());
			held.touch();
		}));
		awaitRuns(1);

		this.application.close();

		assertThat(run).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withCauseInstanceOf(RunCancelledException.class);
		assertEndedByShutdown("s1");
		assertThat(output).containsPattern("Cancelled 1 workflow run\\(s\\) that had not ended .*: held [0-9a-f-]{36}");
	}

	@Test
	void runThatStopsAtNothingIsRecordedBeforeTheDatabaseCloses() {
		start("0s");
		Held held = this.application.bean(Held.class);
		CompletableFuture<String> run = inBackground(() -> held.run("s1", () -> await(this.goOn)));
		awaitRuns(1);

		this.application.close();

		assertEndedByShutdown("s1");
		assertThat(run).isNotDone();
		this.goOn.countDown();
		assertThat(run).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withCauseInstanceOf(RunCancelledException.class);
		assertEndedByShutdown("s1");
	}

	@Test
	void startedRunIsRecorded() {
		start("0s");
		WorkflowRegistry registry = this.application.bean(WorkflowRegistry.class);
		WorkflowScope.session("s1")
			.run(() -> registry.start("latched", Map.of(),
					StartOptions.on((task) -> new Thread(task, "background").start())));
		awaitRuns(1);

		this.application.close();

		assertEndedByShutdown("s1");
		Latched.goOn.countDown();
	}

	@Test
	void streamsThatAreReadAreEnded() {
		start("0s");
		Streaming streaming = this.application.bean(Streaming.class);
		CountDownLatch first = new CountDownLatch(1);
		CompletableFuture<List<String>> read = streaming.run("s1")
			.doOnNext((item) -> first.countDown())
			.collectList()
			.toFuture();
		await(first);
		Iterator<RunResponseEvent> pulled = this.application.bean(Pulled.class).run("s2").iterator();
		pulled.next();
		pulled.next();
		awaitRuns(2);

		this.application.close();

		assertEndedByShutdown("s1");
		assertEndedByShutdown("s2");
		assertThat(row("s1").get("RESPONSE").toString()).contains("first");
		assertThat(read).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withCauseInstanceOf(RunCancelledException.class);
	}

	@Test
	void runThatWaitsForItsTurnIsEnded() {
		start("0s");
		Held held = this.application.bean(Held.class);
		inBackground(() -> exclusive(held, () -> await(this.goOn)));
		awaitRuns(1);
		CompletableFuture<String> waiting = inBackground(() -> exclusive(held, () -> {
		}));
		awaitRuns(2);

		this.application.close();

		assertThat(waiting).failsWithin(Duration.ofSeconds(20));
		assertThat(template().queryForList("select distinct status from buddy_workflow_run", String.class))
			.containsExactly("CANCELLED");
		assertThat(template().queryForObject("select holder_run_id from buddy_workflow_session", String.class))
			.isNull();
	}

	@Test
	void runThatBeginsAfterAllHaveBeenStoppedIsRefused() {
		start("0s");
		Held held = this.application.bean(Held.class);
		Late late = this.application.bean(Late.class);
		late.whenStopped = () -> held.run("s1", () -> {
		});
		this.application.close();

		assertThat(late.thrown).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("'held'")
			.hasMessageContaining("the application is stopping");
		assertThat(template().queryForList("select * from buddy_workflow_run")).isEmpty();
	}

	@Test
	void idleApplicationSaysNothing(CapturedOutput output) {
		start("20s");
		this.application.close();
		assertThat(output).doesNotContain("workflow run(s)");
	}

	private void start(String grace) {
		String[] properties = Stream.of(this.database, new String[] { "buddy.runs.shutdown-grace=" + grace })
			.flatMap(Stream::of)
			.toArray(String[]::new);
		this.application = TestApplication.start(properties, Workflows.class);
	}

	private void awaitRuns(int runs) {
		JdbcTemplate template = new JdbcTemplate(this.application.bean(javax.sql.DataSource.class));
		Awaitility.await()
			.until(() -> template.queryForObject("select count(*) from buddy_workflow_run", Integer.class) == runs);
	}

	private static String exclusive(Held held, Runnable body) {
		return WorkflowScope.empty().concurrency(SessionConcurrency.WAIT).call(() -> held.run("s1", body));
	}

	private void assertEndedByShutdown(String session) {
		assertThat(row(session)).containsEntry("STATUS", "CANCELLED")
			.hasEntrySatisfying("ERROR", (error) -> assertThat(error.toString()).contains("\"reason\":\"shutdown\"")
				.contains("the application stopped before the run had ended"));
	}

	private Map<String, Object> row(String session) {
		return template().queryForMap(
				"select status, cast(error as varchar) as error,"
						+ " cast(response as varchar) as response from buddy_workflow_run where session_id = ?",
				session);
	}

	private JdbcTemplate template() {
		return new JdbcTemplate(
				new DriverManagerDataSource(this.database[0].substring("spring.datasource.url=".length()), "sa", ""));
	}

	/** Calls a workflow as a client does that waits for it. */
	static CompletableFuture<String> inBackground(java.util.function.Supplier<String> body) {
		CompletableFuture<String> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(body.get());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Held held() {
			return new Held();
		}

		@Bean
		Latched latched() {
			return new Latched();
		}

		@Bean
		Streaming streaming() {
			return new Streaming();
		}

		@Bean
		Pulled pulled() {
			return new Pulled();
		}

		@Bean
		Late late() {
			return new Late();
		}

	}

	static class Held extends Workflow {

		String run(@SessionId String session, Runnable body) {
			body.run();
			return "done";
		}

		void touch() {
			sessionState();
		}

	}

	static class Latched extends Workflow {

		private static final CountDownLatch goOn = new CountDownLatch(1);

		String run() {
			await(goOn);
			return "done";
		}

	}

	static class Streaming extends Workflow {

		Flux<String> run(@SessionId String session) {
			return Flux.concat(Flux.just("first"), Flux.never());
		}

	}

	static class Pulled extends Workflow {

		Stream<RunResponseEvent> run(@SessionId String session) {
			return Stream.iterate(1, (i) -> i + 1).map((i) -> RunResponseEvent.content("piece " + i));
		}

	}

	/** Stops after everything else, as a bean of the application's may. */
	static class Late implements SmartLifecycle {

		private Runnable whenStopped;

		private Throwable thrown;

		private boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			if (this.whenStopped != null) {
				try {
					this.whenStopped.run();
				}
				catch (Throwable ex) {
					this.thrown = ex;
				}
			}
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return 0;
		}

	}

}
