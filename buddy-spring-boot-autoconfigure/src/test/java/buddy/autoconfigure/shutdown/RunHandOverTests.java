package buddy.autoconfigure.shutdown;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.run.RunHandedOverException;
import buddy.session.SessionConcurrency;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.DurableOptions.Recovery;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.autoconfigure.shutdown.RunShutdownTests.inBackground;

/**
 * An application that stops while runs are in progress that are continued by themselves.
 */
@ExtendWith(OutputCaptureExtension.class)
class RunHandOverTests {

	private static final List<String> calls = new CopyOnWriteArrayList<>();

	/** Whether the body that waits goes on by itself. */
	private static volatile CountDownLatch goOn;

	private final String[] database = TestDatabase.H2.create();

	private TestApplication application;

	@BeforeEach
	void begin() {
		goOn = new CountDownLatch(1);
		calls.clear();
	}

	@AfterEach
	void letGo() {
		goOn.countDown();
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void runGoesOnInTheNextProcessAndRepeatsNoStep(CapturedOutput output) {
		start();
		CompletableFuture<String> run = inBackground(() -> bean(Steps.class).run("s1"));
		awaitCalls("a", "wait");
		this.application.close();

		assertThat(run).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withCauseInstanceOf(RunHandedOverException.class);
		assertThat(row("s1")).containsEntry("STATUS", "RUNNING")
			.hasEntrySatisfying("OWNER_NODE", (owner) -> assertThat(owner.toString()).startsWith("left:"));
		assertThat(output)
			.containsPattern("Handed over 1 workflow run\\(s\\) that had not ended .*: steps [0-9a-f-]{36}")
			.doesNotContain("Cancelled 1 workflow run(s)");

		goOn.countDown();
		start();
		awaitStatus("s1", "COMPLETED");
		assertThat(calls).containsExactly("a", "wait", "wait", "b");
		assertThat(row("s1")).containsEntry("EPOCH", 1).containsEntry("RECOVERIES", null);
		assertThat(output).contains("is continued, since the process that executed it was stopped");
	}

	@Test
	void runThatStopsAtNothingIsHandedOverToo() {
		Nightly.only("runs that stop are handed over here, and RunShutdownTests has one that does not");
		start();
		CompletableFuture<String> run = inBackground(() -> bean(Stubborn.class).run("s1"));
		awaitCalls("stubborn");
		this.application.close();

		assertThat(row("s1")).containsEntry("STATUS", "RUNNING");
		assertThat(run).isNotDone();
		goOn.countDown();
		assertThat(run).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withCauseInstanceOf(RunHandedOverException.class);

		start();
		awaitStatus("s1", "COMPLETED");
		assertThat(calls).containsExactly("stubborn", "stubborn", "end");
	}

	@Test
	void stepThatRunsAtMostOnceIsNotCalledAgain() {
		Nightly.only("the contract of steps that run at most once");
		start();
		inBackground(() -> bean(Once.class).run("s1"));
		awaitCalls("once");
		this.application.close();

		goOn.countDown();
		start();
		awaitStatus("s1", "ERROR");
		assertThat(row("s1").get("ERROR").toString()).contains("step_interrupted");
		assertThat(calls).containsExactly("once");
	}

	@Test
	void nestedRunGoesWithTheRunThatCalledIt() {
		start();
		inBackground(() -> bean(Outer.class).run("s1"));
		awaitCalls("a", "wait");
		this.application.close();

		assertThat(template().queryForList("select distinct status from buddy_workflow_run", String.class))
			.containsExactly("RUNNING");
		goOn.countDown();
		start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> template().queryForObject(
					"select count(*) from buddy_workflow_run where status = 'COMPLETED' and coalesce(epoch, 0) = 1",
					Integer.class) == 2);
		assertThat(calls).containsExactly("a", "wait", "wait", "b");
	}

