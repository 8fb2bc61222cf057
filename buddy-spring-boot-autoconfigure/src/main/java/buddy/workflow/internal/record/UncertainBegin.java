package buddy.workflow.internal.record;

import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.storage.NewRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.internal.live.UnrecordedWrite;

/**
 * Undoes the beginning of a run that failed although it may have been stored. The caller
 * was told that the run did not begin, so it must not remain stored as running, nor hold
 * its session.
 */
public final class UncertainBegin implements UnrecordedWrite {

	private static final Logger logger = LoggerFactory.getLogger(UncertainBegin.class);

	/**
	 * How long to watch for the run, which the database may still write after a lock
	 * wait.
	 */
	private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final WorkflowSessionRepository repository;

	private final NewRun run;

	private boolean answered;

	private long answeredAt;

	public UncertainBegin(WorkflowSessionRepository repository, NewRun run) {
		this.repository = repository;
		this.run = run;
	}

	@Override
	public Result attempt() {
		try {
			if (this.repository.undo(this.run)) {
				logger.info("Run '{}' of workflow '{}', whose begin failed, was stored all the same; it is taken back",
						this.run.runId(), this.run.workflowId());
				return Result.DONE;
			}
		}
		catch (RuntimeException ex) {
			logger.debug("The begin of run '{}' could not be taken back yet", this.run.runId(), ex);
			return Result.FAILED;
		}
		if (!this.answered) {
			this.answered = true;
			this.answeredAt = System.nanoTime();
		}
		return (System.nanoTime() - this.answeredAt >= WATCHED_NANOS) ? Result.DONE : Result.LATER;
	}

}
