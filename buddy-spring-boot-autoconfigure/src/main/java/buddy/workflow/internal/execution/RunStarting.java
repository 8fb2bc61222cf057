package buddy.workflow.internal.execution;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.RunJournal;
import buddy.durable.internal.RunSignal;
import buddy.run.Cancellation;
import buddy.run.Interception;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunEnding;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.run.internal.RunIds;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunQueue;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DurableOptions.Recovery;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.WorkflowRunContext;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.live.RunRecipe;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.live.SessionWaitQueue;
import buddy.workflow.internal.record.UncertainBegin;
import buddy.workflow.internal.record.WithoutInterrupt;

/**
 * Begins runs: registers them in this process, opens their sessions, and waits for their
 * turn in sessions that they do not share.
 */
public final class RunStarting {

	private static final Logger logger = LoggerFactory.getLogger(RunStarting.class);

	/** The number of alternative sessions tried for a nested run before random ones. */
	private static final int MAX_SESSIONS = 3;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunIds runIds;

	private final boolean recordStart;

	private final LiveRuns liveRuns;

	private final RunEnvironment surroundings;

	private final SessionWaitQueue turns = new SessionWaitQueue();

	public RunStarting(Supplier<WorkflowSessionRepository> repository, boolean recordStart, LiveRuns liveRuns,
			RunEnvironment surroundings) {
		this.repository = repository;
		this.runIds = new RunIds(surroundings.clock());
		this.recordStart = recordStart;
		this.liveRuns = liveRuns;
		this.surroundings = surroundings;
	}

	/**
	 * Takes the place of a call in the run that makes it.
	 * @return the call, or {@code null} if the run does not record it
	 */
	public static @Nullable NestedCall nested(RunRequest request) {
		return (request.parent() instanceof RunPart part) ? part.nested(request.workflow().workflowId()) : null;
	}

	public RunStarter starter(RunRequest request) {
		CapturedContext called = CapturedContext.of(this.surroundings.interceptors(), (key) -> null);
		return new RunStarter() {

			@Override
			public RunExecution begin() {
				return RunStarting.this.begin(request, called);
			}

			@Override
			public RunExecution begin(Function<String, @Nullable Object> context) {
				return RunStarting.this.begin(request,
						CapturedContext.of(RunStarting.this.surroundings.interceptors(), context).or(called));
			}

			@Override
			public boolean mayWait() {
				return request.options().requireConcurrency() == SessionConcurrency.WAIT;
			}

		};
	}

	/**
	 * Begins a run. The session id of a nested run is derived from names that others can
	 * guess. If that session belongs to another user or workflow, the run gets a
	 * different session instead of failing.
	 */
	private RunExecution begin(RunRequest request, CapturedContext origin) {
		RunRequest tried = request;
		for (int attempt = 1; true; attempt++) {
			try {
				return beginThere(tried, origin);
			}
			catch (ForeignSessionException ex) {
				tried = request.inSession((attempt <= MAX_SESSIONS)
						? RunRequestResolver.otherChildSession(request, attempt) : UUID.randomUUID().toString());
			}
		}
	}

	/** Begins nothing: the run only compares its code with its journal. */
	private RunExecution verifying(RunRequest request, ContinuedRun continued) {
		LiveRun live = new LiveRun(request, continued(request, continued, null), this.repository.get(), true, null);
		live.verifies();
		CancellationSource verification = continued.verification();
		if (verification != null) {
			live.whenOver(live.cancellation().follow(verification));
		}
		OpenedSession opened = continuing().take(live, continued);
		RunEnvironment quiet = new RunEnvironment(this.surroundings.clock(), List.of(), List.of(),
				this.surroundings.interrupt(), false, this.liveRuns, this.surroundings.journal(),
				this.surroundings.waits(), this.surroundings.queue(), this.surroundings.durable());
		return new RunExecution(live, opened, quiet).begin();
	}

