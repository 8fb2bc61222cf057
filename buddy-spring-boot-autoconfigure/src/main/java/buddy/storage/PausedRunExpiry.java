package buddy.storage;

import java.time.Duration;

/**
 * Ends runs that have been paused for too long.
 */
@FunctionalInterface
public interface PausedRunExpiry {

	/**
	 * Cancels runs that have been paused for longer than an age, by the store's clock.
	 * Several nodes may do so at once.
	 * @param workflows the workflows whose runs are considered
	 * @param age the age
	 * @param limit the maximum number of runs
	 * @return the number of runs that were cancelled; 0 if there are no more for now
	 */
	int end(WorkflowSelection workflows, Duration age, int limit);

}
