package buddy.workflow.internal.live;

import java.util.HashMap;
import java.util.Map;

import buddy.durable.RunJournal;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Finds the runs that a run has called.
 */
public final class NestedRuns {

	private NestedRuns() {
	}

	/**
	 * Finds the runs that a run has called. A fork also has those that its original had
	 * called, and that had completed, before the step at which the fork begins.
	 * @param run the run
	 * @param journal the journal of its steps
	 * @param repository the store of runs
	 * @return the ids of the nested runs, by the key of the call
	 */
	public static Map<String, String> of(StoredRun run, RunJournal journal, WorkflowSessionRepository repository) {
		Map<String, String> nested = new HashMap<>();
		ForkRecipe fork = RunRecipe.of(run).fork();
		String original = run.origin().forkedFrom();
		if (fork != null && original != null) {
			// the original may be a fork itself
			repository.findRun(original)
				.map((found) -> of(found, journal, repository))
				.orElseGet(() -> journal.nested(original))
				.forEach((key, runId) -> repository.findRun(runId)
					.filter((found) -> found.status() == RunStatus.COMPLETED && found.createdAt() <= fork.at())
					.ifPresent((found) -> nested.put(key, runId)));
		}
		nested.putAll(journal.nested(run.runId()));
		return nested;
	}

}
