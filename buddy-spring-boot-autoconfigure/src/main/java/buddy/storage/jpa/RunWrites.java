package buddy.storage.jpa;

import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;

/**
 * How a run that shares its session begins and ends, outside of any transaction of the
 * caller: where most runs spend their time in the database.
 */
interface RunWrites {

	/**
	 * Begins a run, which is stored as running.
	 * @param run the run
	 * @return the session as the run finds it
	 */
	OpenedSession begin(NewRun run);

	/**
	 * Ends a run.
	 * @param end the end
	 * @return what became of it
	 */
	EndOutcome end(RunEnd end);

}
