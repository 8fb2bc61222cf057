package buddy.workflow.runner;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.engine.RunEngine;
import buddy.run.PayloadFilter;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunInterceptor;
import buddy.run.RunResponseEvent;
import buddy.session.SessionConcurrency;
import buddy.storage.AuditLog;
import buddy.storage.RunOwners;
import buddy.storage.RunQueue;
import buddy.storage.ScheduleStore;
import buddy.storage.WorkflowSelection;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.InputConstraints;
import buddy.workflow.InvalidInputException;
import buddy.workflow.RunOptions;
import buddy.workflow.SessionIdResolver;
import buddy.workflow.SizeLimits;
import buddy.workflow.UserIdResolver;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.definition.RunMethod;
import buddy.workflow.internal.definition.WorkflowMethods;
import buddy.workflow.internal.definition.WorkflowTargets;
import buddy.workflow.internal.execution.NestedCall;
import buddy.workflow.internal.execution.RunEnvironment;
import buddy.workflow.internal.execution.RunRequestResolver;
import buddy.workflow.internal.execution.RunStarting;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.live.NodeLease;
import buddy.workflow.internal.live.OrphanSweep;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.live.RunWatch;
import buddy.workflow.internal.live.StartHandle;
import buddy.workflow.internal.registry.ContinuedCall;
import buddy.workflow.internal.registry.ContinuedRuns;
import buddy.workflow.internal.registry.DefaultWorkflowRuns;
import buddy.workflow.internal.registry.DefaultWorkflowSchedules;
import buddy.workflow.internal.registry.PausedRuns;
import buddy.workflow.internal.registry.QueueSettings;
import buddy.workflow.internal.registry.QueuedRuns;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.internal.registry.RunRecovery;
import buddy.workflow.internal.registry.RunStores;
import buddy.workflow.internal.result.ResultAdapter;
import buddy.workflow.internal.result.ResultAdapters;

/**
 * Records a call of a workflow as a run: resolves its identity, begins it, calls the
 * body, and ends it with the outcome.
 */
public final class WorkflowRunner implements AutoCloseable {

	private final Supplier<WorkflowSessionRepository> repository;

	private final @Nullable RunOwners owners;

	private final Clock clock;

	private final RunRequestResolver identity;

	private final LiveRuns liveRuns;

	private final RunStarting entrance;

	private final LostContext lostContext = new LostContext();

	private final @Nullable OrphanSweep orphans;

	private final @Nullable RunJournal journal;

	private final @Nullable RunWaits waits;

	private final @Nullable QueueSettings queue;

	private final DurableOptions durable;

	private final Function<String, Stream<RunResponseEvent>> events;

	/** What continues the runs of workflows, which remembers those that it continues. */
	private final Map<RegisteredWorkflows, ContinuedRuns> continued = new ConcurrentHashMap<>();

	private WorkflowRunner(Builder builder) {
		this.repository = builder.repository;
		this.owners = builder.owners;
		this.clock = builder.clock;
		this.journal = builder.journal;
		this.waits = builder.waits;
		this.queue = (builder.queue != null && builder.engine != null) ? new QueueSettings(builder.queue,
				builder.engine, builder.executesQueued, !builder.payloadFilters.isEmpty(),
				RunOptions.DEFAULTS.overriddenBy(builder.options), builder.schedules) : null;
		this.durable = builder.durable;
		this.events = builder.events;
		this.identity = new RunRequestResolver(builder.sessionIdResolvers, builder.userIdResolvers,
				RunOptions.DEFAULTS.overriddenBy(builder.options), builder.requireUser, builder.limits,
				builder.payloadFilters);
		NodeLease lease = new NodeLease(builder.owners, builder.lease, builder.heartbeat);
		this.orphans = (builder.owners != null) ? new OrphanSweep(builder.owners,
				() -> Objects.requireNonNull(lease.nodeId()), builder.lease, builder.clock, System::nanoTime) : null;
		this.liveRuns = new LiveRuns(builder.owners, lease, builder.watch, builder.clock);
		this.entrance = new RunStarting(builder.repository, builder.recordStart, this.liveRuns,
				new RunEnvironment(builder.clock, List.copyOf(builder.listeners), List.copyOf(builder.interceptors),
						builder.watch.interrupt(), builder.logFailures, this.liveRuns, builder.journal, builder.waits,
						builder.queue, builder.durable));
	}

