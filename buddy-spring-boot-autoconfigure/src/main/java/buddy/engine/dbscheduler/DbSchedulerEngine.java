package buddy.engine.dbscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.kagkarlsson.scheduler.ScheduledExecutionsFilter;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.function.SingletonSupplier;

import buddy.engine.EngineDatabase;
import buddy.engine.RunEngine;
import buddy.engine.RunTicket;
import buddy.engine.ScheduleTicket;

/**
 * {@link RunEngine} on db-scheduler. A workflow is a task, so that a node that does not
 * know a workflow leaves its runs to others; a run is an instance of it, without data.
 */
public final class DbSchedulerEngine implements RunEngine {

	private static final Logger logger = LoggerFactory.getLogger(DbSchedulerEngine.class);

	private static final String TASK = "run:";

	private static final String SCHEDULE = "schedule:";

	/** A schedule is looked at before runs that wait, since that takes a moment only. */
	private static final int SCHEDULE_PRIORITY = 2000;

	/** A ticket of a workflow that nobody knows is kept for the node that will. */
	private static final Duration NEVER_DELETED = Duration.ofDays(36500);

	/** Clocks are read with some delay. */
	private static final Duration LATE = Duration.ofSeconds(1);

	private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

	private static final int PAGE = 500;

	private static final int TRIES = 3;

	private final EngineDatabase database;

	private final EngineSettings settings;

	private final Supplier<String> nodeId;

	private final DatabaseClock clock;

	private final Supplier<SchedulerClient> joining;

	private final TicketFailures failures;

	private @Nullable Scheduler scheduler;

	/**
	 * Creates the engine, which does nothing yet.
	 * @param database the database
	 * @param settings the settings
	 * @param nodeId supplies the id of this node
	 */
	public DbSchedulerEngine(EngineDatabase database, EngineSettings settings, Supplier<String> nodeId) {
		if (settings.threads() < 1) {
			throw new IllegalArgumentException("'buddy.engine.threads' must be 1 or more, not " + settings.threads());
		}
		this.database = database;
		this.settings = settings;
		this.nodeId = nodeId;
		this.clock = new DatabaseClock(database.millis(), System::nanoTime);
		this.failures = new TicketFailures(database.joining());
		this.joining = SingletonSupplier.of(() -> SchedulerClient.Builder.create(database.joining())
			.tableName(database.table())
			.serializer(new NoData())
			.jdbcCustomization(Databases.of(database.product()))
			.enablePriority()
			.build());
	}

	@Override
	public void add(RunTicket ticket) {
		this.failures.translated(() -> {
			this.joining.get().scheduleBatch(List.of(instance(ticket)), dueTime(ticket));
			return ticket;
		});
	}

	@Override
	public int addMissing(Collection<RunTicket> tickets) {
		int added = 0;
		Map<String, List<RunTicket>> ofWorkflows = tickets.stream()
			.collect(Collectors.groupingBy(RunTicket::workflowId));
		for (List<RunTicket> all : ofWorkflows.values()) {
			for (int from = 0; from < all.size(); from += PAGE) {
				List<RunTicket> page = all.subList(from, Math.min(all.size(), from + PAGE));
				Set<String> known = known(page);
				for (RunTicket ticket : page) {
					if (!known.contains(ticket.runId()) && addIfMissing(instance(ticket), dueTime(ticket))) {
						added++;
					}
				}
			}
		}
		return added;
	}

	private boolean addIfMissing(TaskInstance<Void> instance, Instant time) {
		return this.failures.translated(() -> this.joining.get().scheduleIfNotExists(instance, time));
	}

	private boolean move(TaskInstance<Void> instance, Instant time) {
		return this.failures.translated(() -> this.joining.get().reschedule(instance, time));
	}

	private Set<String> known(List<RunTicket> tickets) {
		return new HashSet<>(JdbcClient.create(this.database.joining())
			.sql("select task_instance from " + this.database.table()
					+ " where task_name = :task and task_instance in (:runs)")
			.param("task", TASK + tickets.get(0).workflowId())
			.param("runs", tickets.stream().map(RunTicket::runId).toList())
			.query(String.class)
			.list());
	}

	@Override
	public Change delay(RunTicket ticket) {
		return change(instance(ticket), dueTime(ticket));
	}

	private Change change(TaskInstance<Void> instance, Instant time) {
		for (int tries = 0; tries < TRIES; tries++) {
			try {
				return move(instance, time) ? Change.DONE : Change.IN_USE;
			}
			catch (TaskInstanceCurrentlyExecutingException ex) {
				return Change.IN_USE;
			}
			catch (TaskInstanceNotFoundException ex) {
				return Change.MISSING;
			}
			catch (ExecutionException ex) {
				// picked or removed between the look and the change: the next look tells
			}
		}
		return Change.IN_USE;
	}

	@Override
	public void remove(String workflowId, String runId) {
		remove(instance(new RunTicket(workflowId, runId, 0, Duration.ZERO)));
	}

	@Override
	public void removeSchedule(String workflowId, String scheduleId) {
		remove(instance(new ScheduleTicket(workflowId, scheduleId, Duration.ZERO)));
	}

	private void remove(TaskInstance<Void> instance) {
		try {
			this.failures.translated(() -> {
				this.joining.get().cancel(instance);
				return instance;
			});
		}
		catch (TaskInstanceNotFoundException | TaskInstanceCurrentlyExecutingException | ExecutionException ex) {
			// or picked between the look and the removal: its execution finds that there
			// is nothing to do any more
		}
	}

