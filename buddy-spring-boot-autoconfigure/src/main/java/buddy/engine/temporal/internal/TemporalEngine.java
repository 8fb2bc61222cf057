package buddy.engine.temporal.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.Priority;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.engine.RunEngine;
import buddy.engine.RunTicket;
import buddy.engine.ScheduleTicket;

/**
 * {@link RunEngine} on Temporal. A ticket is a workflow of Temporal, whose activity
 * executes the run on a node. Runs, steps and state stay in the application's database:
 * only ids travel.
 *
 * <p>
 * Temporal takes no part in transactions of the database: a ticket is added once its
 * transaction is committed. If that fails, a node finds the run without a ticket a minute
 * later.
 */
public final class TemporalEngine implements RunEngine {

	private static final Logger logger = LoggerFactory.getLogger(TemporalEngine.class);

	/** How long a caller waits for a Temporal that does not answer. */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final ScheduledExecutorService DEADLINES = Executors
		.newSingleThreadScheduledExecutor(daemons("buddy-temporal-"));

	/**
	 * A ticket has few events, which are read in a moment. What a node keeps of it would
	 * wait for that node, also if it has died.
	 */
	private static final WorkerFactoryOptions NO_CACHE = WorkerFactoryOptions.newBuilder()
		.setWorkflowCacheSize(0)
		.build();

	/** How long a node may take to decide what comes next, which takes it a moment. */
	private static final Duration UNTIL_ANOTHER_NODE_DECIDES = Duration.ofSeconds(5);

	/** The clocks of Temporal and of the database may differ. */
	private static final Duration TOLERANCE = Duration.ofMinutes(1);

	/** Temporal's priorities are from 1, the first, to 5. */
	private static final int USUAL_PRIORITY = 3;

	private final WorkflowClient client;

	private final TemporalSettings settings;

	private final LongSupplier millis;

	private @Nullable WorkerFactory workers;

	private @Nullable ScheduledExecutorService heartbeats;

	private volatile boolean paused;

	/**
	 * Creates the engine, which does nothing yet.
	 * @param client the client of Temporal
	 * @param settings the settings
	 * @param millis the time of the database's clock, in milliseconds since the epoch
	 */
	public TemporalEngine(WorkflowClient client, TemporalSettings settings, LongSupplier millis) {
		if (settings.threads() < 1) {
			throw new IllegalArgumentException("'buddy.engine.threads' must be 1 or more, not " + settings.threads());
		}
		this.client = client;
		this.settings = settings;
		this.millis = millis;
	}

	@Override
	public void add(RunTicket ticket) {
		afterCommit(() -> start(ticket));
	}

	@Override
	public int addMissing(Collection<RunTicket> tickets) {
		int added = 0;
		for (RunTicket ticket : tickets) {
			if (start(ticket)) {
				added++;
			}
		}
		return added;
	}

	private boolean start(RunTicket ticket) {
		return start(TicketKind.RUN, ticket.workflowId(), ticket.runId(), ticket.delay(), priority(ticket.priority()));
	}

	private static int priority(int priority) {
		return USUAL_PRIORITY - Integer.signum(priority);
	}

	/** Starts a ticket, and returns whether there was none. */
	private boolean start(TicketKind kind, String workflowId, String id, Duration delay, int priority) {
		WorkflowOptions options = WorkflowOptions.newBuilder()
			.setWorkflowId(idOf(kind, workflowId, id))
			.setTaskQueue(this.settings.taskQueue())
			.setWorkflowTaskTimeout(UNTIL_ANOTHER_NODE_DECIDES)
			.setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
			.setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
			.setPriority(Priority.newBuilder().setPriorityKey(priority).build())
			.build();
		try {
			this.client.newUntypedWorkflowStub(TicketWorkflow.TYPE, options)
				.start(kind.name(), workflowId, id, delay.toMillis(), this.settings.lease().toMillis());
			return true;
		}
		catch (WorkflowExecutionAlreadyStarted ex) {
			return false;
		}
	}

	private String idOf(TicketKind kind, String workflowId, String id) {
		return this.settings.taskQueue() + "/"
				+ ((kind == TicketKind.RUN) ? "run/" + id : "schedule/" + workflowId + "/" + id);
	}

	@Override
	public Change delay(RunTicket ticket) {
		String id = idOf(TicketKind.RUN, ticket.workflowId(), ticket.runId());
		DescribeWorkflowExecutionResponse found = describe(id);
		if (found == null) {
			return Change.MISSING;
		}
		if (found.getPendingActivitiesCount() > 0) {
			return Change.IN_USE;
		}
		afterCommit(() -> signal(id, "delay", ticket.delay().toMillis()));
		return Change.DONE;
	}