	/**
	 * Creates a builder for a runner on a store.
	 * @param repository supplies the store of sessions and runs
	 * @return the builder
	 */
	public static Builder over(Supplier<WorkflowSessionRepository> repository) {
		return new Builder(repository);
	}

	/**
	 * Runs a workflow with positional arguments, and records the run. This corresponds to
	 * the Python framework's {@code run_workflow()}.
	 * @param workflow the workflow's bean, or the workflow itself
	 * @param arguments the arguments of its {@code run()}, or of its {@code arun()} if it
	 * has no {@code run()}
	 * @return the result of {@code run()}
	 * @throws Throwable the exception that {@code run()} throws
	 */
	public @Nullable Object run(Workflow workflow, @Nullable Object... arguments) throws Throwable {
		Workflow target = WorkflowTargets.of(workflow);
		RunMethod method = WorkflowMethods.of(target.getClass()).main();
		if (arguments.length != method.parameters().size()) {
			throw new IllegalArgumentException("Workflow '" + target.workflowId() + "' takes "
					+ method.parameters().size() + " arguments " + method.parameters() + ", not " + arguments.length);
		}
		ReflectionUtils.makeAccessible(method.method());
		if (target != workflow) {
			return call(method.method(), workflow, arguments);
		}
		return invoke(target, method.method(), arguments, (resolved) -> call(method.method(), target, resolved));
	}

	/**
	 * Records an intercepted call of {@code run()} or {@code arun()}.
	 * @param workflow the workflow itself, not its proxy
	 * @param method the method that was called
	 * @param arguments its arguments
	 * @param body calls the method
	 * @return the result for the caller of the method
	 * @throws Throwable the exception that the method throws, as the same instance
	 */
	public @Nullable Object invoke(Workflow workflow, Method method, @Nullable Object[] arguments, Invocation body)
			throws Throwable {
		RunMethod runMethod = WorkflowMethods.of(workflow.getClass()).matching(method);
		boolean submitted = StartHandle.isSubmission(WorkflowScope.current(), workflow.workflowId());
		RunContext parent = submitted ? null : RunContext.current();
		if (parent == null && !submitted) {
			this.lostContext.check(workflow, this.liveRuns);
		}
		RunRequest request = this.identity.resolve(workflow, runMethod, arguments, parent);
		@Nullable Object[] resolved = withIds(runMethod, arguments, request);
		InputConstraints.Refusal refusal = refusal(workflow, runMethod, resolved);
		if (refusal != null) {
			// callers that pass input by name do not know the validator's exceptions
			throw (request.ticket() != null)
					? new InvalidInputException(workflow.workflowId(), refusal.faults(), refusal.exception())
					: refusal.exception();
		}
		StartHandle ticket = request.ticket();
		if (ticket != null && ticket.submits()) {
			ticket.submit(request);
			return NoResult.of(method);
		}
		ResultAdapter results = ResultAdapters.of(runMethod);
		NestedCall nested = RunStarting.nested(request);
		if (nested != null && nested.isOutcome()) {
			return results.replay(nested::outcome, runMethod.returnType());
		}
		RunRequest called = (nested != null) ? nested.of(request) : request;
		return results.adapt(this.entrance.starter(called), () -> body.proceed(withIds(runMethod, arguments, called)),
				runMethod.returnType());
	}

	/** Calls a workflow to continue a run. */
	private @Nullable Object resume(Workflow bean, @Nullable Object[] arguments, ContinuedRun continued,
			StartHandle ticket) throws Throwable {
		Workflow workflow = WorkflowTargets.of(bean);
		RunMethod method = WorkflowMethods.of(workflow.getClass()).main();
		ReflectionUtils.makeAccessible(method.method());
		Workflow inside = (bean != workflow) ? InsideCalls.of(bean, workflow) : workflow;
		RunRequest request = this.identity.continued(workflow, continued, ticket);
		return ResultAdapters.of(method)
			.adapt(this.entrance.starter(request),
					() -> call(method.method(), inside, withIds(method, arguments, request)), method.returnType());
	}

