package buddy.workflow;

import java.util.concurrent.CompletionStage;

import buddy.run.RunResponse;

/**
 * A run that was started and is drained whoever waits for it: its id once it has begun,
 * and its response once it has ended.
 */
public interface StartedRun {

	/**
	 * Returns the run's id, once it has begun: it is stored then, and its first event is
	 * told. Of a start that is stored when it begins, the id is there already while it
	 * waits for its turn in its session; if that does not come, the run ends as an error.
	 * @return completes with the id, or fails with what refused the run, of which nothing
	 * is stored then
	 */
	CompletionStage<String> begun();

	/**
	 * Returns what the run gave, once its end is stored.
	 * @return completes with the response of a run that ended well, or fails with what
	 * refused or ended it, the same exception that a caller of {@code run()} would get
	 */
	CompletionStage<RunResponse> response();

	/**
	 * Takes a run back whose turn on its executor has not come yet; then it does not
	 * begin.
	 * @return whether it was taken back
	 */
	boolean withdraw();

}
