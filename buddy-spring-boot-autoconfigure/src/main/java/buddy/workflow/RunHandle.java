package buddy.workflow;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import buddy.run.RunCancelledException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;

/**
 * A handle to a run that any node may execute. It can be made again from the run's id, in
 * another process too.
 *
 * @see WorkflowRuns#handle
 */
public interface RunHandle {

	/**
	 * Returns the id of the run.
	 * @return the id
	 */
	String runId();

	/**
	 * Returns the run's present status.
	 * @return the status
	 * @throws RunNotFoundException if the run was deleted, or was queued in a transaction
	 * that was rolled back
	 */
	RunStatus status();

	/**
	 * Waits for the end of the run. A run that pauses is waited for until it has gone on
	 * and ended.
	 * @param timeout how long to wait at most
	 * @return the response of the completed run
	 * @throws TimeoutException if the run has not ended by then; it goes on
	 * @throws InterruptedException if the thread is interrupted
	 * @throws RunFailedException if the run ended as an error
	 * @throws RunCancelledException if the run was cancelled
	 * @throws RunNotFoundException if the run was deleted, or was queued in a transaction
	 * that was rolled back
	 */
	RunResponse result(Duration timeout) throws TimeoutException, InterruptedException;

	/**
	 * Returns the events of the run from its first, and waits for those to come, from
	 * whichever node executes the run. The stream ends with the last event of the run. It
	 * ends without that when the run is deleted, or when this application stops. Which
	 * events are there is set by {@code buddy.events.store}.
	 * @return the events; the stream must be closed. A thread that waits for an event and
	 * is interrupted gets a {@link java.util.concurrent.CancellationException}
	 * @throws RunNotFoundException if the run was deleted, or was queued in a transaction
	 * that was rolled back
	 */
	Stream<RunResponseEvent> events();

	/**
	 * Cancels the run: a queued or paused run ends at once, and one that is executed is
	 * asked to stop.
	 * @return whether it was still unfinished
	 */
	boolean cancel();

}