	/** Adds the ids of the run, whose session may differ from the requested one. */
	private static @Nullable Object[] withIds(RunMethod method, @Nullable Object[] arguments, RunRequest request) {
		RunContext run = RunContext.current();
		String session = (run != null) ? run.sessionId() : request.sessionId();
		return method.withIds(arguments, session, request.userId());
	}

	private static InputConstraints.@Nullable Refusal refusal(Workflow workflow, RunMethod method,
			@Nullable Object[] arguments) {
		InputConstraints constraints = WorkflowInternals.constraints(workflow);
		return (constraints != null) ? constraints.check(workflow, method.method(), arguments) : null;
	}

	/**
	 * Ends the runs of processes that died, as errors with the reason
	 * {@code interrupted}, and frees the sessions that they hold. Call it periodically,
	 * at least every third of a lease. Nothing is ended before the store has been
	 * observed for half a lease.
	 * @return the number of runs that were ended; 0 if the store does not record the
	 * nodes of runs
	 */
	public int endOrphans() {
		return (this.orphans != null) ? this.orphans.sweep() : 0;
	}

	/**
	 * Stops monitoring the runs of this process; those in progress continue.
	 */
	@Override
	public void close() {
		this.liveRuns.close();
	}

	/**
	 * Returns a user's view of the unfinished runs: those of this process and, if the
	 * store records the nodes of runs, of the other nodes.
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @return the view
	 */
	public WorkflowRuns runs(Supplier<@Nullable String> user) {
		return new DefaultWorkflowRuns(this.repository.get(), this.owners, this.liveRuns, user, this.clock, null);
	}

	/**
	 * Sets the workflows whose runs are continued by themselves when their process died,
	 * where that is set.
	 * @param workflows the workflows of the application
	 */
	public void recoverRunsOf(RegisteredWorkflows workflows) {
		ContinuedRuns continued = continued(workflows);
		if (this.orphans != null && this.owners != null && this.journal != null && continued != null) {
			this.orphans.recoverWith(new RunRecovery(workflows, this.repository, this.journal, this.owners,
					this.durable, continued, this.clock));
		}
	}

	/**
	 * Continues paused runs that are due: those whose question is answered or has
	 * expired, and those whose time has come. Call it periodically. While no run of this
	 * process has paused and none is known that will be due, it asks the store once a
	 * minute only.
	 * @param workflows the workflows of the application
	 */
	public void continueDue(RegisteredWorkflows workflows) {
		ContinuedRuns continued = continued(workflows);
		PausedRuns paused = (continued != null) ? continued.paused() : null;
		if (paused != null) {
			paused.look(this.liveRuns.takePaused());
		}
	}

	/**
	 * Cancels runs that have been paused for longer than an age, by the store's clock,
	 * with the runs that they have called.
	 * @param workflows the workflows of the application
	 * @param selected the workflows whose runs are considered
	 * @param age the age
	 * @param limit the maximum number of runs
	 * @return the number of runs that were cancelled
	 */
	public int expirePaused(RegisteredWorkflows workflows, WorkflowSelection selected, Duration age, int limit) {
		ContinuedRuns continued = continued(workflows);
		return (continued != null) ? continued.expirePaused(selected, age, limit) : 0;
	}

	/**
	 * Looks for queued runs of other processes, and starts the engine that executes them
	 * when there are some. Call it periodically: it asks the store about once a minute.
	 * @param workflows the workflows of the application
	 */

	public void lookForQueued(RegisteredWorkflows workflows) {
		ContinuedRuns continued = continued(workflows);
		QueuedRuns queued = (continued != null) ? continued.queued() : null;
		if (queued != null) {
			queued.look();
		}
	}

