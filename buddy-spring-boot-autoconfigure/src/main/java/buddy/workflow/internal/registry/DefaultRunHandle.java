package buddy.workflow.internal.registry;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.RunTimedOutException;
import buddy.run.WorkflowRun;
import buddy.storage.StoredRun;
import buddy.workflow.RunFailedException;
import buddy.workflow.RunHandle;
import buddy.workflow.WorkflowRuns;

/**
 * Default implementation of {@link RunHandle}, which reads the run's row.
 *
 * @param runId the run
 * @param runs the view of the user who holds the handle
 * @param find finds the run, if that user may see it
 * @param follow opens the events of a run, and waits for those to come
 */
record DefaultRunHandle(String runId, WorkflowRuns runs, Function<String, StoredRun> find,
		Function<String, Stream<RunResponseEvent>> follow) implements RunHandle {

	private static final long FIRST_PAUSE_MILLIS = 10;

	private static final long LONGEST_PAUSE_MILLIS = 500;

	@Override
	public RunStatus status() {
		return this.find.apply(this.runId).status();
	}

	@Override
	public RunResponse result(Duration timeout) throws TimeoutException, InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		long pause = FIRST_PAUSE_MILLIS;
		while (true) {
			StoredRun run = this.find.apply(this.runId);
			if (run.status().isTerminal()) {
				return result(run.toWorkflowRun());
			}
			long left = deadline - System.nanoTime();
			if (left <= 0) {
				throw new TimeoutException("Run '" + this.runId + "' of workflow '" + run.workflowId()
						+ "' has not ended within " + timeout + "; it is " + run.status());
			}
			Thread.sleep(Math.max(1, Math.min(pause, left / 1_000_000)));
			pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
		}
	}

	private RunResponse result(WorkflowRun run) {
		RunResponse response = run.response();
		RunFailure failure = run.failure();
		if (run.status() == RunStatus.COMPLETED && response != null) {
			return response;
		}
		if (run.status() == RunStatus.CANCELLED) {
			String reason = (failure != null) ? String.valueOf(failure.message()) : "it was cancelled";
			boolean late = failure != null && Cancellation.TIMEOUT.equals(failure.reason());
			throw late ? new RunTimedOutException(this.runId, reason) : new RunCancelledException(this.runId, reason);
		}
		throw new RunFailedException(this.runId, run.workflowId(), failure);
	}

	@Override
	public Stream<RunResponseEvent> events() {
		this.find.apply(this.runId);
		return this.follow.apply(this.runId);
	}

	@Override
	public boolean cancel() {
		return this.runs.cancel(this.runId);
	}

}
