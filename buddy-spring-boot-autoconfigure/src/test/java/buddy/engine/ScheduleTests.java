package buddy.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.storage.ScheduleStore;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.InvalidInputException;
import buddy.workflow.InvalidScheduleException;
import buddy.workflow.MissedFires;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.ScheduleExistsException;
import buddy.workflow.ScheduleNotFoundException;
import buddy.workflow.ScheduleSource;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowNotFoundException;
import buddy.workflow.WorkflowSchedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ParameterizedClass
@CsvSource({ "H2, DB_SCHEDULER", "SQLITE, DB_SCHEDULER", "POSTGRESQL, DB_SCHEDULER", "MARIADB, DB_SCHEDULER",
		"H2, TEMPORAL" })
class ScheduleTests {

	private static final Duration SOON = Duration.ofSeconds(30);

	private static final ScheduleDefinition ECHO = ScheduleDefinition.of("echo")
		.id("often")
		.input(Map.of("text", "tick"));

	@Parameter(0)
	private TestDatabase database;

	@Parameter(1)
	private TestEngine engine;

	private static String[] properties;

	private static TestApplication application;

	private WorkflowSchedules schedules;

	private JdbcTemplate jdbc;

	@BeforeParameterizedClassInvocation
	static void start(TestDatabase database, TestEngine engine) {
		if (engine == TestEngine.TEMPORAL) {
			Nightly.only("QueuedRunTests has Temporal too");
		}
		properties = Stream
			.concat(Arrays.stream(database.create()),
					Stream.of("buddy.engine.enabled=true", "buddy.engine.poll-interval=50ms", "buddy.engine.threads=4"))
			.toArray(String[]::new);
		application = engine.start(properties, Workflows.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@BeforeEach
	void prepare() {
		this.schedules = application.bean(WorkflowSchedules.class);
		this.jdbc = new JdbcTemplate(application.bean(DataSource.class));
		this.jdbc.update("delete from buddy_workflow_schedule");
		Awaitility.await().atMost(SOON).until(() -> {
			this.engine.dropTickets(this.jdbc);
			return this.engine.tickets(this.jdbc) == 0;
		});
		application.emptyRepository();
	}

	@Test
	void eachFireTimeBeginsOneRunOverAllNodes() {
		Schedule created = this.schedules.create(ECHO.every(Duration.ofMillis(200)).user("alice").session("s1"));
		// somebody empties the table: what comes next makes the ticket again
		Awaitility.await().atMost(SOON).until(() -> this.engine.dropTickets(this.jdbc) > 0);
		long before = rows("buddy_workflow_run");
		Schedule paused;
		try (TestApplication other = this.engine.start(properties, Workflows.class)) {
			assertThat(other.bean(WorkflowSchedules.class).find("often")).isPresent();
			Awaitility.await().atMost(SOON).until(() -> rows("buddy_workflow_run") >= before + 3);
			if (this.engine == TestEngine.DB_SCHEDULER) {
				other.close();
				long closed = rows("buddy_workflow_run");
				Awaitility.await().atMost(SOON).until(() -> rows("buddy_workflow_run") >= closed + 3);
			}
			// else a node is killed by KilledWorkerTests: Temporal's server for tests
			// loses what a closed client polls for
			this.schedules.pause("often");
			Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 0);
			// a node that had begun a run meanwhile records it
			paused = this.schedules.find("often").orElseThrow();
		}

		List<Map<String, Object>> runs = this.jdbc.queryForList("select user_id, session_id from buddy_workflow_run");
		assertThat(runs).allSatisfy((run) -> assertThat(run.values()).containsExactlyInAnyOrder("alice", "s1"));
		Instant first = created.nextFireAt();
		long times = Duration.between(first, paused.lastFireAt()).dividedBy(Duration.ofMillis(200)) + 1;
		assertThat(Duration.between(first, paused.lastFireAt()).toMillis() % 200).isZero();
		assertThat(times).isGreaterThanOrEqualTo(runs.size());
	}

	@Test
	void runThatBeginsWhileItsScheduleIsPausedIsRecorded() {
		this.schedules.create(ECHO.every(Duration.ofHours(1)));
		Instant due = whileItFires(() -> this.schedules.pause("often"));

		Schedule paused = awaitFired();
		assertThat(paused.paused()).isTrue();
		assertThat(paused.nextFireAt()).isNull();
		assertThat(paused.lastFireAt()).isEqualTo(due);
		assertThat(this.jdbc.queryForObject("select run_id from buddy_workflow_run", String.class))
			.isEqualTo(paused.lastRunId());
		Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 0);
	}

