package buddy.storage.jpa;

import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;

/**
 * Writes the beginning and the end of runs that share their session, outside of any
 * transaction of the caller. This is the path of most runs.
 */
interface RunWrites {

	/**
	 * Begins a run and stores it as running.
	 * @param run the run
	 * @return the session as the run finds it
	 */
	OpenedSession begin(NewRun run);

	/**
	 * Ends a run.
	 * @param end the end
	 * @return the outcome
	 */
	EndOutcome end(RunEnd end);

}