	private static TaskInstance<Void> instance(RunTicket ticket) {
		return new TaskInstance.Builder<Void>(TASK + ticket.workflowId(), ticket.runId()).priority(ticket.priority())
			.build();
	}

	@Override
	public void schedule(ScheduleTicket ticket) {
		TaskInstance<Void> instance = instance(ticket);
		Instant time = this.clock.now().plus(ticket.delay());
		// whoever uses it sees the new time of the schedule, or it is mended
		if (change(instance, time) == Change.MISSING) {
			addIfMissing(instance, time);
		}
	}

	@Override
	public int mendSchedules(Collection<ScheduleTicket> tickets) {
		int mended = 0;
		Map<String, List<ScheduleTicket>> ofWorkflows = tickets.stream()
			.collect(Collectors.groupingBy(ScheduleTicket::workflowId));
		for (Map.Entry<String, List<ScheduleTicket>> all : ofWorkflows.entrySet()) {
			Map<String, Instant> times = new HashMap<>();
			this.joining.get()
				.fetchScheduledExecutionsForTask(SCHEDULE + all.getKey(), Void.class, ScheduledExecutionsFilter.all(),
						(one) -> times.put(one.getTaskInstance().getId(), one.getExecutionTime()));
			for (ScheduleTicket ticket : all.getValue()) {
				Instant time = times.get(ticket.scheduleId());
				Instant latest = this.clock.now().plus(ticket.delay()).plus(LATE);
				if (time == null || time.isAfter(latest)) {
					schedule(ticket);
					mended++;
				}
			}
		}
		return mended;
	}

	private static TaskInstance<Void> instance(ScheduleTicket ticket) {
		return new TaskInstance.Builder<Void>(SCHEDULE + ticket.workflowId(), ticket.scheduleId())
			.priority(SCHEDULE_PRIORITY)
			.build();
	}

	private Instant dueTime(RunTicket ticket) {
		return this.clock.now().plus(ticket.delay());
	}

	@Override
	public synchronized void start(Collection<String> workflowIds, Execution execution, Execution firing) {
		if (this.scheduler != null) {
			return;
		}
		List<Task<?>> tasks = workflowIds.stream()
			.<Task<?>>flatMap((id) -> Stream.of(task(TASK, id, execution), task(SCHEDULE, id, firing)))
			.toList();
		Scheduler started = builder(tasks).build();
		started.start();
		this.scheduler = started;
		logger.info("This node executes queued workflow runs, up to {} at a time", this.settings.threads());
	}

	private SchedulerBuilder builder(List<Task<?>> tasks) {
		SchedulerBuilder builder = Scheduler.create(this.database.own(), tasks)
			.tableName(this.database.table())
			.schedulerName(new SchedulerName.Fixed(this.nodeId.get()))
			.clock(this.clock)
			.serializer(new NoData())
			.jdbcCustomization(Databases.of(this.database.product()))
			.enablePriority()
			.threads(this.settings.threads())
			.executorService(QuietThreads.pool("buddy-run-", this.settings.threads(), () -> {
			}))
			.dueExecutor(QuietThreads.pool("buddy-queue-", 1, this::wake))
			.housekeeperExecutor(QuietThreads.repeating("buddy-tickets-"))
			.pollingInterval(this.settings.pollInterval())
			.heartbeatInterval(this.settings.heartbeat())
			.missedHeartbeatsLimit(this.settings.missedHeartbeats())
			.deleteUnresolvedAfter(NEVER_DELETED)
			.shutdownMaxWait(Duration.ofSeconds(1))
			.commitWhenAutocommitDisabled(true)
			.failureLogging(LogLevel.WARN, true);
		return Databases.locksRows(this.database.product()) ? builder.pollUsingLockAndFetch(0.5, 1)
				: builder.pollUsingFetch(0.5, 1);
	}

	/**
	 * A ticket whose node died is looked at again: if the run was begun, it is not queued
	 * any more, and whoever takes it over needs no ticket.
	 */
	private Task<Void> task(String kind, String workflowId, Execution execution) {
		return Tasks.custom(kind + workflowId, Void.class)
			.onFailure((complete, operations) -> operations.reschedule(complete, this.clock.now().plus(AFTER_FAILURE)))
			.onDeadExecution((complete, operations) -> operations.reschedule(complete, this.clock.now()))
			.execute((instance, context) -> completion(execution.execute(workflowId, instance.getId())));
	}

	private CompletionHandler<Void> completion(Outcome outcome) {
		return outcome.again().isZero() ? (complete, operations) -> operations.remove()
				: (complete, operations) -> operations.reschedule(complete, this.clock.now().plus(outcome.again()));
	}

	@Override
	public synchronized boolean isStarted() {
		return this.scheduler != null;
	}

	@Override
	public void wake() {
		Scheduler started = started();
		if (started != null) {
			started.triggerCheckForDueExecutions();
		}
	}

	@Override
	public void pause() {
		Scheduler started = started();
		if (started != null) {
			started.pause();
		}
	}

	@Override
	public void resume() {
		Scheduler started = started();
		if (started != null) {
			started.resume();
		}
	}

	private synchronized @Nullable Scheduler started() {
		return this.scheduler;
	}

	@Override
	public void stop() {
		Scheduler started = started();
		if (started != null) {
			started.stop();
			forget(started);
		}
	}

	private synchronized void forget(Scheduler stopped) {
		if (this.scheduler == stopped) {
			this.scheduler = null;
		}
	}

}
