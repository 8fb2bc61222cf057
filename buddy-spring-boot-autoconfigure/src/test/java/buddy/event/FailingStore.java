package buddy.event;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A store of events that a test makes slow or lets fail.
 */
class FailingStore implements RunEventStore {

	/** The sizes of the batches that it took. */
	final List<Integer> batches = new CopyOnWriteArrayList<>();

	/** The runs whose events it leaves out. */
	final Set<String> locked = ConcurrentHashMap.newKeySet();

	private RunEventStore store;

	void over(RunEventStore store) {
		this.store = store;
	}

	/** Called before a batch is stored. */
	void before(List<StoredEvent> events) {
	}

	/** Called after a batch is stored. */
	void after(List<StoredEvent> events) {
	}

	@Override
	public Set<String> append(List<StoredEvent> events) {
		before(events);
		Set<String> leftOut = Set.copyOf(this.locked);
		this.store.append(events.stream().filter((event) -> !leftOut.contains(event.runId())).toList());
		this.batches.add(events.size());
		after(events);
		return leftOut;
	}

	@Override
	public List<StoredEvent> read(String runId, EventPosition after, int limit) {
		return this.store.read(runId, after, limit);
	}

	@Override
	public List<RunHead> heads(Collection<String> runIds) {
		return this.store.heads(runIds);
	}

	@Override
	public int deleteOfRunsEndedBefore(long endedBefore, int runs) {
		return this.store.deleteOfRunsEndedBefore(endedBefore, runs);
	}

}
