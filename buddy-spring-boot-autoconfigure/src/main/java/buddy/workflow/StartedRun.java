package buddy.workflow;

import java.util.concurrent.CompletionStage;

import buddy.run.RunResponse;

/**
 * A handle to a started run. Provides the run's id once it has begun, and its response
 * once it has ended. The run is taken to its end even if no one waits for it.
 */
public interface StartedRun {

	/**
	 * Returns the run's id once the run has begun: it is stored by then, and its first
	 * event has been published. If the run is stored when it begins, the id is available
	 * already while the run waits for its turn in its session; if its turn does not come,
	 * the run ends as an error.
	 * @return completes with the id, or with the exception that refused the run, in which
	 * case nothing of the run is stored
	 */
	CompletionStage<String> begun();

	/**
	 * Returns the run's response, once its end is stored.
	 * @return completes with the response of a completed run, or with the exception that
	 * refused or ended it, as a caller of {@code run()} would get it
	 */
	CompletionStage<RunResponse> response();

	/**
	 * Withdraws the run if its executor has not started it yet. It does not begin then.
	 * @return whether it was withdrawn
	 */
	boolean withdraw();

}
