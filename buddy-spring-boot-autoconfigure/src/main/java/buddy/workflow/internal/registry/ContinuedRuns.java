package buddy.workflow.internal.registry;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ReflectionUtils;

import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.durable.StepHead;
import buddy.durable.StepStatus;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.Cancellation;
import buddy.run.RunFailure;
import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.run.internal.StopReasons;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.storage.RunOrigin;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSelection;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.InvalidInputException;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.RunStep;
import buddy.workflow.RunVerification;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.StepsNotRecordedException;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.definition.InputBinder;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.DaemonThreads;
import buddy.workflow.internal.live.ForkRecipe;
import buddy.workflow.internal.live.PausedRunEnd;
import buddy.workflow.internal.live.RunRecipe;
import buddy.workflow.internal.live.StartHandle;

/**
 * Continues runs that earlier executions have left: decides whether a run can be
 * continued, and calls its workflow again with the recorded input.
 */
public final class ContinuedRuns implements PausedRuns.Continuing, QueuedRuns.Beginning {

	private static final Logger logger = LoggerFactory.getLogger(ContinuedRuns.class);

	private static final Executor THREADS = DaemonThreads.named("buddy-resume-");

	private final RegisteredWorkflows workflows;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunJournal journal;

	private final @Nullable RunOwners owners;

	private final DurableOptions options;

	private final ContinuedCall calls;

	private final Clock clock;

	private final RunVerifications verifications;

	private final PausedRunEnd pausedEnds;

	private final RunIds runIds;

	private final @Nullable RunWaits waits;

	private final @Nullable PausedRuns paused;

	private final @Nullable RunQuestions questions;

	private final @Nullable QueuedRuns queued;

	private final @Nullable AnswerTokens tokens;

	/**
	 * Creates the object.
	 * @param workflows the workflows
	 * @param stores where the runs are stored
	 * @param options how runs are continued
	 * @param calls calls workflows
	 * @param clock the clock
	 */
	public ContinuedRuns(RegisteredWorkflows workflows, RunStores stores, DurableOptions options, ContinuedCall calls,
			Clock clock) {
		this.workflows = workflows;
		this.repository = stores.repository();
		this.journal = stores.journal();
		this.owners = stores.owners();
		this.options = options;
		this.calls = calls;
		this.clock = clock;
		this.runIds = new RunIds(clock);
		this.pausedEnds = new PausedRunEnd(this.journal, this.repository, clock);
		this.verifications = new RunVerifications(this.repository, this.journal, this::start);
		RunWaits waits = stores.waits();
		this.waits = waits;
		this.paused = (waits != null) ? new PausedRuns(workflows, this.repository, waits, this) : null;
		this.questions = (waits != null && this.paused != null)
				? new RunQuestions(workflows, this.repository, this.journal, waits, this.paused, this.verifications)
				: null;
		QueueSettings queue = stores.queue();
		this.queued = (queue != null) ? new QueuedRuns(workflows, this.repository, queue, options, this, clock) : null;

		this.tokens = (waits != null && this.questions != null)
				? new AnswerTokens(this.repository, waits, this.questions) : null;
	}

	/** Continues a run that was interrupted. */
	StartedRun resume(StoredRun run) {
		requireResumable(run, false);
		return start(new ContinuedRun(run, false, false, null), THREADS);
	}

	/**
	 * Continues a run whose process died.
	 * @param run the run as it was seen
	 * @param died whether its process died, which is counted
	 * @param further is told on the run's thread when the run records what no earlier
	 * execution has recorded
	 */
	@Override
	public DefaultStartedRun recover(StoredRun run, boolean died, Runnable further) {
		return start(new ContinuedRun(run, died, false, null), THREADS, further);
	}

	@Override
	public DefaultStartedRun begin(StoredRun run) {
		return start(ContinuedRun.queued(run), Runnable::run);
	}

	@Override
	public void requireReadable(StoredRun run) {
		arguments(this.workflows.require(run.workflowId()), run);
	}

	@Override
	public void submit(RegisteredWorkflow workflow, @Nullable Object[] arguments) throws Exception {
		try {
			this.calls.submit(workflow.bean(), arguments);
		}
		catch (Throwable ex) {
			ReflectionUtils.rethrowException(ex);
		}
	}

	/** Returns the schedules, or null if there are none. */
	public @Nullable DefaultWorkflowSchedules schedules() {
		ScheduledRuns scheduled = (this.queued != null) ? this.queued.schedules() : null;
		return (scheduled != null) ? new DefaultWorkflowSchedules(this.workflows, scheduled) : null;
	}

