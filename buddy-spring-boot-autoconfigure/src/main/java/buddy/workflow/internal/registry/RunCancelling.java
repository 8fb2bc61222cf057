package buddy.workflow.internal.registry;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionViewer;
import buddy.json.internal.StorableJson;
import buddy.run.Cancellation;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.AuditEntry;
import buddy.storage.AuditTrail;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;

/**
 * Cancels runs: those of this process, those of others, and those that are queued or
 * paused.
 *
 * @param repository the store of the runs
 * @param owners the store of the owners of runs, or null
 * @param liveRuns the runs of this process
 * @param clock the clock
 * @param continued continues runs, or null if their steps are not recorded
 * @param audit where it is written down
 */
record RunCancelling(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns, Clock clock,
		@Nullable ContinuedRuns continued, AuditTrail audit) {

	private static final int MAX_REASON = 255;

	/** How often a run is read again that pauses or goes on while it is cancelled. */
	private static final int MAX_CANCELS = 5;

	/**
	 * Cancels a run.
	 * @param runId the run
	 * @param reason why
	 * @param actor supplies who cancels it
	 * @param visible whose runs that user may cancel
	 * @return whether it was still unfinished
	 */
	boolean cancel(String runId, String reason, Supplier<@Nullable String> actor, QuestionViewer.Owners visible) {
		String line = reason.replaceAll("\\p{Cc}", " ");
		String kept = StorableJson.sanitizeText(line.substring(0, Math.min(line.length(), MAX_REASON)));
		LiveRun live = this.liveRuns.find(runId);
		if (live != null && live.isPausing()) {
			this.liveRuns.awaitOver(live);
			live = null;
		}
		if (live != null) {
			return visible.test(live.run().userId()) && cancelHere(live, kept, actor);
		}
		Optional<StoredRun> run = this.repository.findRun(runId)
			.filter((stored) -> !stored.status().isTerminal() && visible.test(stored.userId()));
		return run.isPresent() && cancelElsewhere(run.get(), kept, actor);
	}

	private boolean cancelHere(LiveRun live, String reason, Supplier<@Nullable String> actor) {
		if (!this.liveRuns.cancel(live, reason)) {
			return live.cancellation().cancelled();
		}
		return told(this.audit.ofRun(AuditEntry.CANCEL, actor.get(), live.run().key(), Map.of("reason", reason)));
	}

	/** While a run is read, it may pause, or go on. */
	private boolean cancelElsewhere(StoredRun run, String reason, Supplier<@Nullable String> actor) {
		AuditEntry entry = this.audit.ofRun(AuditEntry.CANCEL, actor.get(), run.key(), Map.of("reason", reason));
		RunFailure why = RunFailure.because(Cancellation.CANCELLED, reason);
		StoredRun seen = run;
		for (int attempt = 1; attempt <= MAX_CANCELS; attempt++) {
			if (seen.status() == RunStatus.PAUSED && this.continued != null) {
				if (this.continued.cancelPaused(seen, why, () -> this.audit.write(entry))) {
					return true;
				}
			}
			else if (cancelQueued(seen, reason)) {
				return told(entry);
			}
			else if (!requestCancel(seen, reason)) {
				return false;
			}
			LiveRun live = this.liveRuns.find(run.runId());
			if (live != null && !live.isPausing()) {
				return (this.liveRuns.cancel(live, reason) || live.cancellation().cancelled()) && told(entry);
			}
			StoredRun now = this.repository.findRun(run.runId()).orElse(null);
			if (now == null || now.status().isTerminal()
					|| now.epoch() == seen.epoch() && now.status() != RunStatus.PAUSED) {
				return seen.status() != RunStatus.PAUSED && told(entry);
			}
			seen = now;
		}
		return false;
	}

	private boolean cancelQueued(StoredRun run, String reason) {
		QueuedRuns queued = (this.continued != null) ? this.continued.queued() : null;
		return queued != null && queued.cancel(run, reason);
	}

	private boolean told(AuditEntry entry) {
		this.audit.writeAfterwards(entry);
		return true;
	}

	private boolean requestCancel(StoredRun run, String reason) {
		if (this.owners == null) {
			throw new IllegalStateException("Run '" + run.runId() + "' of workflow '" + run.workflowId()
					+ "' is not one of this process, and the store of sessions and runs has no RunOwners beside it to tell"
					+ " its owner; cancel it in the process that runs it");
		}
		if (!this.owners.requestCancel(run.runId(), reason)) {
			return false;
		}
		if (!this.owners.endOrphan(run.runId(), LiveRuns.cancelled(reason, this.clock.millis()))) {
			this.liveRuns.endUnknown(run.runId(), reason);
		}
		return true;
	}

}
