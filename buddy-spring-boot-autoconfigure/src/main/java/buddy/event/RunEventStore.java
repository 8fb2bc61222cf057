package buddy.event;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Storage port for the events of runs, beside the one for sessions and runs.
 *
 * <p>
 * The events of a run are written in order, one batch after the other. The first and the
 * last event of a run are not stored, since they follow from the run itself.
 */
public interface RunEventStore {

	/**
	 * Stores events, those of a run all or none. Events that are stored already, as after
	 * a lost response, stay unchanged. Events of runs that were deleted or have ended are
	 * ignored, since no event may follow a run's last event.
	 *
	 * <p>
	 * A run that another transaction has locked does not delay the others: its events are
	 * left out, and the caller stores them later.
	 * @param events events of one or several runs, in order for each run
	 * @return the ids of the runs whose events were left out, as a rule none
	 */
	Set<String> append(List<StoredEvent> events);

	/**
	 * Reads events of a run in order.
	 * @param runId the run
	 * @param after the position to read after
	 * @param limit the maximum number of events
	 * @return the events; empty if there are no more for now
	 */
	List<StoredEvent> read(String runId, EventPosition after, int limit);

	/**
	 * Returns the heads of runs, read with one query.
	 * @param runIds the runs
	 * @return the heads, in no particular order; none for runs that were deleted
	 */
	List<RunHead> heads(Collection<String> runIds);

	/**
	 * Deletes events of runs that ended before a time. Several nodes may call it
	 * concurrently. Run ids contain the time at which the run began, see
	 * {@link buddy.run.internal.RunIds}, so that a store can skip runs that began later.
	 * @param endedBefore the end of the runs, exclusive, in milliseconds since the epoch
	 * @param runs the maximum number of runs
	 * @return the number of deleted events; 0 if there are no more for now
	 */
	int deleteOfRunsEndedBefore(long endedBefore, int runs);

}
