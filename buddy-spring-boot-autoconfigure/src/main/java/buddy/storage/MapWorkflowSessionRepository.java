package buddy.storage;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.session.SessionAccess;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.session.SessionExistsException;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionQuery;
import buddy.session.SessionSummary;

/**
 * In-memory store of sessions and runs that behaves like a database, for tests and for
 * applications without a database. Its content is lost at shutdown.
 */
public final class MapWorkflowSessionRepository implements WorkflowSessionRepository, RunRetention {

	private final Map<String, StoredSession> sessions = new HashMap<>();

	private final Map<String, StoredRun> runs = new HashMap<>();

	/** The runs that hold a session, by session id. */
	private final Map<String, String> holders = new HashMap<>();

	/** The waiting runs, in their order, by session id. */
	private final Map<String, Deque<String>> queues = new HashMap<>();

	/**
	 * The runs that were begun with an idempotency key, by that key. They may have been
	 * deleted since.
	 */
	private final Map<String, KeyedRun> keys = new HashMap<>();

	private long queued;

	@Override
	public synchronized OpenedSession begin(NewRun run) {
		StoredSession found = this.sessions.get(run.sessionId());
		if (found != null) {
			run.requireOwner(found);
		}
		requireNewKey(run);
		boolean exclusive = run.concurrency().isExclusive();
		boolean busy = exclusive && isBusy(run.sessionId());
		if (busy && run.concurrency() == SessionConcurrency.REJECT) {
			throw new SessionBusyException(run.sessionId(), this.holders.get(run.sessionId()),
					"Run '" + run.runId() + "' of workflow '" + run.workflowId() + "' was refused; try again later");
		}
		StoredSession session = (found != null) ? run.adopt(found) : run.newSession();
		if (!run.recordStart() && !exclusive) {
			return new OpenedSession(session, false);
		}
		if (this.runs.containsKey(run.runId())) {
			throw new IllegalStateException("Run id '" + run.runId() + "' is taken; give each run an id of its own");
		}
		this.sessions.put(session.sessionId(), session);
		this.runs.put(run.runId(), run.toStoredRun(busy ? RunStatus.PENDING : RunStatus.RUNNING));
		keepKey(run);
		if (busy) {
			this.queues.computeIfAbsent(run.sessionId(), (id) -> new ArrayDeque<>()).add(run.runId());
			return new OpenedSession(session, true, false, ++this.queued);
		}
		if (exclusive) {
			this.holders.put(run.sessionId(), run.runId());
		}
		return new OpenedSession(session, true);
	}

	@Override
	public synchronized Optional<OpenedSession> enter(NewRun run) {
		StoredSession session = this.sessions.get(run.sessionId());
		Deque<String> queue = this.queues.getOrDefault(run.sessionId(), new ArrayDeque<>());
		if (session == null || !run.mayUse(session) || !isOf(run) || !queue.contains(run.runId())) {
			throw new SessionNotFoundException(run.sessionId());
		}
		if (this.holders.containsKey(run.sessionId()) || !run.runId().equals(queue.peek())) {
			return Optional.empty();
		}
		dequeue(run.key());
		this.holders.put(run.sessionId(), run.runId());
		this.runs.put(run.runId(), counted(run.toStoredRun(RunStatus.RUNNING)));
		return Optional.of(new OpenedSession(session, true));
	}

	@Override
	public synchronized boolean withdraw(NewRun run) {
		boolean waiting = run.epoch() == 0 && isOf(run) && dequeue(run.key());
		if (waiting) {
			this.runs.remove(run.runId());
		}
		return waiting;
	}

	@Override
	public synchronized boolean undo(NewRun run) {
		StoredRun stored = this.runs.get(run.runId());
		if (stored == null || stored.status().isTerminal() || run.epoch() > 0 || !isOf(run)) {
			return false;
		}
		this.runs.remove(run.runId());
		this.holders.remove(run.sessionId(), run.runId());
		dequeue(run.key());
		return true;
	}

	@Override
	public synchronized EndOutcome end(RunEnd end) {
		String sessionId = end.run().sessionId();
		StoredSession session = this.sessions.get(sessionId);
		boolean usable = (session != null) ? end.recorded() || end.run().mayUse(session) : end.mayCreateSession();
		if (!isOpen(end) || !usable) {
			StoredRun stored = this.runs.get(end.run().runId());
			return (stored != null && stored.epoch() > end.run().epoch()) ? EndOutcome.FENCED : EndOutcome.GONE;
		}
		RunEnd.StateChange change = end.state();
		if (session != null && change != null && change.expectedVersion() != session.version()) {
			return EndOutcome.VERSION_MISSED;
		}
		this.sessions.put(sessionId, (session != null) ? used(session, end) : end.newSession());
		this.runs.put(end.run().runId(), counted(end.toStoredRun()));
		if (!end.recorded()) {
			keepKey(end.run());
		}
		this.holders.remove(sessionId, end.run().runId());
		dequeue(end.run().key());
		return EndOutcome.STORED;
	}