	/** Returns the queued runs, or null if runs cannot be queued. */
	public @Nullable QueuedRuns queued() {
		return this.queued;
	}

	/**
	 * Ends a run that has paused.
	 * @param run the run as it was seen
	 * @param status what it ends as
	 * @param why why it does not go on
	 * @return whether it is ended; it is not if it goes on already
	 */
	@Override
	public boolean endPaused(StoredRun run, RunStatus status, RunFailure why) {
		return this.pausedEnds.end(run, status, why);
	}

	/**
	 * Cancels a run that has paused, with the runs that it has called. The run that has
	 * called it goes on with that.
	 */
	boolean cancelPaused(StoredRun run, String reason) {
		return cancelPaused(run, RunFailure.because(Cancellation.CANCELLED, reason), () -> {
		});
	}

	/**
	 * Cancels a run that has paused.
	 * @param run the run as it was seen
	 * @param why why it is cancelled
	 * @param alongside writes something else in the transaction that decides it
	 */
	boolean cancelPaused(StoredRun run, RunFailure why, Runnable alongside) {
		if (!this.pausedEnds.end(run, RunStatus.CANCELLED, why, alongside)) {
			return false;
		}
		this.journal.nested(run.runId())
			.values()
			.forEach((nested) -> this.pausedEnds.endCalled(nested, RunStatus.CANCELLED, why));
		PausedRuns all = this.paused;
		if (run.parentRunId() != null && all != null) {
			all.wake(run);
		}
		return true;
	}

	/**
	 * Cancels runs that have been paused for too long. Those that they have called end
	 * with them.
	 * @param workflows the workflows whose runs are considered
	 * @param age how long they may have been paused
	 * @param limit the maximum number of runs
	 * @return the number of runs that were cancelled
	 */
	public int expirePaused(WorkflowSelection workflows, Duration age, int limit) {
		RunWaits waits = this.waits;
		if (waits == null) {
			return 0;
		}
		RunFailure why = RunFailure.because(RunFailure.EXPIRED,
				"It has been paused for longer than " + age + " (buddy.retention.paused-age)");
		int expired = 0;
		for (String runId : waits.pausedFor(workflows, age, limit)) {
			try {
				StoredRun run = this.repository.get().findRun(runId).orElse(null);
				if (run != null && run.status() == RunStatus.PAUSED && cancelPaused(run, why, () -> {
				})) {
					expired++;
				}
			}
			catch (RuntimeException ex) {
				logger.warn("Run '{}' has been paused for too long, and could not be ended; it is tried again", runId,
						ex);
			}
		}
		return expired;
	}

	@Override
	public boolean isTemporary(RuntimeException failure) {
		return this.journal.isTemporary(failure);
	}

	@Override
	public boolean endIfLate(StoredRun run) {
		RunWaits store = this.waits;
		Duration left = (run.deadline() != null && store != null) ? store.timeLeft(run.runId()) : null;
		return left != null && (left.isZero() || left.isNegative())
				&& cancelPaused(run, RunFailure.because(Cancellation.DEADLINE, "its deadline is over"), () -> {
				});
	}

	@Override
	public boolean endIfCancelled(StoredRun run) {
		String reason = (this.owners != null)
				? this.owners.findUnfinished(run.runId()).map(UnfinishedRun::cancelReason).orElse(null) : null;
		return reason != null && cancelPaused(run, reason);
	}

	/** Returns the paused runs, or null if runs cannot pause. */
	public @Nullable PausedRuns paused() {
		return this.paused;
	}

	/** Returns the questions of runs, or null if runs cannot pause. */
	@Nullable RunQuestions questions() {
		return this.questions;
	}

	RunQuestions requireQuestions() {
		RunQuestions all = this.questions;
		if (all == null) {
			throw new StepsNotRecordedException();
		}
		return all;
	}

	/** Returns the tokens that answer questions, or null if runs cannot pause. */
	@Nullable AnswerTokens tokens() {
		return this.tokens;
	}

	/** Continues a run that has failed, and tries again what has failed last. */
	StartedRun retry(StoredRun run) {
		requireResumable(run, true);
		return start(new ContinuedRun(run, false, true, null), THREADS);
	}