	/** Describes a ticket that has not ended. */
	private @Nullable DescribeWorkflowExecutionResponse describe(String id) {
		try {
			DescribeWorkflowExecutionResponse found = this.client.getWorkflowServiceStubs()
				.blockingStub()
				.describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
					.setNamespace(this.client.getOptions().getNamespace())
					.setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
					.build());
			return (found.getWorkflowExecutionInfo()
				.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) ? found : null;
		}
		catch (StatusRuntimeException ex) {
			if (ex.getStatus().getCode() == Status.Code.NOT_FOUND) {
				return null;
			}
			throw ex;
		}
	}

	private boolean signal(String id, String name, Object... arguments) {
		try {
			this.client.newUntypedWorkflowStub(id).signal(name, arguments);
			return true;
		}
		catch (WorkflowNotFoundException ex) {
			return false;
		}
	}

	@Override
	public void remove(String workflowId, String runId) {
		afterCommit(() -> signal(idOf(TicketKind.RUN, workflowId, runId), "remove"));
	}

	@Override
	public void schedule(ScheduleTicket ticket) {
		afterCommit(() -> startOrDelay(ticket));
	}

	private void startOrDelay(ScheduleTicket ticket) {
		String id = idOf(TicketKind.SCHEDULE, ticket.workflowId(), ticket.scheduleId());
		if (!signal(id, "delay", ticket.delay().toMillis())) {
			start(TicketKind.SCHEDULE, ticket.workflowId(), ticket.scheduleId(), ticket.delay(), 1);
		}
	}

	@Override
	public void removeSchedule(String workflowId, String scheduleId) {
		afterCommit(() -> signal(idOf(TicketKind.SCHEDULE, workflowId, scheduleId), "remove"));
	}

	@Override
	public int mendSchedules(Collection<ScheduleTicket> tickets) {
		int mended = 0;
		for (ScheduleTicket ticket : tickets) {
			if (moveUp(ticket)) {
				mended++;
			}
		}
		return mended;
	}

	/** Asks no node: none may be there yet. */
	private boolean moveUp(ScheduleTicket ticket) {
		String id = idOf(TicketKind.SCHEDULE, ticket.workflowId(), ticket.scheduleId());
		if (describe(id) == null) {
			return start(TicketKind.SCHEDULE, ticket.workflowId(), ticket.scheduleId(), ticket.delay(), 1);
		}
		long latest = this.millis.getAsLong() + ticket.delay().plus(TOLERANCE).toMillis();
		return dueAt(id) > latest && signal(id, "delay", ticket.delay().toMillis());
	}

	/**
	 * Returns when the timer of a ticket is over, in milliseconds since the epoch, or 0
	 * if it waits for none. A history is short, and reading it adds nothing to it.
	 */
	private long dueAt(String id) {
		long due = 0;
		for (HistoryEvent event : this.client.fetchHistory(id).getEvents()) {
			switch (event.getEventType()) {
				case EVENT_TYPE_TIMER_STARTED -> due = Timestamps.toMillis(event.getEventTime())
						+ Durations.toMillis(event.getTimerStartedEventAttributes().getStartToFireTimeout());
				case EVENT_TYPE_TIMER_FIRED, EVENT_TYPE_TIMER_CANCELED -> due = 0;
				default -> {
				}
			}
		}
		return due;
	}

	@Override
	public synchronized void start(Collection<String> workflowIds, Execution execution, Execution firing) {
		if (this.workers != null) {
			return;
		}
		ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(daemons("buddy-tickets-"));
		WorkerFactory factory = WorkerFactory.newInstance(this.client, NO_CACHE);
		Worker worker = factory.newWorker(this.settings.taskQueue(),
				WorkerOptions.newBuilder().setMaxConcurrentActivityExecutionSize(this.settings.threads()).build());
		worker.registerWorkflowImplementationTypes(DefaultTicketWorkflow.class);
		worker.registerActivitiesImplementations(
				new TicketExecution(execution, firing, beats, this.settings.heartbeat(), () -> this.paused));
		factory.start();
		this.heartbeats = beats;
		this.workers = factory;
		logger.info("This node executes queued workflow runs from Temporal's task queue '{}', up to {} at a time",
				this.settings.taskQueue(), this.settings.threads());
	}

	private static CustomizableThreadFactory daemons(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

	@Override
	public synchronized boolean isStarted() {
		return this.workers != null;
	}

	/** Temporal gives out tickets by itself. */
	@Override
	public void wake() {
	}

	@Override
	public void pause() {
		this.paused = true;
		WorkerFactory factory = started();
		if (factory != null) {
			factory.suspendPolling();
		}
	}

	@Override
	public void resume() {
		this.paused = false;
		WorkerFactory factory = started();
		if (factory != null) {
			factory.resumePolling();
		}
	}

	private synchronized @Nullable WorkerFactory started() {
		return this.workers;
	}

	@Override
	public void stop() {
		WorkerFactory factory = started();
		if (factory != null) {
			factory.shutdown();
			factory.awaitTermination(1, TimeUnit.SECONDS);
			forget(factory);
		}
	}

	private synchronized void forget(WorkerFactory stopped) {
		if (this.workers == stopped) {
			this.workers = null;
			if (this.heartbeats != null) {
				this.heartbeats.shutdown();
				this.heartbeats = null;
			}
		}
	}

	/** Does what must not be done for a transaction that is rolled back. */
	private static void afterCommit(Runnable action) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			attempt(action);
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				attempt(action);
			}

		});
	}

	/**
	 * What is committed is not undone by a failure here, and does not wait for it long.
	 */
	private static void attempt(Runnable action) {
		try (Context.CancellableContext limited = Context.current()
			.withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS, DEADLINES)) {
			limited.run(action);
		}
		catch (WorkflowException | StatusRuntimeException ex) {
			logger.warn("Temporal was not told of a queued workflow run or a schedule. This is made up for"
					+ " within about a minute, once Temporal can be reached", ex);
		}
	}

}
