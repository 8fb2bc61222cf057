package buddy.workflow.internal.live;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import buddy.durable.RunJournal;
import buddy.run.RunStatus;
import buddy.run.internal.StopReasons;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Finds the runs that a run has called.
 */
public final class NestedRuns {

	private static final Comparator<StoredRun> AS_THEY_BEGAN = Comparator.comparingLong(StoredRun::createdAt)
		.thenComparing(StoredRun::runId);

	private NestedRuns() {
	}

	/**
	 * Finds the runs that a run has called. A fork also has those that its original had
	 * called, and that had ended, before the step at which the fork begins.
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
			Map<String, String> earlier = repository.findRun(original)
				.map((found) -> of(found, journal, repository))
				.orElseGet(() -> journal.nested(original));
			called(earlier, fork, repository).forEach((key, found) -> nested.put(key, found.runId()));
		}
		nested.putAll(journal.nested(run.runId()));
		return nested;
	}

	/**
	 * Finds those that were called before the fork's first step. Times are not enough in
	 * the body, where a call may have begun in the same millisecond as that step.
	 */
	private static Map<String, StoredRun> called(Map<String, String> earlier, ForkRecipe fork,
			WorkflowSessionRepository repository) {
		Map<String, StoredRun> called = new HashMap<>();
		earlier.forEach((key, runId) -> repository.findRun(runId)
			.filter((found) -> found.createdAt() <= fork.at())
			.ifPresent((found) -> called.put(key, found)));
		List<String> late = called.entrySet()
			.stream()
			.filter((call) -> call.getKey().indexOf('/') < 0)
			.sorted(Map.Entry.comparingByValue(AS_THEY_BEGAN))
			.skip(fork.calls())
			.map(Map.Entry::getKey)
			.toList();
		called.keySet().removeAll(late);
		called.values().removeIf((found) -> !isOutcome(found));
		return called;
	}

	private static boolean isOutcome(StoredRun run) {
		return run.status() == RunStatus.COMPLETED
				|| (run.status().isTerminal() && !StopReasons.isResumable(run.reason()));
	}

}