	private RunExecution beginThere(RunRequest request, CapturedContext origin) {
		ContinuedRun continued = request.continued();
		if (continued != null && continued.verifying()) {
			return verifying(request, continued);
		}
		RunDeadlines.requireTime(request, this.surroundings.clock().instant());
		LiveRun live = newRun(request, origin);
		try (Interception.Entry entry = live.enter()) {
			announce(live);
			RunExecution run = new RunExecution(live, open(live), this.surroundings).begin();
			Duration limit = request.options().limit();
			if (limit != null) {
				live.whenOver(this.liveRuns.cancelAfter(live, limit));
			}
			return run;
		}
		catch (Throwable ex) {
			live.over();
			if (live.gate().pass(RunStatus.ERROR)) {
				live.ended(RunEnding.refused(ex));
			}
			throw ex;
		}
	}

	private LiveRun newRun(RunRequest request, CapturedContext origin) {
		WorkflowSessionRepository own = request.settings().storage();
		WorkflowSessionRepository store = (own != null) ? own : this.repository.get();
		// for other stores, it is not known which process writes what
		boolean main = own == null || own == this.repository.get();
		String node = main ? this.liveRuns.nodeId() : null;
		ContinuedRun continued = request.continued();
		NewRun run = (continued != null) ? continued(request, continued, node)
				: request.newRun(this.runIds.next(), this.surroundings.clock().millis(), this.recordStart, node);
		LiveRun live = new LiveRun(request, run, store, main, origin.start(run));
		live.takenFromTheDead(this.surroundings.journal() != null
				&& (isRecovered(request) || (continued != null && RunRecipe.of(continued.run()).isQueued())));
		return live;
	}

	/** Returns whether other nodes continue the run when this one is not seen. */
	private boolean isRecovered(RunRequest request) {
		Recovery own = request.settings().recovery();
		return ((own != null) ? own : this.surroundings.durable().recovery()) == Recovery.AUTO;
	}

	private NewRun continued(RunRequest request, ContinuedRun continued, @Nullable String node) {
		StoredRun seen = continued.run();
		return request.newRun(seen.runId(), seen.createdAt(), true, node)
			.toBuilder()
			.input((seen.input() != null) ? seen.input() : "{}")
			.parentRunId(seen.parentRunId())
			.idempotencyKey(null)
			.epoch(seen.epoch() + ((continued.verifying() || continued.first()) ? 0 : 1))
			.origin(seen.origin())
			.build();
	}

	/**
	 * Registers the run in this process. From now on, it is cancelled with its parent.
	 */
	private void announce(LiveRun live) {
		requireNotHeldByCaller(live.request());
		ContinuedRun continued = live.request().continued();
		if (continued != null && !continued.first()) {
			this.liveRuns.requireOpen(live);
		}
		else {
			this.liveRuns.add(live);
		}
		live.whenOver(() -> this.liveRuns.remove(live));
		RunContext parent = live.request().parent();
		if (parent != null) {
			live.whenOver(live.cancellation().follow(parent.cancellation()));
		}
	}

	private static void requireNotHeldByCaller(RunRequest request) {
		if (!request.options().requireConcurrency().isExclusive()) {
			return;
		}
		for (RunContext caller = request.parent(); caller != null; caller = caller.parent()) {
			if (caller instanceof WorkflowRunContext run && run.holds(request.sessionId())) {
				throw new SessionBusyException(request.sessionId(), run.runId(),
						"That run itself calls workflow '" + request.workflow().workflowId()
								+ "' in its own session, which would wait for it for ever; use another session, or"
								+ " WorkflowScope.empty().concurrency(SessionConcurrency.MERGE)");
			}
		}
	}

	private OpenedSession open(LiveRun live) {
		ContinuedRun continued = live.request().continued();
		OpenedSession opened = (continued == null) ? beginStored(live) : take(live, continued);
		live.opened(opened);
		limit(live, opened);
		live.request().tell((ticket) -> ticket.opened(live.run()));
		if (live.run().concurrency() != SessionConcurrency.MERGE) {
			live.whenOver(() -> this.turns.freed(live.run().sessionId()));
		}
		if (Cancellation.DEADLINE.equals(live.cancellation().cause()) && live.cancellation().cancelled()) {
			// it is over before its code is called again
			RunCancelledException over = live.cancellation().exception(live.run().runId());
			new RunExecution(live, opened, this.surroundings).begin().failed(over);
			throw over;
		}
		return opened.waiting() ? await(live, opened) : opened;
	}

