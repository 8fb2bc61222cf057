package buddy.workflow.internal.registry;

import java.util.function.Supplier;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Counts how often a run was continued by itself in vain, since its process died each
 * time before the run had recorded another step.
 *
 * <p>
 * Such a run may take its process down, or was only there when something else did. From
 * the second time on it is a suspect, and from the limit on it is not continued any more.
 */
final class RecoveryLimit {

	/** From how many times on a run is a suspect. */
	private static final int SUSPECT = 2;

	/**
	 * How many times the limit may be exceeded by a run that gets further only by runs
	 * that it calls: whether those were reached in its last execution is not known.
	 */
	private static final int BY_NESTED_RUNS = 4;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunJournal journal;

	private final int maxRecoveries;

	RecoveryLimit(Supplier<WorkflowSessionRepository> repository, RunJournal journal, int maxRecoveries) {
		this.repository = repository;
		this.journal = journal;
		this.maxRecoveries = maxRecoveries;
	}

	/**
	 * Counts in how many executions in a row a run has recorded nothing new; at most as
	 * many as it was continued by itself.
	 */
	int vain(StoredRun run) {
		if (!isSuspect(run.recoveries())) {
			return run.recoveries(); // whatever it has recorded, and without a query
		}
		int own = sinceOwnStep(run);
		int all = (own < BY_NESTED_RUNS * this.maxRecoveries) ? Math.min(own, sinceNestedStep(run)) : own;
		return Math.min(run.recoveries(), all);
	}

	/**
	 * Returns whether a run is continued alone, so that another one that ends the process
	 * does not count against it. One that is not to be continued again is one, too.
	 * @param vain how often it was continued in vain
	 */
	boolean isSuspect(int vain) {
		return vain >= Math.min(SUSPECT, this.maxRecoveries - 1);
	}

	/**
	 * Returns whether a run is not continued by itself any more.
	 * @param vain how often it was continued in vain
	 */
	boolean isReached(int vain) {
		return vain >= this.maxRecoveries;
	}

	private int sinceOwnStep(StoredRun run) {
		return run.epoch() - this.journal.heads(run.runId())
			.stream()
			.filter((step) -> step.status().isOutcome())
			.mapToInt(StepHead::epoch)
			.max()
			.orElse(0);
	}

	/** A run that is called for the first time is something new as well. */
	private int sinceNestedStep(StoredRun run) {
		return this.journal.nested(run.runId())
			.values()
			.stream()
			.flatMap((nested) -> this.repository.get().findRun(nested).stream())
			.filter((nested) -> !nested.status().isTerminal())
			.mapToInt((nested) -> Math.min(sinceOwnStep(nested), sinceNestedStep(nested)))
			.min()
			.orElse(Integer.MAX_VALUE);
	}

}