	/**
	 * Begins a new run with the steps of another one before a given step.
	 * @param run the other run
	 * @param before the key of the step
	 * @param forked is told the id of the new run once that is stored
	 */
	StartedRun fork(StoredRun run, String before, Consumer<String> forked) {
		if (!run.status().isTerminal()) {
			requireDead(run);
		}
		requireRoot(run);
		requireSteps(run);
		List<StepHead> heads = this.journal.heads(run.runId());
		StepHead first = heads.stream()
			.filter((head) -> head.key().equals(before) && head.scope().isEmpty())
			.findFirst()
			.orElseThrow(() -> new RunNotResumableException(run.runId(), RunNotResumableException.NO_SUCH_STEP,
					"it has no step '" + before
							+ "' in the body of run() to fork it before, where calls of other workflows and steps of"
							+ " branches and agents do not count; it has "
							+ heads.stream().filter((head) -> head.scope().isEmpty()).map(StepHead::key).toList()));
		ForkRecipe recipe = new ForkRecipe(before, first.startedAt(), callsBefore(heads, first),
				run.status() == RunStatus.COMPLETED);
		StoredRun fork = fork(run, recipe);
		arguments(this.workflows.require(run.workflowId()), run);
		this.journal.fork(fork, run.runId(), kept(heads, first));
		forked.accept(fork.runId());
		return start(new ContinuedRun(fork, false, false, null), THREADS);
	}

	private StoredRun fork(StoredRun run, ForkRecipe recipe) {
		RunKey key = run.key().toBuilder().runId(this.runIds.next()).build();
		String error = StorableJson
			.sanitize(RunFailure.because(RunFailure.INTERRUPTED, "The fork of run '" + run.runId() + "' has not begun"))
			.json();
		long now = this.clock.millis();
		return StoredRun.builder(key, RunStatus.ERROR)
			.input(run.input())
			.error(error)
			.createdAt(now)
			.endedAt(now)
			.origin(new RunOrigin(null, new RunRecipe(RunRecipe.of(run).options(), false, recipe, null).json(),
					this.workflows.require(run.workflowId()).settings().version(), run.runId()))
			.build();
	}

	/** Counts the places that no step of the body has: calls of other workflows. */
	private static int callsBefore(List<StepHead> heads, StepHead first) {
		long steps = heads.stream()
			.filter((head) -> head.scope().isEmpty() && head.position() < first.position())
			.count();
		return first.position() - (int) steps;
	}

	/** Returns the steps that were there when the given one began. */
	private static List<String> kept(List<StepHead> heads, StepHead first) {
		return heads.stream()
			.filter((head) -> head.status() != StepStatus.WAITING)
			.filter((head) -> head.scope().isEmpty() ? head.position() < first.position()
					: head.startedAt() < first.startedAt() && !isWithin(head, heads, first))
			.map(StepHead::key)
			.toList();
	}

	/** Returns whether a step is part of one that is executed again. */
	private static boolean isWithin(StepHead head, List<StepHead> heads, StepHead first) {
		String root = head.key().substring(0, head.key().indexOf('/'));
		return heads.stream()
			.anyMatch((other) -> other.scope().isEmpty() && other.position() >= first.position()
					&& other.key().equals(root));
	}

	RunVerifications verifications() {
		return this.verifications;
	}

	/** Compares the code of a workflow with all of its runs that can be continued. */
	Page<RunVerification> verifyUnfinished(String workflowId, RunPage page, Predicate<StoredRun> visible,
			@Nullable Duration limit) {
		this.workflows.require(workflowId);
		return this.verifications.verifyUnfinished(workflowId, page, visible, limit);
	}

	List<RunStep> steps(StoredRun run, @Nullable String after, int limit) {
		return new RecordedSteps(this.repository.get(), this.journal, run).list(after, limit);
	}

