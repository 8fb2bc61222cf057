package buddy.workflow.internal.registry;

import java.util.function.Supplier;

import buddy.durable.RunJournal;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Tells which runs are not continued by themselves any more, since they seem to take
 * their process down.
 */
final class RecoveryLimit {

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunJournal journal;

	private final int maxRecoveries;

	RecoveryLimit(Supplier<WorkflowSessionRepository> repository, RunJournal journal, int maxRecoveries) {
		this.repository = repository;
		this.journal = journal;
		this.maxRecoveries = maxRecoveries;
	}

	/**
	 * Returns whether a run was continued so often without getting any further. A run
	 * that has recorded a step since has not ended its process, and was only there when
	 * others did.
	 */
	boolean isReached(StoredRun run) {
		return run.recoveries() >= this.maxRecoveries && !hasProgressed(run);
	}

	/** Looks at the last executions, as many as the limit allows. */
	private boolean hasProgressed(StoredRun run) {
		int before = run.epoch() - this.maxRecoveries;
		return this.journal.heads(run.runId())
			.stream()
			.anyMatch((step) -> step.status().isOutcome() && step.epoch() > before)
				|| this.journal.nested(run.runId())
					.values()
					.stream()
					.flatMap((nested) -> this.repository.get().findRun(nested).stream())
					.anyMatch((nested) -> !nested.status().isTerminal() && hasProgressed(nested));
	}

}