	/**
	 * Returns the schedules of the workflows.
	 * @param workflows the workflows of the application
	 * @return the schedules, or {@code null} if they cannot be stored
	 */
	public @Nullable DefaultWorkflowSchedules schedules(RegisteredWorkflows workflows) {
		ContinuedRuns continued = continued(workflows);
		return (continued != null) ? continued.schedules() : null;
	}

	private ContinuedCall calls() {
		return new ContinuedCall() {

			@Override
			public @Nullable Object call(Workflow workflow, @Nullable Object[] arguments, ContinuedRun continued,
					StartHandle ticket) throws Throwable {
				return resume(workflow, arguments, continued, ticket);
			}

			@Override
			public void submit(Workflow workflow, @Nullable Object[] arguments) throws Throwable {
				Workflow target = WorkflowTargets.of(workflow);
				Method method = WorkflowMethods.of(target.getClass()).main().method();
				invoke(target, method, arguments, (resolved) -> {
					throw new IllegalStateException(
							"A call of workflow '" + target.workflowId() + "' was executed instead of queued");
				});
			}

		};
	}

	private @Nullable ContinuedRuns continued(RegisteredWorkflows workflows) {
		RunJournal steps = this.journal;
		return (steps != null) ? this.continued.computeIfAbsent(workflows,
				(all) -> new ContinuedRuns(all,
						new RunStores(this.repository, steps, this.waits, this.owners, this.queue), this.durable,
						calls(), this.clock))
				: null;
	}

	/**
	 * Returns a user's view of the runs, through which they can be continued too.
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param workflows the workflows of the application
	 * @return the view
	 */
	public WorkflowRuns runs(Supplier<@Nullable String> user, RegisteredWorkflows workflows) {
		return runs(user, workflows, null);
	}

	/**
	 * Returns a user's view of the runs that writes down what is done to them.
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param workflows the workflows of the application
	 * @param audit the store of the audit, or {@code null}
	 * @return the view
	 */
	public WorkflowRuns runs(Supplier<@Nullable String> user, RegisteredWorkflows workflows, @Nullable AuditLog audit) {
		return new DefaultWorkflowRuns(this.repository.get(), this.owners, this.liveRuns, user, this.clock,
				continued(workflows))
			.telling(this.events)
			.audited(audit);
	}

	/**
	 * Returns the id of this process in the store of the runs.
	 * @return the id, or {@code null} if the store does not record the nodes of runs
	 */
	public @Nullable String nodeId() {
		return this.liveRuns.nodeId();
	}

	/** Returns the runs in progress. */
	LiveRuns liveRuns() {
		return this.liveRuns;
	}

