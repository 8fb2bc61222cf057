package buddy.workflow.internal.registry;

import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.RunJournal;
import buddy.durable.internal.ReplayedSteps;
import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.UnfinishedRun;
import buddy.storage.RunOwners;
import buddy.storage.RunOwners.OrphanEnd;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.codec.PayloadUnreadableException;
import buddy.workflow.DurableOptions;
import buddy.workflow.DurableOptions.Recovery;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.internal.live.DaemonThreads;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.live.OrphanSweep;
import buddy.workflow.internal.live.RunRecipe;

/**
 * Continues the runs of processes that died, where that is set.
 *
 * <p>
 * A run that takes its process down each time is found by the number of times in which it
 * was continued in vain. From the second time on it is a {@linkplain Suspects suspect},
 * and only one suspect is continued at a time, after the runs that are none. So other
 * runs are not taken for it, unless processes die several times in a row in just the
 * moment in which they are that one.
 */
public final class RunRecovery implements OrphanSweep.Recovery {

	private static final Logger logger = LoggerFactory.getLogger(RunRecovery.class);

	/** How many runs are continued by themselves at the same time on one node. */
	private static final int MAX_RECOVERING = 32;

	private static final Executor THREADS = DaemonThreads.named("buddy-recovery-");

	private final RegisteredWorkflows workflows;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunJournal journal;

	private final RunOwners owners;

	private final DurableOptions options;

	private final ContinuedRuns continued;

	private final Clock clock;

	private final RecoveryLimit limit;

	private final UnreadableRuns unreadable = new UnreadableRuns(System::nanoTime);

	private final Suspects suspects = new Suspects(System::nanoTime);

	private final Semaphore recovering = new Semaphore(MAX_RECOVERING);

	/** The runs that this process continues by itself, which are not continued twice. */
	private final Set<String> inRecovery = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the object.
	 * @param workflows the workflows
	 * @param repository the store of the runs
	 * @param journal the journal of their steps
	 * @param owners the store of the owners of runs
	 * @param options how runs are continued
	 * @param continued continues runs
	 * @param clock the clock
	 */
	public RunRecovery(RegisteredWorkflows workflows, Supplier<WorkflowSessionRepository> repository,
			RunJournal journal, RunOwners owners, DurableOptions options, ContinuedRuns continued, Clock clock) {
		this.workflows = workflows;
		this.repository = repository;
		this.journal = journal;
		this.owners = owners;
		this.options = options;
		this.continued = continued;
		this.clock = clock;
		this.limit = new RecoveryLimit(repository, journal, options.maxRecoveries());
	}

	/** A run that cannot be read or called must not keep others from being continued. */
	@Override
	public Outcome recover(String runId) {
		try {
			return recoverReadable(runId);
		}
		catch (RuntimeException ex) {
			if (this.journal.isTemporary(ex)) {
				throw ex;
			}
			this.unreadable.tell(runId, ex);
			// another node may have the key; any other failure may be mended here
			return (ex instanceof PayloadUnreadableException) ? Outcome.LEFT_TO_OTHERS : Outcome.LATER;
		}
	}

	private Outcome recoverReadable(String runId) {
		StoredRun run = this.repository.get().findRun(runId).orElse(null);
		RegisteredWorkflow workflow = (run != null) ? this.workflows.find(run.workflowId()).orElse(null) : null;
		if (run == null || (recovery(workflow) != Recovery.AUTO && !isAlwaysRecovered(run))) {
			return Outcome.NOT_RECOVERED;
		}
		if (workflow == null || !isOfVersion(workflow, run)) {
			// as before they were begun, and while they are paused
			return isAlwaysRecovered(run) && cancelReason(runId) == null ? Outcome.LATER : Outcome.LEFT_TO_OTHERS;
		}
		if (run.status().isTerminal() || this.inRecovery.contains(runId)) {
			// what was seen of it is old
			return Outcome.LATER;
		}
		if (run.parentRunId() != null) {
			// the run that called it continues it, or is marked itself
			return this.repository.get()
				.findRun(run.parentRunId())
				.filter((parent) -> !parent.status().isTerminal())
				.isPresent() ? Outcome.LATER : Outcome.NOT_RECOVERED;
		}
		if (this.suspects.find(run) != null) {
			return Outcome.LATER;
		}
		int vain = this.limit.vain(run);
		if (this.limit.isReached(vain)) {
			end(run, RunFailure.POISONED, "The run was continued " + vain
					+ " times, and its process died each time before it got any further; find out why, then retry it");
			return Outcome.LATER;
		}
		if (this.limit.isSuspect(vain)) {
			this.suspects.add(new Suspects.Suspect(run, vain));
			return Outcome.LATER;
		}
		return recover(run) ? Outcome.RECOVERED : Outcome.LATER;
	}

