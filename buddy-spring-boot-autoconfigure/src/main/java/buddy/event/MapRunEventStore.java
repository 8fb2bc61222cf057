package buddy.event;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * In-memory {@link RunEventStore} that keeps the events of the newest runs only, for
 * tests and for applications without a database.
 */
public final class MapRunEventStore implements RunEventStore {

	private static final int MAX_RUNS = 1000;

	/** The events by run, in the order of the first event. */
	private final Map<String, NavigableMap<EventPosition, StoredEvent>> events = new LinkedHashMap<>();

	private final WorkflowSessionRepository runs;

	/**
	 * Creates an empty store.
	 * @param runs the repository of the runs
	 */
	public MapRunEventStore(WorkflowSessionRepository runs) {
		this.runs = runs;
	}

	@Override
	public synchronized Set<String> append(List<StoredEvent> events) {
		for (StoredEvent event : events) {
			if (this.runs.findRun(event.runId()).filter((run) -> isOf(event, run)).isPresent()) {
				this.events.computeIfAbsent(event.runId(), (id) -> new TreeMap<>())
					.putIfAbsent(event.position(), event);
			}
		}
		Iterator<String> oldest = List.copyOf(this.events.keySet()).iterator();
		while (this.events.size() > MAX_RUNS) {
			this.events.remove(oldest.next());
		}
		return Set.of();
	}

	/** Whether the execution of the run that the event is of may still write. */
	private static boolean isOf(StoredEvent event, StoredRun run) {
		return !run.status().isTerminal() && run.epoch() == event.position().epoch();
	}

	@Override
	public synchronized List<StoredEvent> read(String runId, EventPosition after, int limit) {
		NavigableMap<EventPosition, StoredEvent> all = this.events.get(runId);
		// events of a deleted run are hidden, and stay until the next sweep
		return (all != null && this.runs.findRun(runId).isPresent())
				? all.tailMap(after, false).values().stream().limit(limit).toList() : List.of();
	}

	@Override
	public List<RunHead> heads(Collection<String> runIds) {
		return runIds.stream().map(this.runs::findRun).flatMap(Optional::stream).map(this::head).toList();
	}

	/**
	 * Returns the head; the run was read before, so if it had ended, all its events are
	 * here.
	 */
	private synchronized RunHead head(StoredRun run) {
		NavigableMap<EventPosition, StoredEvent> all = this.events.get(run.runId());
		return new RunHead(run.runId(), run.status(), (all != null) ? all.lastKey() : null);
	}

	@Override
	public synchronized int deleteOfRunsEndedBefore(long endedBefore, int runs) {
		List<String> old = this.events.keySet()
			.stream()
			.filter((runId) -> isOver(this.runs.findRun(runId).orElse(null), endedBefore))
			.limit(runs)
			.toList();
		int deleted = 0;
		for (String runId : old) {
			NavigableMap<EventPosition, StoredEvent> events = this.events.remove(runId);
			deleted += (events != null) ? events.size() : 0;
		}
		return deleted;
	}

	private static boolean isOver(@Nullable StoredRun run, long endedBefore) {
		return run == null || (run.endedAt() != null && run.endedAt() < endedBefore);
	}

}