	@Test
	void runThatBeginsWhileItsScheduleIsChangedBeginsOnce() {
		Schedule created = this.schedules.create(ECHO.every(Duration.ofHours(1)));
		Instant due = whileItFires(() -> this.schedules.update(created.definition().input(Map.of("text", "other"))));

		Awaitility.await()
			.atMost(SOON)
			.until(() -> this.schedules.find("often").orElseThrow().nextFireAt().isAfter(Instant.now()));
		Schedule changed = this.schedules.find("often").orElseThrow();
		assertThat(changed.definition().input()).isEqualTo(Map.of("text", "other"));
		assertThat(changed.lastFireAt()).isEqualTo(due);
		assertThat(this.jdbc.queryForObject("select run_id from buddy_workflow_run", String.class))
			.isEqualTo(changed.lastRunId());
	}

	@Test
	void runOfAScheduleThatIsDeletedMeanwhileStays() {
		this.schedules.create(ECHO.every(Duration.ofHours(1)));
		whileItFires(() -> this.schedules.delete("often"));

		Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 0);
		assertThat(this.schedules.find("often")).isEmpty();
		assertThat(rows("buddy_workflow_run")).isOne();
	}

	@Test
	void nodeThatDiedBeforeItStoredTheNextTimeHasBegunTheRunAlready() {
		this.schedules.create(ECHO.every(Duration.ofHours(1)));
		fireAt("last_fire_at is null", Instant.now().minusSeconds(5));
		Schedule fired = awaitFired();

		this.jdbc.update("update buddy_workflow_schedule set next_fire_at = last_fire_at, last_run_id = null");
		lookAgain();

		Awaitility.await().atMost(SOON).until(() -> this.schedules.find("often").orElseThrow().lastRunId() != null);
		assertThat(this.schedules.find("often").orElseThrow().lastRunId()).isEqualTo(fired.lastRunId());
		assertThat(rows("buddy_workflow_run")).isOne();
	}

	@Test
	void oneRunMakesUpForMissedTimes() {
		this.schedules.create(ECHO.cron("0 0 0 * * *"));
		Instant missed = Instant.now().minus(Duration.ofDays(30));
		fireAt("1 = 1", missed);

		Schedule fired = awaitFired();

		assertThat(fired.lastFireAt()).isEqualTo(Instant.ofEpochMilli(missed.toEpochMilli()));
		assertThat(fired.nextFireAt()).isAfter(Instant.now().minusSeconds(60));
		assertThat(fired.nextFireAt().getEpochSecond() % 3600).isZero();
		assertThat(rows("buddy_workflow_run")).isOne();
	}

	@Test
	void missedTimesAreSkippedIfThatIsSet() {
		Schedule created = this.schedules.create(ECHO.every(Duration.ofHours(1)).missed(MissedFires.SKIP));
		fireAt("1 = 1", created.nextFireAt().minus(Duration.ofDays(2)));

		Awaitility.await()
			.atMost(SOON)
			.until(() -> this.schedules.find("often").orElseThrow().nextFireAt().equals(created.nextFireAt()));
		assertThat(rows("buddy_workflow_run")).isZero();
		assertThat(this.schedules.find("often").orElseThrow().lastFireAt()).isNull();
	}

	@Test
	void ticketThatIsDueTooLateIsMovedUp() {
		this.schedules.create(ECHO.every(Duration.ofHours(1)));
		this.jdbc.update("update buddy_workflow_schedule set next_fire_at = next_fire_at - 3600000");

		RunEngine engine = application.bean(RunEngine.class);
		// Temporal begins to wait a moment later
		Awaitility.await()
			.atMost(SOON)
			.until(() -> engine.mendSchedules(List.of(new ScheduleTicket("echo", "often", Duration.ZERO))) == 1);

		awaitFired();
		assertThat(engine.mendSchedules(List.of(new ScheduleTicket("echo", "often", Duration.ofHours(1))))).isZero();
	}

	/** As after a restart of all nodes, which look at the schedules first. */
	@Test
	void ticketsAreMendedWhereNoNodeExecutesThem() {
		String[] idle = Stream.concat(Arrays.stream(this.database.create()), Stream.of("buddy.engine.enabled=false"))
			.toArray(String[]::new);
		try (TestApplication alone = TestEngine.beside(properties, () -> this.engine.start(idle, Workflows.class))) {
			RunEngine tickets = alone.bean(RunEngine.class);
			ScheduleTicket ticket = new ScheduleTicket("echo", "alone", Duration.ofHours(1));
			assertThat(tickets.mendSchedules(List.of(ticket))).isOne();
			assertThat(tickets.mendSchedules(List.of(ticket))).isZero();
			tickets.removeSchedule("echo", "alone");
		}
	}

	@Test
	void rollbackLeavesNoSchedule() {
		new TransactionTemplate(application.bean(PlatformTransactionManager.class)).executeWithoutResult((status) -> {
			this.schedules.create(ECHO.every(Duration.ofHours(1)));
			status.setRollbackOnly();
		});
		assertThat(this.schedules.list(null, 10)).isEmpty();
		noTicketIsLeft();
	}

	@Test
	void scheduleIsChangedPausedResumedAndDeleted() {
		Schedule created = this.schedules.create(ECHO.every(Duration.ofHours(1)));
		assertThat(created.source()).isEqualTo(ScheduleSource.API);
		assertThatExceptionOfType(ScheduleExistsException.class)
			.isThrownBy(() -> this.schedules.create(created.definition()));

		Schedule sameTime = this.schedules.update(created.definition().input(Map.of("text", "other")));
		assertThat(sameTime.nextFireAt()).isEqualTo(created.nextFireAt());
		Schedule otherTime = this.schedules.update(sameTime.definition().cron("0 0 0 1 1 *").zone("Europe/Berlin"));
		assertThat(otherTime.nextFireAt().atZone(java.time.ZoneId.of("Europe/Berlin")).getDayOfYear()).isOne();

		assertThat(this.schedules.pause("often").nextFireAt()).isNull();
		assertThat(this.schedules.update(otherTime.definition().every(Duration.ofHours(2))).nextFireAt()).isNull();
		assertThat(this.schedules.resume("often").nextFireAt()).isAfter(created.nextFireAt());
		assertThat(this.schedules.resume("often").paused()).isFalse();

		String run = this.schedules.fireNow("often");
		Awaitility.await()
			.atMost(SOON)
			.until(() -> this.jdbc.queryForObject("select status from buddy_workflow_run where run_id = ?",
					String.class, run), "COMPLETED"::equals);
		// the ticket of the run is removed a moment after its end
		Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 1);
		assertThat(this.schedules.delete("often")).isTrue();
		noTicketIsLeft();
		assertThat(this.schedules.delete("often")).isFalse();
		assertThatExceptionOfType(ScheduleNotFoundException.class).isThrownBy(() -> this.schedules.pause("often"));
	}

	@Test
	void scheduleThatCannotBeUsedIsRefusedBeforeAnythingIsStored() {
		assertRefused(ECHO, "cron", "neither 'cron' nor 'every'");
		assertRefused(new ScheduleDefinition("often", "echo", "@daily", Duration.ofHours(1), null, ECHO.input(), null,
				null, MissedFires.ONCE), "every", "both 'cron' and 'every'");
		assertRefused(ECHO.cron("0 0 * * *"), "cron", "six fields");
		assertRefused(ECHO.cron("0 0 0 30 2 *"), "cron", "never fires");
		assertRefused(ECHO.cron("@daily").zone("Nowhere"), "zone", "no time zone 'Nowhere'");
		assertRefused(ECHO.every(Duration.ZERO), "every", "PT0S");
		assertRefused(ECHO.cron("@daily").id("a b"), "schedule_id", "its schedule id");
		assertRefused(ECHO.cron("@daily").user(""), "user_id", "user id");
		assertRefused(ECHO.cron("@daily").session("a b"), "session_id", "session id");
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> this.schedules.create(ECHO.cron("@daily").input(Map.of("more", 1))));
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> this.schedules.create(ECHO.cron("@daily").input(Map.of())));
		assertThatExceptionOfType(WorkflowNotFoundException.class)
			.isThrownBy(() -> this.schedules.create(ScheduleDefinition.of("nothing").cron("@daily")));
		assertThat(this.schedules.list(null, 10)).isEmpty();
		noTicketIsLeft();
		assertThat(rows("buddy_workflow_run")).isZero();
	}

	private void assertRefused(ScheduleDefinition definition, String field, String problem) {
		assertThatExceptionOfType(InvalidScheduleException.class).isThrownBy(() -> this.schedules.create(definition))
			.withMessageContaining(problem)
			.withMessageContaining("workflow 'echo'")
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo(field));
	}

	/** Temporal ends a ticket a moment later. */
	private void noTicketIsLeft() {
		if (this.engine == TestEngine.DB_SCHEDULER) {
			assertThat(this.engine.tickets(this.jdbc)).isZero();
		}
		Awaitility.await().atMost(SOON).until(() -> this.engine.tickets(this.jdbc) == 0);
	}

	private void fireAt(String where, Instant time) {
		assertThat(this.jdbc.update("update buddy_workflow_schedule set next_fire_at = ? where " + where,
				time.toEpochMilli()))
			.isOne();
		lookAgain();
	}

	/** Changes a schedule when its run has begun, before that is stored with it. */
	private Instant whileItFires(Runnable change) {
		Instant due = Instant.ofEpochMilli(System.currentTimeMillis() - 5000);
		CompletableFuture<Void> changed = application.bean(BeforeReplace.class).next(change);
		fireAt("1 = 1", due);
		assertThat(changed).succeedsWithin(SOON);
		return due;
	}

	/** Lets the engine look at the schedule, as when its ticket is due. */
	private void lookAgain() {
		Awaitility.await().atMost(SOON).until(() -> this.engine.executedTickets(this.jdbc) == 0);
		application.bean(RunEngine.class).schedule(new ScheduleTicket("echo", "often", Duration.ZERO));
	}

	private Schedule awaitFired() {
		Awaitility.await().atMost(SOON).until(() -> this.schedules.find("often").orElseThrow().lastFireAt() != null);
		return this.schedules.find("often").orElseThrow();
	}

	private long rows(String table) {
		return this.jdbc.queryForObject("select count(*) from " + table, Long.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Echo echo() {
			return new Echo();
		}

		@Bean
		static BeforeReplace beforeReplace() {
			return new BeforeReplace();
		}

	}

	/** Lets others change a schedule at the last moment before it is replaced. */
	static class BeforeReplace implements BeanPostProcessor {

		private final AtomicReference<Runnable> next = new AtomicReference<>();

		CompletableFuture<Void> next(Runnable change) {
			CompletableFuture<Void> done = new CompletableFuture<>();
			this.next.set(() -> done.completeAsync(() -> {
				change.run();
				return null;
			}, Runnable::run));
			return done;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (!(bean instanceof ScheduleStore store)) {
				return bean;
			}
			ProxyFactory proxies = new ProxyFactory(store);
			proxies.addAdvice((MethodInterceptor) (call) -> {
				Runnable change = call.getMethod().getName().equals("replace") ? this.next.getAndSet(null) : null;
				if (change != null) {
					change.run();
				}
				return call.proceed();
			});
			return proxies.getProxy();
		}

	}

	static class Echo extends Workflow {

		String run(String text) {
			return text;
		}

	}

}
