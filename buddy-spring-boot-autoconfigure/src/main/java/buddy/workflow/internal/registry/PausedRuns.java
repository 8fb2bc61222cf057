package buddy.workflow.internal.registry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.RunWaits;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSelection;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.internal.live.DaemonThreads;

/**
 * Continues paused runs once what they wait for is there. A run that was called by
 * another one goes on with the outermost of them.
 */
public final class PausedRuns {

	private static final Logger logger = LoggerFactory.getLogger(PausedRuns.class);

	private static final int PAGE = 100;

	/** How many paused runs one node continues at the same time. */
	private static final int MAX_CONTINUED = 32;

	/**
	 * How many runs are looked at, at the most, for those that this node can continue.
	 */
	private static final int MAX_LOOKED_AT = 1000;

	private static final int MAX_DEPTH = 50;

	private static final long SELDOM_NANOS = 60_000_000_000L;

	private static final Executor THREADS = DaemonThreads.named("buddy-wake-");

	private final RegisteredWorkflows workflows;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunWaits waits;

	private final Continuing continued;

	private boolean timed = true;

	/** Whether a run has become due since the store was last asked. */
	private final AtomicBoolean woken = new AtomicBoolean();

	private long looked;

	/** How many runs were due at the last look that only other nodes can continue. */
	private int ofOthers;

	private final UnreadableRuns unreadable = new UnreadableRuns(System::nanoTime);

	private final Semaphore continuing = new Semaphore(MAX_CONTINUED);

	/** The runs that this process continues, which are not continued twice. */
	private final Set<String> inProgress = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the object.
	 * @param workflows the workflows
	 * @param repository the store of the runs
	 * @param waits what paused runs wait for
	 * @param continued continues runs
	 */
	public PausedRuns(RegisteredWorkflows workflows, Supplier<WorkflowSessionRepository> repository, RunWaits waits,
			Continuing continued) {
		this.workflows = workflows;
		this.repository = repository;
		this.waits = waits;
		this.continued = continued;
	}

	/**
	 * Continues the paused runs that are due. While none is known that will be due, the
	 * store is asked once a minute only, for the runs of other processes.
	 * @param paused whether a run of this process has paused since the last call
	 */
	public void look(boolean paused) {
		long now = System.nanoTime();
		if (this.woken.getAndSet(false) || paused || this.timed || now - this.looked >= SELDOM_NANOS) {
			this.looked = now;
			this.timed = true; // also if the store does not answer
			this.timed = continueDue();
		}
	}

	/** Returns whether there are runs that will be due at some time. */
	private boolean continueDue() {
		// those of other nodes would fill each page again
		WorkflowSelection known = new WorkflowSelection(
				this.workflows.descriptors().stream().map(WorkflowDescriptor::workflowId).collect(Collectors.toSet()),
				false);
		int limit = Math.min(PAGE + this.inProgress.size() + this.ofOthers, MAX_LOOKED_AT);
		this.ofOthers = 0;
		int skipped = 0;
		for (String runId : this.waits.due(known, limit)) {
			if (!continueDue(runId)) {
				skipped++;
			}
		}
		return skipped > 0 || this.waits.hasTimed(known);
	}

	/** A run that cannot be read must not keep others from being continued. */
	private boolean continueDue(String runId) {
		if (this.unreadable.isLeft(runId)) {
			this.ofOthers++;
			return false;
		}
		try {
			StoredRun run = this.repository.get().findRun(runId).orElse(null);
			return run == null || continueDue(run);
		}
		catch (RuntimeException ex) {
			if (this.continued.isTemporary(ex)) {
				throw ex;
			}
			this.unreadable.tell(runId, ex);
			this.ofOthers++;
			return false;
		}
	}

	private boolean continueDue(StoredRun run) {
		StoredRun root = root(run);
		if (this.workflows.find(root.workflowId()).isEmpty()) {
			this.ofOthers++;
			return false; // another node has it
		}
		if (run.parentRunId() != null && this.continued.endIfLate(run)) {
			return true;
		}
		this.waits.settle(run.runId(), root.runId());
		return goOn(root);
	}