	/** The suspects come after all others. */
	@Override
	public void swept() {
		recoverNextSuspect();
	}

	private void recoverNextSuspect() {
		if (this.recovering.availablePermits() == 0) {
			return;
		}
		for (StoredRun next = this.suspects.next(); next != null; next = this.suspects.next()) {
			StoredRun seen = next;
			boolean recovered = false;
			try {
				// another node may have continued it while it waited
				recovered = this.repository.get()
					.findRun(seen.runId())
					.filter((run) -> !run.status().isTerminal() && run.epoch() == seen.epoch())
					.filter(this::recover)
					.isPresent();
			}
			catch (RuntimeException ex) {
				if (this.journal.isTemporary(ex)) {
					throw ex;
				}
				this.unreadable.tell(seen.runId(), ex);
			}
			finally {
				if (!recovered) {
					this.suspects.passed(seen.runId());
				}
			}
		}
	}

	/** Lets the next suspect follow on another thread than that of the run. */
	private void passed(String runId) {
		if (this.suspects.passed(runId)) {
			THREADS.execute(() -> {
				try {
					recoverNextSuspect();
				}
				catch (RuntimeException ex) {
					logger.debug("The next run could not be continued; the next check does that", ex);
				}
			});
		}
	}

	private boolean recover(StoredRun run) {
		UnfinishedRun unfinished = this.owners.findUnfinished(run.runId()).orElse(null);
		String cancelled = (unfinished != null) ? unfinished.cancelReason() : null;
		if (cancelled != null) {
			this.owners.endOrphan(run.runId(), LiveRuns.cancelled(cancelled, this.clock.millis()));
			return false;
		}
		if (!this.recovering.tryAcquire()) {
			return false;
		}
		this.inRecovery.add(run.runId());
		try {
			boolean died = unfinished == null || !RunOwners.isHandedOver(unfinished);
			DefaultStartedRun started = this.continued.recover(run, died, () -> passed(run.runId()));
			started.whenNotBegun((failure) -> notBegun(run, failure));
			started.response().whenComplete((response, failure) -> ended(run.runId()));
			logger.info("Run '{}' of workflow '{}' is continued, since the process that executed it {}", run.runId(),
					run.workflowId(), died ? "died" : "was stopped");
			return true;
		}
		catch (RunNotResumableException ex) {
			ended(run.runId());
			end(run, ex.reason(), ex.getMessage());
			return false;
		}
		catch (RuntimeException | Error ex) {
			ended(run.runId());
			throw ex;
		}
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

	private void ended(String runId) {
		this.inRecovery.remove(runId);
		this.recovering.release();
		passed(runId);
	}

	private Recovery recovery(@Nullable RegisteredWorkflow workflow) {
		Recovery own = (workflow != null) ? workflow.settings().recovery() : null;
		return (own != null) ? own : this.options.recovery();
	}

	/** Nobody looks after a run that was queued, or that has paused once. */
	private boolean isAlwaysRecovered(StoredRun run) {
		return RunRecipe.of(run).isQueued() || (run.epoch() > 0 && ReplayedSteps.hasPaused(this.journal, run.runId()));
	}

	private @Nullable String cancelReason(String runId) {
		return this.owners.findUnfinished(runId).map(UnfinishedRun::cancelReason).orElse(null);
	}

	private boolean isOfVersion(RegisteredWorkflow workflow, StoredRun run) {
		return !this.options.sameVersion() || Objects.equals(workflow.settings().version(), run.origin().codeVersion());
	}

	private void end(StoredRun run, String reason, @Nullable String message) {
		String error = StorableJson.sanitize(RunFailure.because(reason, message)).json();
		if (this.owners.endOrphan(run.runId(), new OrphanEnd(RunStatus.ERROR, error, this.clock.millis()))) {
			logger.warn("Run '{}' of workflow '{}' is not continued by itself: {}", run.runId(), run.workflowId(),
					message);
		}
	}

}