	@Override
	public synchronized EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
		StoredSession session = this.sessions.get(end.run().sessionId());
		return (session != null) ? end(end.withState(merge.apply(session))) : EndOutcome.GONE;
	}

	private void requireNewKey(NewRun run) {
		IdempotencyKey key = run.idempotencyKey();
		KeyedRun other = (key != null) ? this.keys.get(key.key()) : null;
		if (key != null && other != null && this.runs.containsKey(other.runId())) {
			throw new IdempotencyKeyUsedException(other.runId(), other.request().equals(key.request()));
		}
	}

	private void keepKey(NewRun run) {
		IdempotencyKey key = run.idempotencyKey();
		if (key != null) {
			this.keys.values().removeIf((keyed) -> !this.runs.containsKey(keyed.runId()));
			this.keys.put(key.key(), new KeyedRun(run.runId(), key.request()));
		}
	}

	private boolean isBusy(String sessionId) {
		return this.holders.containsKey(sessionId) || this.queues.containsKey(sessionId);
	}

	/**
	 * Returns whether the run has not ended yet. An exclusive run that is running must
	 * also still hold its session.
	 */
	private boolean isOpen(RunEnd end) {
		StoredRun run = this.runs.get(end.run().runId());
		if (!end.recorded()) {
			return run == null;
		}
		return run != null && !run.status().isTerminal() && isOf(end.run()) && (!end.run().concurrency().isExclusive()
				|| run.status() == RunStatus.PENDING || run.runId().equals(this.holders.get(run.sessionId())));
	}

	/** Whether this execution of a run is the one that may write. */
	private boolean isOf(NewRun run) {
		StoredRun stored = this.runs.get(run.runId());
		return stored != null && stored.epoch() == run.epoch();
	}

	/**
	 * Takes a run that has failed, has paused, or was stored to be executed later, so
	 * that another execution of it begins. Any other that is in progress is executed by
	 * this process, which lives.
	 * @param take the run as it was seen
	 * @return whether it is taken; it is not if it has changed since
	 */
	public synchronized boolean take(RunTake take) {
		StoredRun run = this.runs.get(take.runId());
		if (run == null || run.epoch() != take.epoch() || run.status() != take.status() || !isFree(run)) {
			return false;
		}
		this.runs.put(run.runId(),
				StoredRun.builder(run.key(), take.taken())
					.parentRunId(run.parentRunId())
					.input(run.input())
					.createdAt(run.createdAt())
					.epoch(take.nextEpoch())
					.recoveries(run.recoveries() + (take.recovery() ? 1 : 0))
					.origin(run.origin())
					.deadline(run.deadline())
					.build());
		if (take.queued()) {
			this.queues.computeIfAbsent(run.sessionId(), (id) -> new ArrayDeque<>()).addFirst(run.runId());
		}
		return true;
	}

	/**
	 * Pauses a run, whose session is free for others then.
	 * @param run the run, in the execution that pauses
	 * @param lastEvent the number of its last event in the store of events, or
	 * {@code null}
	 * @param at the time, in milliseconds since the epoch
	 * @return whether it is paused; it is not if another execution of it has begun, or it
	 * was ended by someone else
	 */
	public synchronized boolean pause(NewRun run, @Nullable Long lastEvent, long at) {
		StoredRun stored = this.runs.get(run.runId());
		boolean exclusive = run.concurrency().isExclusive();
		if (stored == null || stored.status() != RunStatus.RUNNING || !isOf(run)
				|| exclusive && !run.runId().equals(this.holders.get(run.sessionId()))) {
			return false;
		}
		this.runs.put(run.runId(),
				StoredRun.builder(stored.key(), RunStatus.PAUSED)
					.parentRunId(stored.parentRunId())
					.input(stored.input())
					.createdAt(stored.createdAt())
					.lastEvent(lastEvent)
					.epoch(stored.epoch())
					.recoveries(stored.recoveries())
					.origin(stored.origin())
					.deadline(stored.deadline())
					.build());
		if (exclusive) {
			this.holders.remove(run.sessionId());
			this.sessions.computeIfPresent(run.sessionId(), (id, session) -> copy(session, session.userId(),
					session.sessionName(), session.state(), Math.max(session.updatedAt(), at), session.version()));
		}
		return true;
	}

	/**
	 * Sets when a run has to end.
	 * @param runId the run
	 * @param epoch the execution that may set it
	 * @param deadline the time, in milliseconds since the epoch
	 */
	public synchronized void limit(String runId, int epoch, long deadline) {
		this.runs.computeIfPresent(runId,
				(id, run) -> (run.epoch() != epoch) ? run
						: new StoredRun(run.key(), run.parentRunId(), run.status(), run.input(), run.response(),
								run.error(), run.createdAt(), run.endedAt(), run.lastEvent(), run.epoch(),
								run.recoveries(), run.origin(), deadline));
	}

	/**
	 * Adds a run that has ended to its session.
	 * @param run the run
	 */
	public synchronized void add(StoredRun run) {
		if (!this.sessions.containsKey(run.sessionId())) {
			throw new SessionNotFoundException(run.sessionId());
		}
		this.runs.put(run.runId(), run);
	}

	/**
	 * Lists the runs that a run has called.
	 * @param runId the run
	 * @return the ids of the nested runs, by the key of the call
	 */
	public synchronized Map<String, String> nested(String runId) {
		Map<String, String> nested = new HashMap<>();
		this.runs.values()
			.stream()
			.filter((run) -> runId.equals(run.parentRunId()) && run.origin().parentStep() != null)
			.forEach((run) -> nested.put(String.valueOf(run.origin().parentStep()), run.runId()));
		return nested;
	}

	/**
	 * How often a run was continued, and when it has to end, is known to its row only.
	 */
	private StoredRun counted(StoredRun run) {
		StoredRun before = this.runs.get(run.runId());
		return (before == null) ? run
				: new StoredRun(run.key(), run.parentRunId(), run.status(), run.input(), run.response(), run.error(),
						run.createdAt(), run.endedAt(), run.lastEvent(), run.epoch(), before.recoveries(), run.origin(),
						before.deadline());
	}

	private boolean isFree(StoredRun run) {
		return switch (run.status()) {
			case PAUSED, ERROR, CANCELLED -> true;
			case PENDING -> !this.queues.getOrDefault(run.sessionId(), new ArrayDeque<>()).contains(run.runId());
			default -> false;
		};
	}

	private boolean dequeue(RunKey run) {
		Deque<String> queue = this.queues.get(run.sessionId());
		if (queue == null || !queue.remove(run.runId())) {
			return false;
		}
		if (queue.isEmpty()) {
			this.queues.remove(run.sessionId());
		}
		return true;
	}

	@Override
	public synchronized Optional<StoredSession> find(String sessionId) {
		return Optional.ofNullable(this.sessions.get(sessionId));
	}

	@Override
	public synchronized List<SessionSummary> list(SessionQuery query, RunPage page) {
		return page(this.sessions.values(), (session) -> session.matches(query), StoredSession::updatedAt,
				StoredSession::sessionId, page)
			.stream()
			.map(StoredSession::summary)
			.toList();
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
	public synchronized boolean rename(String sessionId, SessionAccess access, @Nullable String sessionName) {
		if (!isOpen(sessionId, access)) {
			return false;
		}
		this.sessions.computeIfPresent(sessionId, (id, session) -> copy(session, session.userId(), sessionName,
				session.state(), session.updatedAt(), session.version()));
		return true;
	}

	@Override
	public synchronized boolean delete(String sessionId, SessionAccess access) {
		return isOpen(sessionId, access) && delete(sessionId);
	}

	private boolean delete(String sessionId) {
		this.runs.values().removeIf((run) -> run.sessionId().equals(sessionId));
		this.holders.remove(sessionId);
		this.queues.remove(sessionId);
		return this.sessions.remove(sessionId) != null;
	}

	@Override
	public synchronized Optional<StoredRun> findRun(String runId) {
		return Optional.ofNullable(this.runs.get(runId));
	}

	@Override
	public synchronized Optional<StoredRun> findRun(String runId, SessionAccess access) {
		return findRun(runId).filter((run) -> isOpen(run.sessionId(), access));
	}

	@Override
	public synchronized List<StoredRun> runs(String sessionId, RunPage page) {
		return page(this.runs.values(), (run) -> run.sessionId().equals(sessionId), StoredRun::createdAt,
				StoredRun::runId, page);
	}

	@Override
	public synchronized List<StoredRun> runs(String sessionId, SessionAccess access, RunPage page) {
		return isOpen(sessionId, access) ? runs(sessionId, page) : List.of();
	}

	@Override
	public synchronized List<RunSummary> listRuns(RunQuery query, RunPage page) {
		SessionAccess viewer = query.viewer();
		return page(this.runs.values(),
				(run) -> run.matches(query) && (viewer == null || isOpen(run.sessionId(), viewer)),
				StoredRun::createdAt, StoredRun::runId, page)
			.stream()
			.map(MapWorkflowSessionRepository::summary)
			.toList();
	}

	private static RunSummary summary(StoredRun run) {
		Long endedAt = run.endedAt();
		return new RunSummary(run.runId(), run.sessionId(), run.workflowId(), run.userId(), run.parentRunId(),
				run.status(), Instant.ofEpochMilli(run.createdAt()),
				(endedAt != null) ? Instant.ofEpochMilli(endedAt) : null);
	}

	@Override
	public synchronized int deleteRuns(String sessionId, SessionAccess access) {
		if (!isOpen(sessionId, access)) {
			return 0;
		}
		int before = this.runs.size();
		this.runs.values().removeIf((run) -> run.sessionId().equals(sessionId) && run.status().isTerminal());
		return before - this.runs.size();
	}

	@Override
	public synchronized int deleteRuns(WorkflowSelection workflows, long begunBefore, int limit) {
		return deleteRuns(this.runs.values()
			.stream()
			.filter((run) -> run.status().isTerminal() && run.createdAt() < begunBefore
					&& workflows.includes(run.workflowId()))
			.sorted(Comparator.comparingLong(StoredRun::createdAt))
			.limit(limit));
	}

	@Override
	public synchronized List<String> sessionsWithMoreRuns(WorkflowSelection workflows, int keep, @Nullable String after,
			int limit) {
		return this.sessions.values()
			.stream()
			.filter((session) -> workflows.includes(session.workflowId())
					&& endedNewestFirst(session.sessionId()).count() > keep)
			.map(StoredSession::sessionId)
			.filter((sessionId) -> after == null || sessionId.compareTo(after) > 0)
			.sorted()
			.limit(limit)
			.toList();
	}

	@Override
	public synchronized int deleteOlderRuns(String sessionId, int keep, int limit) {
		return deleteRuns(endedNewestFirst(sessionId).skip(keep).limit(limit));
	}

	@Override
	public synchronized int deleteSessions(WorkflowSelection workflows, long usedBefore, int limit) {
		List<String> unused = this.sessions.values()
			.stream()
			.filter((session) -> session.updatedAt() < usedBefore && workflows.includes(session.workflowId()))
			.map(StoredSession::sessionId)
			.filter((sessionId) -> this.runs.values()
				.stream()
				.allMatch((run) -> run.status().isTerminal() || !run.sessionId().equals(sessionId)))
			.limit(limit)
			.toList();
		unused.forEach(this::delete);
		return unused.size();
	}

	private Stream<StoredRun> endedNewestFirst(String sessionId) {
		return this.runs.values()
			.stream()
			.filter((run) -> run.sessionId().equals(sessionId) && run.status().isTerminal())
			.sorted(Comparator.comparingLong(StoredRun::createdAt).thenComparing(StoredRun::runId).reversed());
	}

	private int deleteRuns(Stream<StoredRun> some) {
		List<StoredRun> deleted = some.toList();
		deleted.forEach((run) -> this.runs.remove(run.runId()));
		return deleted.size();
	}

	private boolean isOpen(String sessionId, SessionAccess access) {
		StoredSession session = this.sessions.get(sessionId);
		return session != null && session.allows(access);
	}

	private static <T> List<T> page(Iterable<T> items, Predicate<T> wanted, ToLongFunction<T> time,
			Function<T, String> id, RunPage page) {
		List<T> found = new ArrayList<>();
		items.forEach(found::add);
		RunPage.Cursor after = page.after();
		long at = (after != null) ? after.at().toEpochMilli() : Long.MAX_VALUE;
		return found.stream()
			.filter(wanted)
			.filter((item) -> after == null || time.applyAsLong(item) < at
					|| (time.applyAsLong(item) == at && id.apply(item).compareTo(after.id()) < 0))
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

	/** A run that was begun with an idempotency key, and the digest of its request. */
	private record KeyedRun(String runId, String request) {
	}

}
