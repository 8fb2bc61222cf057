package buddy.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * Stores sessions and runs in the memory of this process, with the behaviour of a
 * database: for tests, and for applications without one. What it keeps is lost at
 * shutdown.
 */
public final class MapWorkflowSessionRepository implements WorkflowSessionRepository {

	private final Map<String, StoredSession> sessions = new HashMap<>();

	private final Map<String, StoredRun> runs = new HashMap<>();

	@Override
	public synchronized OpenedSession begin(NewRun run) {
		StoredSession found = this.sessions.get(run.sessionId());
		if (found != null) {
			run.requireOwner(found);
		}
		StoredSession session = (found != null) ? run.adopt(found) : run.newSession();
		if (run.recordStart()) {
			if (this.runs.containsKey(run.runId())) {
				throw new IllegalStateException(
						"Run id '" + run.runId() + "' is taken; give each run an id of its own");
			}
			this.sessions.put(session.sessionId(), session);
			this.runs.put(run.runId(), new StoredRun(run.runId(), run.sessionId(), run.workflowId(), run.userId(),
					run.parentRunId(), RunStatus.RUNNING, run.input(), null, null, run.createdAt(), null));
		}
		return new OpenedSession(session, run.recordStart());
	}

	@Override
	public synchronized EndOutcome end(RunEnd end) {
		StoredRun run = this.runs.get(end.run().runId());
		boolean open = end.recorded() ? run != null && run.status() == RunStatus.RUNNING : run == null;
		StoredSession session = this.sessions.get(end.run().sessionId());
		boolean usable = (session != null) ? end.recorded() || end.run().mayUse(session) : end.mayCreateSession();
		if (!open || !usable) {
			return EndOutcome.GONE;
		}
		RunEnd.StateChange change = end.state();
		if (session != null && change != null && change.expectedVersion() != session.version()) {
			return EndOutcome.VERSION_MISSED;
		}
		this.sessions.put(end.run().sessionId(), (session != null) ? used(session, end) : end.newSession());
		this.runs.put(end.run().runId(), end.toStoredRun());
		return EndOutcome.STORED;
	}

	@Override
	public synchronized Optional<StoredSession> find(String sessionId) {
		return Optional.ofNullable(this.sessions.get(sessionId));
	}

	@Override
	public synchronized List<StoredSession> list(SessionQuery query, RunPage page) {
		return page(this.sessions.values(),
				(session) -> (query.workflowId() == null || query.workflowId().equals(session.workflowId()))
						&& (query.userId() == null || query.userId().equals(session.userId())),
				StoredSession::updatedAt, StoredSession::sessionId, page);
	}

	@Override
	public synchronized void create(StoredSession session, List<StoredRun> runs) {
		if (this.sessions.containsKey(session.sessionId())
				|| runs.stream().anyMatch((run) -> this.runs.containsKey(run.runId()))) {
			throw new SessionExistsException(session.sessionId(), null);
		}
		this.sessions.put(session.sessionId(), session);
		runs.forEach((run) -> this.runs.put(run.runId(), run));
	}

	@Override
	public synchronized boolean rename(String sessionId, @Nullable String sessionName) {
		return this.sessions.computeIfPresent(sessionId, (id, session) -> copy(session, session.userId(), sessionName,
				session.state(), session.updatedAt(), session.version())) != null;
	}

	@Override
	public synchronized boolean delete(String sessionId) {
		this.runs.values().removeIf((run) -> run.sessionId().equals(sessionId));
		return this.sessions.remove(sessionId) != null;
	}

	@Override
	public synchronized Optional<StoredRun> findRun(String runId) {
		return Optional.ofNullable(this.runs.get(runId));
	}

	@Override
	public synchronized List<StoredRun> runs(String sessionId, RunPage page) {
		return page(this.runs.values(), (run) -> run.sessionId().equals(sessionId), StoredRun::createdAt,
				StoredRun::runId, page);
	}

	@Override
	public synchronized int deleteRuns(String sessionId) {
		int before = this.runs.size();
		this.runs.values().removeIf((run) -> run.sessionId().equals(sessionId) && run.status().isTerminal());
		return before - this.runs.size();
	}

	private static <T> List<T> page(Iterable<T> items, Predicate<T> wanted, ToLongFunction<T> time,
			java.util.function.Function<T, String> id, RunPage page) {
		List<T> found = new ArrayList<>();
		items.forEach(found::add);
		RunPage.Cursor after = page.after();
		return found.stream()
			.filter(wanted)
			.filter((item) -> after == null || time.applyAsLong(item) < after.at()
					|| (time.applyAsLong(item) == after.at() && id.apply(item).compareTo(after.id()) < 0))
			.sorted(Comparator.comparingLong(time).thenComparing(id).reversed())
			.limit(page.limit())
			.toList();
	}

	private static StoredSession used(StoredSession session, RunEnd end) {
		StoredSession adopted = end.recorded() ? session : end.run().adopt(session);
		RunEnd.StateChange change = end.state();
		String state = (change != null) ? change.state() : adopted.state();
		return copy(adopted, adopted.userId(), adopted.sessionName(), state,
				Math.max(adopted.updatedAt(), end.endedAt()), adopted.version() + ((change != null) ? 1 : 0));
	}

	private static StoredSession copy(StoredSession session, @Nullable String userId, @Nullable String sessionName,
			@Nullable String state, long updatedAt, long version) {
		return new StoredSession(session.sessionId(), session.workflowId(), userId, sessionName, state, session.media(),
				session.workflowData(), session.extraData(), session.additional(), session.createdAt(), updatedAt,
				version);
	}

}
