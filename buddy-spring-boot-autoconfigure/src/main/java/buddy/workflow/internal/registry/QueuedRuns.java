package buddy.workflow.internal.registry;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.engine.RunEngine;
import buddy.engine.RunEngine.Outcome;
import buddy.engine.RunTicket;
import buddy.json.internal.StorableJson;
import buddy.run.RunContext;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.IdempotencyKeyUsedException;
import buddy.storage.FlowLimit;
import buddy.storage.NewRun;
import buddy.storage.QueuedRun;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.RunQueue;
import buddy.storage.RunUnfinishedException;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Call;
import buddy.workflow.DurableOptions;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.RunOptions;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.StartOptions;
import buddy.workflow.SubmitOptions;
import buddy.workflow.SubmitOptions.Once;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.definition.InputBinder;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.live.RunRecipe;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.live.StartHandle;

/**
 * Queues runs, and executes those that the engine gives to this node.
 */
public final class QueuedRuns {

	private static final Logger logger = LoggerFactory.getLogger(QueuedRuns.class);

	/** A run that another node may know better is left to it for so long. */
	private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(5);

	/** What could not begin, since the database is away perhaps, is tried again. */
	private static final Duration TRIED_AGAIN = Duration.ofSeconds(5);

	private static final long SELDOM_NANOS = Duration.ofMinutes(1).toNanos();

	private static final int PAGE = 500;

	private final RegisteredWorkflows workflows;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunQueue queue;

	private final RunEngine engine;

	private final DurableOptions options;

	private final Beginning beginning;

	private final Clock clock;

	private final RunIds runIds;

	/** Whether this node executes queued runs, and not only queues them. */
	private final boolean executes;

	private final boolean filtered;

	private final RunOptions defaults;

	private final FlowControl flow;

	private final @Nullable ScheduledRuns schedules;

	private final AtomicBoolean looked = new AtomicBoolean();

	private volatile long lookedAt;

	/**
	 * Creates the object.
	 * @param workflows the workflows
	 * @param repository the store of the runs
	 * @param settings the queue, the engine and how they are used
	 * @param options how runs are continued
	 * @param beginning begins queued runs
	 * @param clock the clock
	 */
	QueuedRuns(RegisteredWorkflows workflows, Supplier<WorkflowSessionRepository> repository, QueueSettings settings,
			DurableOptions options, Beginning beginning, Clock clock) {
		this.workflows = workflows;
		this.repository = repository;
		this.queue = settings.queue();
		this.engine = settings.engine();
		this.executes = settings.executes();
		this.filtered = settings.filtered();
		this.defaults = settings.defaults();
		this.schedules = (settings.schedules() != null)
				? new ScheduledRuns(settings.schedules(), settings.engine(), this) : null;
		this.options = options;
		this.beginning = beginning;
		this.clock = clock;
		this.runIds = new RunIds(clock);
		this.flow = new FlowControl(this.queue, this.engine);
	}

	/** Returns what schedules queue, or null if there are no schedules. */
	@Nullable ScheduledRuns schedules() {
		return this.schedules;
	}

	boolean isQueueable(String workflowId) {
		return !this.filtered && this.workflows.find(workflowId)
			.filter((workflow) -> workflow.settings().storage() == null && workflow.settings().payloadFilter() == null)
			.isPresent();
	}

	/** Queues a run with input by parameter name. */
	@SuppressWarnings("NullAway") // arguments may be null
	String submit(String workflowId, Map<String, ? extends @Nullable Object> input, SubmitOptions options) {
		RegisteredWorkflow workflow = this.workflows.require(workflowId);
		@Nullable Object[] arguments = new InputBinder(workflowId, workflow.method()).bind(input);
		return submit(workflow, options, () -> {
			workflow.call(arguments);
			return true;
		});
	}

	/** Queues a run of a schedule, below what guards calls of the workflow's bean. */
	String submit(ScheduleDefinition schedule, SubmitOptions options) {
		RegisteredWorkflow workflow = this.workflows.require(schedule.workflowId());
		return scope(schedule).call(() -> submit(workflow, options, inside(workflow, schedule)));
	}

	/** Checks that a schedule can queue runs, and queues none. */
	void check(ScheduleDefinition schedule) {
		RegisteredWorkflow workflow = this.workflows.require(schedule.workflowId());
		requireMainStore(workflow);
		StartHandle ticket = StartHandle.ofSubmission(schedule.workflowId(), startOptions(SubmitOptions.none()), null,
				this::readable);
		call(WorkflowInternals.attach(scope(schedule), ticket), schedule.workflowId(), inside(workflow, schedule));
	}

	private static WorkflowScope scope(ScheduleDefinition schedule) {
		WorkflowScope scope = (schedule.sessionId() != null) ? WorkflowScope.session(schedule.sessionId())
				: WorkflowScope.empty();
		return scope.user(schedule.userId());
	}

	private Call<@Nullable Object, Exception> inside(RegisteredWorkflow workflow, ScheduleDefinition schedule) {
		return () -> {
			this.beginning.submit(workflow,
					new InputBinder(schedule.workflowId(), workflow.method()).bind(schedule.input()));
			return true;
		};
	}