	@Test
	void runThatWaitsForItsTurnIsHandedOver() {
		start();
		inBackground(() -> exclusive(bean(Steps.class)));
		awaitCalls("a", "wait");
		AtomicReference<Thread> caller = new AtomicReference<>();
		CompletableFuture<String> waiting = inBackground(() -> {
			caller.set(Thread.currentThread());
			return exclusive(bean(Steps.class));
		});
		awaitRuns(2);
		Awaitility.await()
			.until(() -> Stream.of(caller.get().getStackTrace())
				.anyMatch((frame) -> frame.getClassName().contains("SessionWaitQueue")));
		this.application.close();

		assertThat(waiting).failsWithin(Duration.ofSeconds(20));
		goOn.countDown();
		start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(template().queryForList(
					"select status, owner_node, epoch, queued_at, cast(error as varchar) as error from buddy_workflow_run"))
				.extracting((run) -> run.get("STATUS"))
				.containsExactly("COMPLETED", "COMPLETED"));
		assertThat(calls).containsExactly("a", "wait", "wait", "b", "a", "wait", "b");
	}

	@Test
	void otherRunsAreCancelled() {
		start();
		CompletableFuture<String> marked = inBackground(() -> bean(Marked.class).run("s1"));
		awaitCalls("a", "wait");
		this.application.close();

		assertThat(marked).failsWithin(Duration.ofSeconds(20));
		assertThat(row("s1")).containsEntry("STATUS", "CANCELLED");
	}

	private void start() {
		this.application = TestApplication
			.start(Stream.of(this.database, settings()).flatMap(Stream::of).toArray(String[]::new), Workflows.class);
	}

	private static String[] settings() {
		return new String[] { "buddy.runs.shutdown-grace=0s", "buddy.durable.recover=auto", "buddy.node.lease=2m",
				"buddy.node.heartbeat-interval=500ms", "buddy.node.end-orphans=true" };
	}

	private <T> T bean(Class<T> type) {
		return this.application.bean(type);
	}

	private static String exclusive(Steps steps) {
		return WorkflowScope.empty().concurrency(SessionConcurrency.WAIT).call(() -> steps.run("s1"));
	}

	private static void awaitCalls(String... expected) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> calls.equals(List.of(expected)));
	}

	private void awaitRuns(int runs) {
		JdbcTemplate template = new JdbcTemplate(bean(DataSource.class));
		Awaitility.await()
			.until(() -> template.queryForObject("select count(*) from buddy_workflow_run", Integer.class) == runs);
	}

	private void awaitStatus(String session, String status) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(row(session)).containsEntry("STATUS", status));
	}

	private Map<String, Object> row(String session) {
		return template().queryForMap("select status, owner_node, epoch, recoveries, cast(error as varchar) as error"
				+ " from buddy_workflow_run where session_id = ?", session);
	}

	private JdbcTemplate template() {
		return new JdbcTemplate(
				new DriverManagerDataSource(this.database[0].substring("spring.datasource.url=".length()), "sa", ""));
	}

	private static String called(String what) {
		calls.add(what);
		return what;
	}

	/** Stands for another system that answers slowly. */
	private static void answerSlowly() {
		try {
			assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Steps steps() {
			return new Steps();
		}

		@Bean
		Stubborn stubborn() {
			return new Stubborn();
		}

		@Bean
		Once once() {
			return new Once();
		}

		@Bean
		Marked marked() {
			return new Marked();
		}

		@Bean
		Outer outer(Marked marked) {
			return new Outer(marked);
		}

	}

	abstract static class Waiting extends Workflow {

		Waiting(WorkflowSettings settings) {
			super(settings);
		}

		public String run(@SessionId String session) {
			step("a", () -> called("a"));
			step("wait", () -> {
				called("wait");
				Awaitility.await()
					.pollInSameThread()
					.atMost(Duration.ofMinutes(1))
					.until(() -> cancelled() || goOn.getCount() == 0);
				if (goOn.getCount() > 0) {
					throw new IllegalStateException("cancelled");
				}
			});
			return step("b", () -> called("b"));
		}

	}

	static class Steps extends Waiting {

		Steps() {
			super(WorkflowSettings.defaults());
		}

	}

	/** Is not continued by itself. */
	static class Marked extends Waiting {

		Marked() {
			super(WorkflowSettings.builder().recovery(Recovery.MARK).build());
		}

	}

	static class Stubborn extends Workflow {

		public String run(@SessionId String session) {
			called("stubborn");
			answerSlowly();
			return step("end", () -> called("end"));
		}

	}

	static class Once extends Workflow {

		public String run(@SessionId String session) {
			return step("once", StepOptions.of(StepMode.AT_MOST_ONCE), () -> {
				called("once");
				answerSlowly();
				return "done";
			});
		}

	}

	static class Outer extends Workflow {

		private final Marked marked;

		Outer(Marked marked) {
			this.marked = marked;
		}

		public String run(@SessionId String session) {
			return this.marked.run("inner");
		}

	}

}
