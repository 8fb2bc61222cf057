package buddy.workflow.internal.live;

import java.time.Clock;
import java.util.function.Supplier;

import buddy.durable.RunJournal;
import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Ends paused runs, which no process executes.
 *
 * @param journal takes them
 * @param repository the store of the runs
 * @param clock the clock
 */
public record PausedRunEnd(RunJournal journal, Supplier<WorkflowSessionRepository> repository, Clock clock) {

	/**
	 * Ends a run that has paused.
	 * @param run the run as it was seen
	 * @param status what it ends as
	 * @param why why it does not go on
	 * @return whether it is ended; it is not if it goes on already
	 */
	public boolean end(StoredRun run, RunStatus status, RunFailure why) {
		return end(run, status, why, () -> {
		});
	}

	/**
	 * Ends a run that has paused.
	 * @param run the run as it was seen
	 * @param status what it ends as
	 * @param why why it does not go on
	 * @param alongside writes something else in the transaction that decides it
	 * @return whether it is ended; it is not if it goes on already
	 */
	public boolean end(StoredRun run, RunStatus status, RunFailure why, Runnable alongside) {
		// as a run that waits for its session, which it does not hold
		if (!this.journal.take(new RunTake(run.runId(), run.epoch(), run.status(), null, false, true), alongside)) {
			return false;
		}
		NewRun taken = NewRun.builder(run.key(), new SessionSeed(null, "{}", null))
			.parentRunId(run.parentRunId())
			.createdAt(run.createdAt())
			.input((run.input() != null) ? run.input() : "{}")
			.concurrency(SessionConcurrency.WAIT)
			.epoch(run.epoch() + 1)
			.origin(run.origin())
			.build();
		this.repository.get()
			.end(new RunEnd(taken, true, status, null, StorableJson.sanitize(why).json(), this.clock.millis(), null));
		return true;
	}

	/**
	 * Ends a run that was called, if it has paused, and the paused ones that it has
	 * called.
	 * @param runId the run
	 * @param status what it ends as
	 * @param why why it does not go on
	 */
	public void endCalled(String runId, RunStatus status, RunFailure why) {
		this.repository.get()
			.findRun(runId)
			.filter((run) -> run.status() == RunStatus.PAUSED && end(run, status, why))
			.ifPresent(
					(run) -> this.journal.nested(runId).values().forEach((nested) -> endCalled(nested, status, why)));
	}

}