	/** Queues a run whose method a call names. */
	@SuppressWarnings("unchecked") // the bean and what it stands before have one type
	<W extends Workflow> String submit(W bean, WorkflowRuns.Call<? super W> call, SubmitOptions options) {
		RegisteredWorkflow workflow = this.workflows.require(bean.workflowId());
		return submit(workflow, options, () -> {
			call.on((W) workflow.bean());
			return true;
		});
	}

	private String submit(RegisteredWorkflow workflow, SubmitOptions options, Call<@Nullable Object, Exception> call) {
		String workflowId = workflow.descriptor().workflowId();
		requireMainStore(workflow);
		SubmitOptions keyed = withStepKey(workflowId, options);
		AtomicReference<@Nullable String> runId = new AtomicReference<>();
		StartHandle ticket = StartHandle.ofSubmission(workflowId, startOptions(keyed), keyed.key(),
				(request) -> runId.set(queue(request, keyed)));
		start(); // not within the caller's transaction later
		try {
			call(WorkflowInternals.attach(scope(), ticket), workflowId, call);
		}
		catch (IdempotencyKeyUsedException ex) {
			if (!keyed.isRepeatable() || !ex.sameRequest()) {
				throw ex;
			}
			return ex.runId();
		}
		catch (RunUnfinishedException ex) {
			return ex.runId();
		}
		String queued = runId.get();
		if (queued == null) {
			throw new IllegalStateException(
					"The call did not call run() or arun() of workflow '" + workflowId + "'; nothing was queued");
		}
		return queued;
	}

	private static void call(WorkflowScope scope, String workflowId, Call<@Nullable Object, Exception> call) {
		try {
			scope.call(call::call);
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("The run of workflow '" + workflowId + "' could not be queued", ex);
		}
	}

	/** A run that is queued within another one has its user. */
	private static WorkflowScope scope() {
		RunContext run = RunContext.current();
		WorkflowScope scope = WorkflowScope.current();
		return (run != null && scope.userId() == null && run.userId() != null) ? scope.user(run.userId()) : scope;
	}

	/** A step whose body is executed again queues its run once. */
	private static SubmitOptions withStepKey(String workflowId, SubmitOptions options) {
		RunContext run = RunContext.current();
		if (run == null || options.idempotency() != null) {
			return options;
		}
		try {
			return options.idempotencyKey(run.stepKey() + " " + workflowId);
		}
		catch (IllegalStateException ex) {
			throw new IllegalStateException("Run '" + run.runId() + "' queues a run of workflow '" + workflowId
					+ "' outside of a step, and would queue it again when it is continued; call submit within step(…)",
					ex);
		}
	}

	private static StartOptions startOptions(SubmitOptions options) {
		StartOptions.Idempotency key = options.idempotency();
		StartOptions start = StartOptions.on(Runnable::run);
		return (key != null) ? start.idempotent(key.key(), key.request()) : start;
	}

	private static void requireMainStore(RegisteredWorkflow workflow) {
		if (workflow.settings().storage() != null) {
			throw new IllegalStateException("Runs of workflow '" + workflow.descriptor().workflowId()
					+ "' cannot be queued: it has its own storage, which has no queue; call its bean instead");
		}
	}

	private NewRun readable(RunRequest request) {
		NewRun run = request.newRun(this.runIds.next(), this.clock.millis(), true, null);
		StoredRun stored = run.toStoredRun(RunStatus.PENDING);
		if (RunRecipe.of(stored).inputFiltered()) {
			throw new IllegalStateException("A run of workflow '" + run.workflowId()
					+ "' cannot be queued: a filter changes its input before it is recorded, and it could not be"
					+ " executed with that; call its bean instead");
		}
		this.beginning.requireReadable(stored);
		return run;
	}

	private String queue(RunRequest request, SubmitOptions options) {
		NewRun run = readable(request);
		RunTicket ticket = new RunTicket(run.workflowId(), run.runId(), options.priority(), options.delay());
		this.queue.enqueue(new QueuedRun(run, options.priority(), options.delay(), options.key(), once(run, options),
				options.once() == Once.LAST), (replaced) -> {
					if (replaced != null) {
						this.engine.remove(run.workflowId(), replaced);
					}
					this.engine.add(ticket);
				}, this.engine::wake);
		return run.runId();
	}

	private static @Nullable String once(NewRun run, SubmitOptions options) {
		return (options.once() != Once.NO)
				? "once " + run.workflowId() + ((options.key() != null) ? " " + options.key() : "") : null;
	}

	/** Ends a run that is still queued, and returns whether it was. */
	boolean cancel(StoredRun run, String reason) {
		return run.status() == RunStatus.PENDING && end(run, LiveRuns.cancelled(reason, this.clock.millis()));
	}

	private boolean end(StoredRun run, OrphanEnd end) {
		if (!this.queue.end(run.runId(), end)) {
			return false;
		}
		this.engine.remove(run.workflowId(), run.runId());
		return true;
	}