	/** Lets the run that has called a run go on, since that has ended. */
	void wake(StoredRun run) {
		StoredRun root = root(run);
		this.waits.wake(root.runId());
		continueSoon(root.runId());
	}

	/** Continues a run soon, on another thread. */
	void continueSoon(String runId) {
		THREADS.execute(() -> {
			try {
				this.repository.get().findRun(runId).ifPresent(this::goOn);
			}
			catch (RuntimeException ex) {
				logger.debug("Run '{}' could not be continued; the next check does that", runId, ex);
			}
			finally {
				// it may just be about to pause, or too many are continued already
				this.woken.set(true);
			}
		});
	}

	/** Returns the outermost of the runs that have called a run, or the run itself. */
	StoredRun root(StoredRun run) {
		StoredRun root = run;
		for (int depth = 0; root.parentRunId() != null && depth < MAX_DEPTH; depth++) {
			StoredRun parent = this.repository.get().findRun(String.valueOf(root.parentRunId())).orElse(null);
			if (parent == null) {
				return root;
			}
			root = parent;
		}
		return root;
	}

	private boolean goOn(StoredRun run) {
		if (run.status() != RunStatus.PAUSED || this.workflows.find(run.workflowId()).isEmpty()) {
			return false;
		}
		if (!this.inProgress.add(run.runId())) {
			return true;
		}
		boolean acquired = false;
		try {
			if (this.continued.endIfLate(run) || this.continued.endIfCancelled(run)) {
				return true;
			}
			acquired = this.continuing.tryAcquire();
		}
		finally {
			if (!acquired) {
				this.inProgress.remove(run.runId());
			}
		}
		return acquired && goOnNow(run);
	}

	private boolean goOnNow(StoredRun run) {
		try {
			DefaultStartedRun started = this.continued.recover(run, false, () -> {
			});
			started.whenNotBegun((failure) -> notBegun(run, failure));
			started.response().whenComplete((response, failure) -> over(run.runId()));
			return true;
		}
		catch (RunNotResumableException ex) {
			over(run.runId());
			this.continued.endPaused(run, RunStatus.ERROR, RunFailure.because(ex.reason(), ex.getMessage()));
			return true;
		}
		catch (RuntimeException | Error ex) {
			over(run.runId());
			throw ex;
		}
	}

	private void over(String runId) {
		this.inProgress.remove(runId);
		this.continuing.release();
	}

	/** Nobody else sees the failure of a run that has not begun. */
	private static void notBegun(StoredRun run, Throwable failure) {
		if (failure instanceof RunNotResumableException) {
			logger.debug("Run '{}' of workflow '{}' is not continued here", run.runId(), run.workflowId(), failure);
		}
		else {
			logger.warn("Run '{}' of workflow '{}' could not be continued; this is tried again", run.runId(),
					run.workflowId(), failure);
		}
	}

	/**
	 * Continues runs, or ends those that cannot be continued.
	 */
	interface Continuing {

		/**
		 * Continues a run.
		 * @param run the run as it was seen
		 * @param died whether its process died, which is counted
		 * @param further is told when the run records something new
		 */
		DefaultStartedRun recover(StoredRun run, boolean died, Runnable further);

		/**
		 * Ends a run that has paused.
		 * @param run the run as it was seen
		 * @param status what it ends as
		 * @param why why it does not go on
		 * @return whether it is ended
		 */
		boolean endPaused(StoredRun run, RunStatus status, RunFailure why);

		/** Returns whether a failure is that of a store that is away or busy. */
		boolean isTemporary(RuntimeException failure);

		/** Cancels a run that has paused, if its deadline is over. */
		boolean endIfLate(StoredRun run);

		/** Cancels a run that has paused, if that was asked for before it had. */
		boolean endIfCancelled(StoredRun run);

	}

}