	private static @Nullable Object call(Method method, Workflow target, @Nullable Object[] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/**
	 * Calls the application's {@code run()}.
	 */
	@FunctionalInterface
	public interface Invocation {

		/**
		 * Calls the method.
		 * @param arguments its arguments, with the session and user ids of the run
		 * @return the result of the method
		 * @throws Throwable the exception that the method throws
		 */
		@Nullable Object proceed(@Nullable Object[] arguments) throws Throwable;

	}

	/**
	 * Builder for {@link WorkflowRunner}.
	 */
	public static final class Builder {

		private final Supplier<WorkflowSessionRepository> repository;

		private List<SessionIdResolver> sessionIdResolvers = List.of();

		private List<UserIdResolver> userIdResolvers = List.of();

		private List<RunEventListener> listeners = List.of();

		private List<RunInterceptor> interceptors = List.of();

		private List<PayloadFilter> payloadFilters = List.of();

		private Clock clock = Clock.systemUTC();

		private boolean recordStart = true;

		private RunOptions options = RunOptions.NONE;

		private RunWatch watch = RunWatch.DEFAULT;

		private @Nullable RunOwners owners;

		private Duration lease = Duration.ofSeconds(60);

		private Duration heartbeat = Duration.ofSeconds(10);

		private boolean requireUser;

		private boolean logFailures = true;

		private SizeLimits limits = SizeLimits.DEFAULT;

		private @Nullable RunJournal journal;

		private @Nullable RunWaits waits;

		private @Nullable RunQueue queue;

		private @Nullable RunEngine engine;

		private boolean executesQueued = true;

		private @Nullable ScheduleStore schedules;

		private DurableOptions durable = DurableOptions.DEFAULTS;

		private Function<String, Stream<RunResponseEvent>> events = (runId) -> {
			throw new IllegalStateException("The events of run '" + runId
					+ "' cannot be followed: this runner has no store of events (WorkflowRunner.Builder.events)");
		};

		private Builder(Supplier<WorkflowSessionRepository> repository) {
			this.repository = repository;
		}

		/**
		 * Sets the resolvers for the session of a run that does not set one.
		 * @param resolvers the resolvers; the first result that is not {@code null} is
		 * used
		 * @return this builder
		 */
		public Builder sessionIdResolvers(List<SessionIdResolver> resolvers) {
			this.sessionIdResolvers = resolvers;
			return this;
		}

		/**
		 * Sets the resolvers for the user of a run that does not set one.
		 * @param resolvers the resolvers; the first result that is not {@code null} is
		 * used
		 * @return this builder
		 */
		public Builder userIdResolvers(List<UserIdResolver> resolvers) {
			this.userIdResolvers = resolvers;
			return this;
		}

		/**
		 * Sets the listeners that receive the events of runs.
		 * @param listeners the listeners
		 * @return this builder
		 */
		public Builder listeners(List<RunEventListener> listeners) {
			this.listeners = listeners;
			return this;
		}

		/**
		 * Sets the interceptors of runs.
		 * @param interceptors the interceptors, the outermost first
		 * @return this builder
		 */
		public Builder interceptors(List<RunInterceptor> interceptors) {
			this.interceptors = interceptors;
			return this;
		}

		/**
		 * Sets the filters that change the content of runs before it is recorded or
		 * observed.
		 * @param filters the filters, in the order in which they are applied
		 * @return this builder
		 */
		public Builder payloadFilters(List<PayloadFilter> filters) {
			this.payloadFilters = filters;
			return this;
		}

		/**
		 * Sets the clock; default is the system's clock.
		 * @param clock the clock
		 * @return this builder
		 */
		public Builder clock(Clock clock) {
			this.clock = clock;
			return this;
		}

		/**
		 * Sets whether a run is stored when it begins, not only when it ends.
		 * @param recordStart whether it is stored when it begins; default is true
		 * @return this builder
		 */
		public Builder recordStart(boolean recordStart) {
			this.recordStart = recordStart;
			return this;
		}

		/**
		 * Sets the policy for runs whose session has another run in progress; default is
		 * that both run and their states are merged.
		 * @param concurrency the policy
		 * @param waitTimeout the maximum time a run waits for its turn, if it waits
		 * @return this builder
		 */
		public Builder concurrency(SessionConcurrency concurrency, Duration waitTimeout) {
			this.options = this.options.withConcurrency(concurrency).withWaitTimeout(waitTimeout);
			return this;
		}

		/**
		 * Sets whether a run without a user is refused.
		 * @param requireUser whether it is refused; default is false
		 * @return this builder
		 */
		public Builder requireUser(boolean requireUser) {
			this.requireUser = requireUser;
			return this;
		}

		/**
		 * Sets the maximum time a run may take before it is cancelled.
		 * @param timeout the time; zero, the default, for no limit
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.options = this.options.withTimeout(timeout);
			return this;
		}

		/**
		 * Sets the maximum time from the call of a run to its end, with all of its pauses
		 * and executions.
		 * @param deadline the time; zero, the default, for no limit
		 * @return this builder
		 */
		public Builder deadline(Duration deadline) {
			this.options = this.options.withDeadline(deadline);
			return this;
		}

		/**
		 * Sets the time without a pull after which the run of a {@code Stream} or
		 * {@code Iterator} is cancelled.
		 * @param idleTimeout the time; zero for never, default is 10 minutes
		 * @return this builder
		 */
		public Builder idleTimeout(Duration idleTimeout) {
			this.watch = new RunWatch(this.watch.interval(), idleTimeout, this.watch.interrupt());
			return this;
		}

		/**
		 * Sets the interval at which requests of other nodes to cancel runs of this node
		 * are polled. It is the maximum time until such a request is noticed.
		 * @param interval the interval; default is a second
		 * @return this builder
		 */
		public Builder cancelPollInterval(Duration interval) {
			this.watch = new RunWatch(interval, this.watch.idleTimeout(), this.watch.interrupt());
			return this;
		}

		/**
		 * Sets whether the thread that runs a run's code is interrupted when the run is
		 * cancelled.
		 * @param interrupt whether it is interrupted; default is false, since an
		 * interrupt during file I/O can close an H2 database for every connection
		 * @return this builder
		 */
		public Builder interrupt(boolean interrupt) {
			this.watch = new RunWatch(this.watch.interval(), this.watch.idleTimeout(), interrupt);
			return this;
		}

		/**
		 * Sets the store of the nodes that run the runs. By default there is none, and
		 * runs can be cancelled only in this process.
		 * @param owners the store of the owners of runs, or {@code null}
		 * @param lease the time for which this node counts as alive after a heartbeat
		 * @param heartbeat the interval of heartbeats while the node has runs; at most a
		 * third of the lease
		 * @return this builder
		 */
		public Builder owners(@Nullable RunOwners owners, Duration lease, Duration heartbeat) {
			this.owners = owners;
			this.lease = lease;
			this.heartbeat = heartbeat;
			return this;
		}

		/**
		 * Sets whether the failure of a run that was started through
		 * {@link buddy.workflow.WorkflowRegistry#start} (in the background, by REST or by
		 * MCP) is logged with its stack trace. Direct callers of {@code run()} receive
		 * its exception.
		 * @param logFailures whether it is logged; default is true
		 * @return this builder
		 */
		public Builder logFailures(boolean logFailures) {
			this.logFailures = logFailures;
			return this;
		}

		/**
		 * Sets the limits on the size of what a run stores.
		 * @param limits the limits; default is 8 MB each
		 * @return this builder
		 */
		public Builder limits(SizeLimits limits) {
			this.limits = limits;
			return this;
		}

		/**
		 * Sets where the steps of runs are recorded. By default, they are not.
		 * @param journal the journal, beside the store of the runs, or {@code null}
		 * @param options how steps are recorded, and how runs are continued
		 * @return this builder
		 */
		public Builder durable(@Nullable RunJournal journal, DurableOptions options) {
			this.journal = journal;
			this.durable = options;
			return this;
		}

		/**
		 * Sets where it is stored what paused runs wait for. By default, runs cannot
		 * pause.
		 * @param waits the store, beside the journal of the steps, or {@code null}
		 * @return this builder
		 */
		public Builder waits(@Nullable RunWaits waits) {
			this.waits = waits;
			return this;
		}

		/**
		 * Sets what executes queued runs. By default, runs cannot be queued.
		 * @param queue the store of queued runs, beside that of all runs, or {@code null}
		 * @param engine executes them, or {@code null}
		 * @param executes whether this process executes queued runs, and not only queues
		 * them
		 * @return this builder
		 */
		public Builder engine(@Nullable RunQueue queue, @Nullable RunEngine engine, boolean executes) {
			this.queue = queue;
			this.engine = engine;
			this.executesQueued = executes;
			return this;
		}

		/**
		 * Sets where schedules are stored. By default, there are none.
		 * @param schedules the store, beside the queue of runs, or {@code null}
		 * @return this builder
		 */
		public Builder schedules(@Nullable ScheduleStore schedules) {
			this.schedules = schedules;
			return this;
		}

		/**
		 * Sets what tells the events of runs to those who have a
		 * {@link buddy.workflow.RunHandle}. By default, nothing does.
		 * @param events opens the events of a run, and waits for those to come
		 * @return this builder
		 */
		public Builder events(Function<String, Stream<RunResponseEvent>> events) {
			this.events = events;
			return this;
		}

		/**
		 * Builds the runner.
		 * @return the runner
		 */
		public WorkflowRunner build() {
			return new WorkflowRunner(this);
		}

	}

}