	/**
	 * Looks for queued runs of other processes, and for those that have lost their
	 * ticket, about once a minute. The engine is started with the first that is found.
	 */
	public void look() {
		this.flow.wakeAgain();
		boolean first = this.looked.compareAndSet(false, true);
		if (!first && System.nanoTime() - this.lookedAt < SELDOM_NANOS) {
			return;
		}
		this.lookedAt = System.nanoTime();
		lookNow();
	}

	/** Makes the tickets of queued runs that have lost theirs. */
	void lookNow() {
		List<RunQueue.Entry> page = this.queue.list(null, PAGE);
		boolean fires = this.schedules != null && this.schedules.look();
		if (fires || !page.isEmpty()) {
			start();
		}
		int lost = 0;
		while (!page.isEmpty()) {
			lost += this.engine.addMissing(page.stream().map(QueuedRuns::ticket).toList());
			page = (page.size() < PAGE) ? List.of() : this.queue.list(page.get(page.size() - 1), PAGE);
		}
		if (lost > 0) {
			logger.info("{} queued workflow run(s) had lost their tickets, and have new ones", lost);
			this.engine.wake();
		}
		if (this.engine.isStarted()) {
			this.flow.wakeFirst();
		}
	}

	private static RunTicket ticket(RunQueue.Entry entry) {
		return new RunTicket(entry.workflowId(), entry.runId(), entry.priority(), entry.delay());
	}

	/** Starts the engine if this node executes queued runs. */
	void start() {
		if (this.executes && !this.engine.isStarted()) {
			this.engine.start(this.workflows.descriptors().stream().map((one) -> one.workflowId()).toList(),
					this::execute, this::fire);
		}
	}

	private Outcome fire(String workflowId, String scheduleId) {
		ScheduledRuns all = this.schedules;
		return (all != null) ? all.fire(workflowId, scheduleId) : Outcome.DONE;
	}

	/** Executes a run that the engine gives to this node. */
	private Outcome execute(String workflowId, String runId) {
		StoredRun run = this.repository.get().findRun(runId).orElse(null);
		if (run == null || run.status() != RunStatus.PENDING || run.epoch() > 0 || !RunRecipe.of(run).isQueued()) {
			return Outcome.DONE; // deleted, ended, or taken by another node
		}
		RegisteredWorkflow workflow = this.workflows.find(workflowId).orElse(null);
		if (workflow == null || !isOfVersion(workflow, run)) {
			return Outcome.againAfter(LEFT_TO_OTHERS);
		}
		List<FlowLimit> limits = this.flow.limits(run, workflow.settings().queueLimits(),
				this.defaults.overriddenBy(workflow.settings().options())
					.overriddenBy(RunRecipe.of(run).options())
					.requireConcurrency());
		Outcome held = this.flow.admit(runId, limits);
		if (held != null) {
			return held;
		}
		try {
			return execute(run);
		}
		catch (RunNotResumableException ex) {
			end(run, new OrphanEnd(RunStatus.ERROR,
					StorableJson.sanitize(RunFailure.because(ex.reason(), ex.getMessage())).json(),
					this.clock.millis()));
			return Outcome.DONE;
		}
		finally {
			this.flow.release(runId, limits);
		}
	}

	private Outcome execute(StoredRun run) {
		DefaultStartedRun started = this.beginning.begin(run);
		Throwable failure = failure(started.response().toCompletableFuture());
		Throwable refusal = started.isBegun() ? null : failure;
		if (refusal == null || refusal instanceof RunNotResumableException) {
			return Outcome.DONE; // it has ended, paused, or another node was faster
		}
		logger.warn("Queued run '{}' of workflow '{}' could not begin; this is tried again", run.runId(),
				run.workflowId(), refusal);
		return Outcome.againAfter(TRIED_AGAIN);
	}

	private static @Nullable Throwable failure(CompletableFuture<?> future) {
		try {
			future.join();
			return null;
		}
		catch (CompletionException ex) {
			return (ex.getCause() != null) ? ex.getCause() : ex;
		}
	}

	private boolean isOfVersion(RegisteredWorkflow workflow, StoredRun run) {
		return !this.options.sameVersion() || Objects.equals(workflow.settings().version(), run.origin().codeVersion());
	}

	/**
	 * Begins queued runs.
	 */
	interface Beginning {

		/**
		 * Checks that the workflow of a run can be called with its recorded input.
		 * @param run the run
		 */
		void requireReadable(StoredRun run);

		/**
		 * Executes a run on the calling thread.
		 * @param run the run as it was seen
		 * @return the run, which may end later if its workflow's result comes later
		 */
		DefaultStartedRun begin(StoredRun run);

		/**
		 * Calls a workflow to queue a run, below what guards calls of its bean.
		 * @param workflow the workflow
		 * @param arguments the input
		 * @throws Exception why the run cannot be queued
		 */
		void submit(RegisteredWorkflow workflow, @Nullable Object[] arguments) throws Exception;

	}

}
