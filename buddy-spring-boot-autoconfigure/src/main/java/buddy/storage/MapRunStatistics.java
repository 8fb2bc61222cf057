package buddy.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;

/**
 * The statistics of runs that are kept in memory.
 */
public final class MapRunStatistics implements RunStatistics {

	private final MapWorkflowSessionRepository repository;

	/**
	 * Creates the statistics of a store.
	 * @param repository the store of the runs
	 */
	public MapRunStatistics(MapWorkflowSessionRepository repository) {
		this.repository = repository;
	}

	@Override
	public RecentRuns recent(Instant from, Instant to, @Nullable SessionAccess viewer, int most) {
		List<RunSummary> found = list(RunQuery.all().begun(from, to.plusMillis(1)), most + 1);
		boolean cut = found.size() > most;
		List<RunSummary> looked = cut ? found.subList(0, most) : found;
		List<RunFigures> runs = looked.stream()
			.filter((run) -> viewer == null || isOpen(run.sessionId(), viewer))
			.map((run) -> this.repository.findRun(run.runId()).map(MapRunStatistics::figures))
			.flatMap(Optional::stream)
			.toList();
		return new RecentRuns(runs, cut ? found.get(most).createdAt() : null);
	}

	private boolean isOpen(String sessionId, SessionAccess viewer) {
		return this.repository.find(sessionId).filter((session) -> session.allows(viewer)).isPresent();
	}

	private static RunFigures figures(StoredRun run) {
		return new RunFigures(run.runId(), run.workflowId(), run.status(), run.createdAt(), run.endedAt(),
				RunMeasures.of(run.response(), run.error()));
	}

	@Override
	public UnfinishedRuns unfinished(@Nullable SessionAccess viewer, int most) {
		RunQuery open = RunQuery.all()
			.withStatus(EnumSet.of(RunStatus.RUNNING, RunStatus.PENDING, RunStatus.PAUSED))
			.visibleTo(viewer);
		List<RunSummary> found = list(open, Integer.MAX_VALUE);
		Map<RunStatus, Integer> counts = new EnumMap<>(RunStatus.class);
		found.forEach((run) -> counts.merge(run.status(), 1, (count, one) -> Math.min(most, count + one)));
		RunSummary first = found.isEmpty() ? null : found.get(found.size() - 1);
		return new UnfinishedRuns(counts,
				(first != null) ? new OldestRun(first.runId(), first.workflowId(), first.createdAt()) : null);
	}

	private List<RunSummary> list(RunQuery query, int most) {
		List<RunSummary> all = new ArrayList<>();
		RunPage page = RunPage.first(Math.min(RunPage.MAX_LIMIT, most));
		List<RunSummary> found = this.repository.listRuns(query, page);
		while (!found.isEmpty()) {
			all.addAll(found);
			if (all.size() >= most) {
				return List.copyOf(all.subList(0, most));
			}
			page = page.after(found.get(found.size() - 1).cursor());
			found = this.repository.listRuns(query, page);
		}
		return all;
	}

}