	private void limit(LiveRun live, OpenedSession opened) {
		try {
			new RunDeadlines(this.liveRuns, this.surroundings.waits()).begin(live, opened,
					this.surroundings.clock().instant());
		}
		catch (RuntimeException ex) {
			if (live.request().continued() != null) {
				continuing().giveBack(live, ex);
			}
			else {
				undoLater(live);
			}
			throw ex;
		}
	}

	private RunContinuing continuing() {
		RunJournal journal = this.surroundings.journal();
		if (journal == null) {
			throw new IllegalStateException("Runs cannot be continued: there is no RunJournal bean beside the store of"
					+ " sessions and runs; declare one");
		}
		return new RunContinuing(journal, this.liveRuns, this.surroundings.clock());
	}

	/** What fails may have been stored nevertheless. */
	private OpenedSession take(LiveRun live, ContinuedRun continued) {
		try {
			return continued.first() ? startQueued(live) : this.continuing().take(live, continued);
		}
		catch (RunNotResumableException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			this.liveRuns.lookForStrays();
			throw ex;
		}
	}

	/** Takes a queued run for its first execution, unless another node was faster. */
	private OpenedSession startQueued(LiveRun live) {
		RunQueue queue = this.surroundings.queue();
		if (queue == null) {
			throw new IllegalStateException("Run '" + live.run().runId()
					+ "' is queued, and there is no RunQueue bean beside the store of sessions and runs");
		}
		return queue.start(live.run())
			.orElseThrow(() -> new RunNotResumableException(live.run().runId(), RunNotResumableException.ALIVE,
					"it is not queued any more"));
	}

	private OpenedSession beginStored(LiveRun live) {
		try {
			return live.repository().begin(live.run());
		}
		catch (SessionNotFoundException | SessionWorkflowMismatchException ex) {
			throw live.request().session().derived() ? new ForeignSessionException(ex) : ex;
		}
		catch (RuntimeException ex) {
			if (live.repository().isUncertain(ex)) {
				undoLater(live);
			}
			throw ex;
		}
	}

	private void undoLater(LiveRun live) {
		this.liveRuns.writeAgain(new UncertainBegin(live.repository(), live.run()));
	}

	private OpenedSession await(LiveRun live, OpenedSession queued) {
		live.request().tell((ticket) -> ticket.queued(live.run()));
		live.waiting(true);
		try {
			return this.turns.await(live, queued);
		}
		catch (RunCancelledException ex) {
			new RunExecution(live, queued, this.surroundings).begin().failed(ex);
			throw ex;
		}
		catch (RunSignal signal) {
			// it keeps its place, for the process that goes on with it
			throw Rethrow.raise(new RunExecution(live, queued, this.surroundings).begin().failed(signal));
		}
		catch (RuntimeException | Error ex) {
			if (live.request().idIsTold()) {
				// its id is known, so someone may query it
				new RunExecution(live, queued, this.surroundings).begin().gaveUpWaiting(ex);
			}
			else {
				withdraw(live, ex);
			}
			throw ex;
		}
		finally {
			live.waiting(false);
		}
	}

	private void withdraw(LiveRun live, Throwable cause) {
		try {
			WithoutInterrupt.run(() -> {
				boolean withdrawn = live.repository().withdraw(live.run());
				if (!withdrawn && cause instanceof RuntimeException ex && live.repository().isUncertain(ex)) {
					undoLater(live); // the run may have been admitted
				}
			});
		}
		catch (RuntimeException ex) {
			cause.addSuppressed(ex);
			undoLater(live);
			logger.warn("Run '{}' gave up waiting for session '{}', but could not be taken out of the queue yet",
					live.run().runId(), live.run().sessionId(), ex);
		}
	}

	/**
	 * Thrown if the derived session of a nested run belongs to another user or workflow.
	 */
	private static final class ForeignSessionException extends RuntimeException {

		ForeignSessionException(RuntimeException cause) {
			super(cause.getMessage(), cause, false, false);
		}

	}

}
