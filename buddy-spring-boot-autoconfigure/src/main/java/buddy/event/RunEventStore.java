package buddy.event;

import java.util.Collection;
import java.util.List;

/**
 * Stores the events of runs, beside the sessions and runs themselves.
 *
 * <p>
 * Whoever writes a run's events writes them in their order, a batch after the other. The
 * first and the last event of a run are not stored: they follow from the run.
 */
public interface RunEventStore {

	/**
	 * Stores events, all or none. Those that are stored already, as after an answer that
	 * was lost, stay as they are, and those of runs that are gone or have ended are left
	 * out: nothing comes after a run's last event.
	 * @param events events of one or several runs, each run's in its order
	 */
	void append(List<StoredEvent> events);

	/**
	 * Reads events of a run in their order.
	 * @param runId the run
	 * @param after reads those after this position
	 * @param limit how many at the most
	 * @return the events; none if there are no more for now
	 */
	List<StoredEvent> read(String runId, EventPosition after, int limit);

	/**
	 * Tells how far runs have come, in one look at all of them.
	 * @param runIds the runs
	 * @return what there is of them, in no order; nothing of runs that are gone
	 */
	List<RunHead> heads(Collection<String> runIds);

	/**
	 * Deletes events of runs that ended long ago. Several nodes may call it at once. A
	 * run's id tells when it began, see {@link buddy.run.internal.RunIds}, so that a
	 * store need not look at those that began later.
	 * @param endedBefore those of runs that ended before this, in milliseconds since the
	 * epoch
	 * @param runs of how many runs at the most
	 * @return how many events were deleted; 0 if there are no more for now
	 */
	int deleteOfRunsEndedBefore(long endedBefore, int runs);

}
