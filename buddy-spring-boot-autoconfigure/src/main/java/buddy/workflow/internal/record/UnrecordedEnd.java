package buddy.workflow.internal.record;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.internal.live.UnrecordedWrite;

/**
 * The end of a run that could not be stored. It is written once the store is available
 * again, so that the run does not remain stored as running, and its session as held.
 */
public final class UnrecordedEnd implements UnrecordedWrite {

	private static final Logger logger = LoggerFactory.getLogger(UnrecordedEnd.class);

	private final WorkflowSessionRepository repository;

	private final RunEnd end;

	public UnrecordedEnd(WorkflowSessionRepository repository, NewRun run, OpenedSession opened, RunStatus status,
			RunFailure failure, long endedAt, @Nullable Long lastEvent) {
		this.repository = repository;
		this.end = new RunEnd(run, opened.recorded(), status, null, StorableJson.sanitize(failure).json(), endedAt,
				null)
			.withLastEvent(lastEvent);
	}

	/**
	 * Returns whether the run was stored when it began; otherwise there is nothing to
	 * end.
	 */
	public boolean isNeeded() {
		return this.end.recorded();
	}

	@Override
	public Result attempt() {
		try {
			EndOutcome outcome = this.repository.end(this.end);
			NewRun run = this.end.run();
			if (outcome == EndOutcome.GONE && run.concurrency().isExclusive()) {
				// the run has lost its session, or its end is stored after all
				this.repository
					.end(new RunEnd(run.with(SessionConcurrency.MERGE, run.ownerNode()), true, this.end.status(), null,
							this.end.error(), this.end.endedAt(), null)
						.withLastEvent(this.end.lastEvent()));
			}
			return Result.DONE;
		}
		catch (RuntimeException ex) {
			logger.debug("The end of run '{}' could not be stored yet", this.end.run().runId(), ex);
			return Result.FAILED;
		}
	}

}