	/**
	 * Returns whether a run could be continued as it is stored, by one call or the other.
	 */
	boolean isResumable(StoredRun run) {
		try {
			requireResumable(run, !StopReasons.isResumable(run.reason()));
			arguments(this.workflows.require(run.workflowId()), run);
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private void requireResumable(StoredRun run, boolean retry) {
		String runId = run.runId();
		if (run.status() == RunStatus.COMPLETED) {
			throw new RunNotResumableException(runId, RunNotResumableException.ENDED,
					"it has completed; fork it to execute a part of it again");
		}
		requireRoot(run);
		if (run.status() == RunStatus.PAUSED) {
			throw new RunNotResumableException(runId, RunNotResumableException.PAUSED,
					"it waits for an answer or a time, and goes on by itself then; answer its question, or cancel it");
		}
		if (!run.status().isTerminal()) {
			requireDead(run);
		}
		requireSteps(run);
		requireReason(run, retry);
		requireVersion(run);
	}

	private void requireSteps(StoredRun run) {
		if (run.status().isTerminal() && this.journal.hasDeletedSteps(run.runId())) {
			throw new RunNotResumableException(run.runId(), RunNotResumableException.STEPS_DELETED,
					"its steps were deleted since they were old (buddy.retention.step-age), so that it would do"
							+ " everything again; begin a new run");
		}
	}

	private static void requireRoot(StoredRun run) {
		if (run.parentRunId() != null) {
			throw new RunNotResumableException(run.runId(), RunNotResumableException.NESTED,
					"run '" + run.parentRunId() + "' has called it; continue that one");
		}
	}

	private static void requireReason(StoredRun run, boolean retry) {
		if (!run.status().isTerminal()) {
			return;
		}
		String reason = run.reason();
		if (retry && RunFailure.STEP_INTERRUPTED.equals(reason)) {
			throw new RunNotResumableException(run.runId(), RunFailure.STEP_INTERRUPTED,
					"whether a step that runs at most once has happened is not known, so that it is not tried again;"
							+ " resume the run to ask the other system by StepOptions.reconcile(…), or a person by"
							+ " askIfInterrupted(…), or look into it"
							+ " yourself, and fork the run before that step if it has not happened");
		}
		if (!retry && !StopReasons.isResumable(reason)) {
			throw new RunNotResumableException(run.runId(), reason.isEmpty() ? RunNotResumableException.FAILED : reason,
					"it has ended as " + run.status() + (reason.isEmpty() ? "" : " (" + reason + ")")
							+ "; retry it to try again what has failed");
		}
	}

	private void requireDead(StoredRun run) {
		UnfinishedRun unfinished = (this.owners != null) ? this.owners.findUnfinished(run.runId()).orElse(null) : null;
		if (this.owners == null || (unfinished != null && unfinished.ownerAlive())) {
			throw new RunNotResumableException(run.runId(), RunNotResumableException.ALIVE,
					"it is in progress" + ((unfinished != null) ? " on node '" + unfinished.ownerNode() + "'" : "")
							+ ", whose lease is not over (buddy.node.lease)");
		}
	}

	private void requireVersion(StoredRun run) {
		String version = this.workflows.require(run.workflowId()).settings().version();
		if (this.options.sameVersion() && !Objects.equals(version, run.origin().codeVersion())) {
			throw new RunNotResumableException(run.runId(), RunNotResumableException.VERSION,
					"it was begun by version '" + run.origin().codeVersion() + "' of the workflow, and this is '"
							+ version + "'; continue it on a node of its version, or set buddy.durable.versions=any");
		}
	}

	private DefaultStartedRun start(ContinuedRun continued, Executor executor) {
		return start(continued, executor, () -> {
		});
	}

	/** Calls the workflow of a run again. */
	@SuppressWarnings("NullAway") // what run() returns may be null
	private DefaultStartedRun start(ContinuedRun continued, Executor executor, Runnable further) {
		StoredRun run = continued.run();
		RegisteredWorkflow workflow = this.workflows.require(run.workflowId());
		@Nullable Object[] arguments = arguments(workflow, run);
		StartHandle ticket = new StartHandle(run.workflowId(), StartOptions.on(executor)).whenFurther(further);
		DefaultStartedRun started = new DefaultStartedRun(ticket.begun());
		executor.execute(() -> workflow.drain(() -> this.calls.call(workflow.bean(), arguments, continued, ticket),
				ticket, started));
		return started;
	}

	private static @Nullable Object[] arguments(RegisteredWorkflow workflow, StoredRun run) {
		if (RunRecipe.of(run).inputFiltered()) {
			throw new RunNotResumableException(run.runId(), RunFailure.INPUT_UNREADABLE,
					"a filter has changed its input before it was recorded, and its workflow cannot be called with that;"
							+ " filter what is shown instead, or begin a new run");
		}
		Map<String, @Nullable Object> input = Json.readMap((run.input() != null) ? run.input() : "{}");
		try {
			return WorkflowScope.session(run.sessionId())
				.user(run.userId())
				.call(() -> new InputBinder(run.workflowId(), workflow.method()).bind(input));
		}
		catch (InvalidInputException ex) {
			throw new RunNotResumableException(run.runId(), RunFailure.INPUT_UNREADABLE,
					"its recorded input cannot be read: " + ex.getMessage());
		}
	}

}
