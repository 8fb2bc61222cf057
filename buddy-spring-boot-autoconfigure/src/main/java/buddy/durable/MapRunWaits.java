package buddy.durable;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSelection;

/**
 * Stores what paused runs wait for in the memory of this process, with the behaviour of a
 * database: for tests, and for applications without one.
 */
public final class MapRunWaits implements RunWaits {

	/**
	 * The time at which a called run is due whose waits were settled while the outermost
	 * run was not paused: that sees it when it pauses. Nobody looks for it before.
	 */
	private static final long SETTLED = 0;

	private static final Comparator<StoredQuestion> LATEST_FIRST = Comparator.comparing(StoredQuestion::askedAt)
		.reversed()
		.thenComparing(StoredQuestion::runId)
		.thenComparing(StoredQuestion::key);

	/** The questions by run and key. Guarded by the store of the runs. */
	private final Map<String, Map<String, StoredQuestion>> questions = new HashMap<>();

	/** The questions by the digest of their token. Guarded by the store of the runs. */
	private final Map<String, Asked> tokens = new HashMap<>();

	/** When paused runs are due. Guarded by the store of the runs. */
	private final Map<String, DueRun> dueRuns = new HashMap<>();

	/** Since when runs are paused. Guarded by the store of the runs. */
	private final Map<String, DueRun> pausedRuns = new HashMap<>();

	private final MapWorkflowSessionRepository runs;

	private final MapRunJournal journal;

	private final Clock clock;

	/**
	 * Creates an empty store.
	 * @param runs the store of the runs
	 * @param journal the store of their steps
	 * @param clock tells the time
	 */
	public MapRunWaits(MapWorkflowSessionRepository runs, MapRunJournal journal, Clock clock) {
		this.runs = runs;
		this.journal = journal;
		this.clock = clock;
	}

	/**
	 * Returns the store of the steps.
	 * @return the journal
	 */
	public RunJournal journal() {
		return this.journal;
	}

	@Override
	public boolean pause(RunPause pause) {
		synchronized (this.runs) {
			NewRun run = pause.run();
			long now = this.clock.millis();
			boolean waits = pause.nested().stream().allMatch((called) -> isWaiting(called, now));
			if (!this.runs.pause(run, pause.lastEvent(), now)) {
				return false;
			}
			this.pausedRuns.put(run.runId(), new DueRun(run.epoch(), now));
			Long due = null;
			for (RunPause.Wait wait : pause.waits()) {
				due = earlier(due, store(wait, now));
			}
			due = earlier(due, firstDue(run.runId()));
			resumeAt(run.runId(), waits ? due : earlier(due, now));
			return true;
		}
	}

	private boolean isWaiting(String runId, long now) {
		return paused(runId).isPresent() && !isDue(runId, now);
	}

	/** Stores a wait, and tells when it is due: now if it was settled meanwhile. */
	private @Nullable Long store(RunPause.Wait wait, long now) {
		StoredStep step = wait.step();
		StoredStep stored = this.journal.find(step.runId(), step.key());
		if (stored != null && stored.head().status().isOutcome() || stored == null && wait.known()) {
			return now;
		}
		StoredQuestion question = wait.question();
		boolean asks = question != null
				&& find(step.runId(), step.key()).filter((known) -> known.status() == QuestionStatus.OPEN).isEmpty();
		if (wait.known() && !asks && stored != null) {
			return stored.head().isTimed() ? stored.head().dueAt() : isSettled(stored) ? Long.valueOf(now) : null;
		}
		Long due = (wait.due() != null) ? Long.valueOf(now + wait.due().toMillis()) : null;
		StoredStep waiting = step.paused(due);
		this.journal.put((stored != null) ? waiting.keeping(stored) : waiting);
		if (question != null) {
			this.tokens.values().remove(new Asked(question.runId(), question.key()));
			of(question.runId()).put(question.key(),
					new StoredQuestion(question.runId(), question.key(), QuestionStatus.OPEN, question.schema(),
							question.shown(), question.assignee(), question.role(), now, due, question.defaultAnswer(),
							null, null, null));
		}
		return due;
	}

	private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
		return (one == null || other != null && other < one) ? other : one;
	}

	@Override
	public boolean isPaused(RunPause pause) {
		return paused(pause.run().runId()).filter((run) -> run.epoch() == pause.run().epoch()).isPresent();
	}

	@Override
	public AnswerOutcome answer(String runId, String key, String answer, @Nullable String answeredBy, String rootId,
			Runnable alongside) {
		synchronized (this.runs) {
			StoredQuestion question = find(runId, key).orElse(null);
			if (question == null || this.runs.findRun(runId).filter((run) -> !run.status().isTerminal()).isEmpty()) {
				return AnswerOutcome.NOT_FOUND;
			}
			long now = this.clock.millis();
			if (question.status() == QuestionStatus.ANSWERED) {
				return AnswerOutcome.ANSWERED;
			}
			if (question.status() == QuestionStatus.EXPIRED || isOver(question.expiresAt(), now)) {
				return AnswerOutcome.EXPIRED;
			}
			StoredStep step = this.journal.find(runId, key);
			if (step == null || step.head().status() != StepStatus.WAITING) {
				return AnswerOutcome.NOT_FOUND;
			}
			alongside.run(); // first, since it may refuse
			end(runId, key, StepStatus.DONE, answer, null, now);
			of(runId).put(key, with(question, QuestionStatus.ANSWERED, answer, answeredBy, now));
			resume(runId, rootId, now);
			return AnswerOutcome.STORED;
		}
	}

	private static boolean isOver(@Nullable Long time, long now) {
		return time != null && time <= now;
	}

	private static StoredQuestion with(StoredQuestion question, QuestionStatus status, @Nullable String answer,
			@Nullable String answeredBy, @Nullable Long answeredAt) {
		return new StoredQuestion(question.runId(), question.key(), status, question.schema(), question.shown(),
				question.assignee(), question.role(), question.askedAt(), question.expiresAt(),
				question.defaultAnswer(), answer, answeredBy, answeredAt);
	}

	private boolean end(String runId, String key, StepStatus status, @Nullable String result, @Nullable String error,
			long now) {
		StoredStep step = this.journal.find(runId, key);
		if (step == null || step.head().status() != StepStatus.WAITING) {
			return false;
		}
		if (step.head().kind() != StepKind.INPUT && step.head().kind() != StepKind.SLEEP) {
			// whether it has happened is told by its question
			this.journal.put(step.waiting(StepHead.SETTLED));
			return true;
		}
		StepHead head = step.head();
		StepHead ended = head.as(status, head.attempts(), head.epoch(), Math.max(head.startedAt(), now));
		this.journal.put((error != null) ? step.failed(ended, error) : step.done(ended, result));
		return true;
	}

	/**
	 * Makes the outermost run due, after something was settled that a run waited for. If
	 * that is not paused yet, it finds the mark at the runs that it has called when it
	 * pauses.
	 */
	private void resume(String runId, String rootId, long now) {
		if (paused(rootId).isPresent()) {
			Long due = dueAt(rootId);
			resumeAt(rootId, (due != null) ? Math.min(due, now) : now);
			if (!runId.equals(rootId) && paused(runId).isPresent()) {
				resumeAt(runId, firstDue(runId));
			}
			return;
		}
		Deque<String> called = new ArrayDeque<>();
		for (String next = runId; next != null && !next.equals(rootId) && !called.contains(next);) {
			called.add(next);
			next = this.runs.findRun(next).map(StoredRun::parentRunId).orElse(null);
		}
		called.stream().filter((id) -> paused(id).isPresent()).forEach((id) -> resumeAt(id, SETTLED));
	}

	@Override
	public List<String> due(WorkflowSelection workflows, int limit) {
		synchronized (this.runs) {
			long now = this.clock.millis();
			return timed(workflows).filter((due) -> due.getValue().at() <= now)
				.sorted(Comparator.comparing((Map.Entry<String, DueRun> due) -> due.getValue().at())
					.thenComparing(Map.Entry::getKey))
				.map(Map.Entry::getKey)
				.limit(limit)
				.toList();
		}
	}

	private Stream<Map.Entry<String, DueRun>> timed(WorkflowSelection workflows) {
		this.dueRuns.keySet().removeIf((runId) -> paused(runId).isEmpty());
		return Map.copyOf(this.dueRuns)
			.entrySet()
			.stream()
			.filter((due) -> dueAt(due.getKey()) != null && due.getValue().at() > SETTLED)
			.filter((due) -> paused(due.getKey()).filter((run) -> workflows.includes(run.workflowId())).isPresent());
	}

	@Override
	public void settle(String runId, String rootId) {
		synchronized (this.runs) {
			long now = this.clock.millis();
			if (paused(runId).isPresent() && (settle(runId, now) || isDue(runId, now))) {
				resume(runId, rootId, now);
			}
		}
	}

	private boolean settle(String runId, long now) {
		List<StepHead> over = waiting(runId).stream().filter((step) -> isOver(step.dueAt(), now)).toList();
		boolean settled = false;
		for (StepHead step : over) {
			StoredQuestion question = of(runId).get(step.key());
			if (question != null && question.status() == QuestionStatus.OPEN) {
				expire(question, now);
				settled = true;
			}
			else if (step.kind() == StepKind.SLEEP) {
				settled |= end(runId, step.key(), StepStatus.DONE, null, null, now);
			}
			else if (step.isTimed()) {
				StoredStep failed = this.journal.find(runId, step.key());
				this.journal.put(Objects.requireNonNull(failed).waiting(StepHead.SETTLED));
				settled = true;
			}
		}
		return settled;
	}

	private void expire(StoredQuestion question, long now) {
		String key = question.key();
		of(question.runId()).put(key, with(question, QuestionStatus.EXPIRED, null, null, null));
		if (question.defaultAnswer() != null) {
			end(question.runId(), key, StepStatus.DONE, question.defaultAnswer(), null, now);
		}
		else {
			end(question.runId(), key, StepStatus.FAILED, null,
					RecordedFailure.of(new AnswerExpiredException(key)).json(), now);
		}
	}

	@Override
	public void wake(String runId) {
		synchronized (this.runs) {
			long now = this.clock.millis();
			Long due = dueAt(runId);
			resumeAt(runId, (due != null) ? Math.min(due, now) : now);
		}
	}

	@Override
	public void limit(String runId, int epoch, Duration left) {
		this.runs.limit(runId, epoch, this.clock.millis() + left.toMillis());
	}

	@Override
	public @Nullable Duration timeLeft(String runId) {
		Long deadline = this.runs.findRun(runId).map(StoredRun::deadline).orElse(null);
		return (deadline != null) ? Duration.ofMillis(deadline - this.clock.millis()) : null;
	}

	@Override
	public List<String> pausedFor(WorkflowSelection workflows, Duration age, int limit) {
		synchronized (this.runs) {
			this.pausedRuns.entrySet()
				.removeIf((paused) -> paused(paused.getKey()).filter((run) -> run.epoch() == paused.getValue().epoch())
					.isEmpty());
			long now = this.clock.millis();
			long before = now - age.toMillis();
			return this.pausedRuns.entrySet()
				.stream()
				.filter((paused) -> paused.getValue().at() <= before && !isDue(paused.getKey(), now))
				.sorted(Comparator.comparing((Map.Entry<String, DueRun> paused) -> paused.getValue().at())
					.thenComparing(Map.Entry::getKey))
				.map(Map.Entry::getKey)
				.filter((runId) -> paused(runId)
					.filter((run) -> run.parentRunId() == null && workflows.includes(run.workflowId()))
					.isPresent())
				.limit(limit)
				.toList();
		}
	}

	@Override
	public boolean hasTimed(WorkflowSelection workflows) {
		synchronized (this.runs) {
			return timed(workflows).findAny().isPresent();
		}
	}

	@Override
	public Optional<StoredQuestion> find(String runId, String key) {
		synchronized (this.runs) {
			return Optional.ofNullable(of(runId).get(key));
		}
	}

	@Override
	public boolean setToken(String runId, String key, String tokenHash, Runnable alongside) {
		synchronized (this.runs) {
			boolean open = find(runId, key).filter(this::canBeAnswered).isPresent();
			if (open) {
				alongside.run();
				this.tokens.values().remove(new Asked(runId, key));
				this.tokens.put(tokenHash, new Asked(runId, key));
			}
			return open;
		}
	}

	private boolean canBeAnswered(StoredQuestion question) {
		return question.status() == QuestionStatus.OPEN && !isOver(question.expiresAt(), this.clock.millis())
				&& this.runs.findRun(question.runId()).filter((run) -> !run.status().isTerminal()).isPresent();
	}

	@Override
	public boolean useToken(String tokenHash, String usedHash) {
		synchronized (this.runs) {
			Asked asked = this.tokens.remove(tokenHash);
			if (asked != null) {
				this.tokens.put(usedHash, asked);
			}
			return asked != null;
		}
	}

	@Override
	public Optional<StoredQuestion> findByToken(String tokenHash) {
		synchronized (this.runs) {
			this.tokens.values().removeIf((asked) -> find(asked.runId(), asked.key()).isEmpty());
			return Optional.ofNullable(this.tokens.get(tokenHash))
				.flatMap((asked) -> find(asked.runId(), asked.key()))
				.filter((question) -> question.status() == QuestionStatus.ANSWERED || canBeAnswered(question));
		}
	}

	@Override
	public Set<String> roles(QuestionFilter filter) {
		return list(filter, null, Integer.MAX_VALUE).stream()
			.map(StoredQuestion::role)
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
	}

	@Override
	public List<StoredQuestion> list(QuestionFilter filter, QuestionViewer viewer, @Nullable StoredQuestion after,
			int limit) {
		synchronized (this.runs) {
			return List.copyOf(this.questions.keySet())
				.stream()
				.map(this::of)
				.map(Map::values)
				.flatMap(Collection::stream)
				.filter((question) -> matches(filter, question) && isSeen(question, viewer)
						&& (after == null || LATEST_FIRST.compare(question, after) > 0))
				.sorted(LATEST_FIRST)
				.limit(limit)
				.map((question) -> isClosed(question) ? with(question, QuestionStatus.CLOSED, null, null, null)
						: question)
				.toList();
		}
	}

	private boolean isSeen(StoredQuestion question, QuestionViewer viewer) {
		return this.runs.findRun(question.runId())
			.filter((run) -> viewer.sees(question, run.userId(),
					this.runs.find(run.sessionId()).map(StoredSession::userId).orElse(null)))
			.isPresent();
	}

	/** Tells whether nobody has answered the question of a run that has ended. */
	private boolean isClosed(StoredQuestion question) {
		return question.status() == QuestionStatus.OPEN
				&& this.runs.findRun(question.runId()).filter((run) -> run.status().isTerminal()).isPresent();
	}

	private boolean matches(QuestionFilter filter, StoredQuestion question) {
		return (filter.status() == null || filter.status() == question.status()
				|| filter.status() == QuestionStatus.CLOSED && isClosed(question))
				&& (filter.runId() == null || filter.runId().equals(question.runId()))
				&& this.runs.findRun(question.runId())
					.filter((run) -> filter.workflowId() == null || filter.workflowId().equals(run.workflowId()))
					.filter((run) -> filter.status() != QuestionStatus.OPEN || !run.status().isTerminal())
					.isPresent();
	}

	@Override
	public List<StepHead> waiting(String runId) {
		synchronized (this.runs) {
			return this.journal.heads(runId)
				.stream()
				.filter((step) -> step.status() == StepStatus.WAITING && (step.isTimed() || isWait(step, runId)))
				.sorted(Comparator.comparing(StepHead::key))
				.toList();
		}
	}

	private boolean isWait(StepHead step, String runId) {
		StoredQuestion question = of(runId).get(step.key());
		return step.kind() == StepKind.INPUT || step.kind() == StepKind.SLEEP
				|| question != null && question.status() == QuestionStatus.OPEN;
	}

	/** Tells whether what the step of a paused run waited for is there. */
	private boolean isSettled(StoredStep step) {
		return step.head().hasPaused() && !step.head().isTimed() && !isWait(step.head(), step.runId());
	}

	/** Finds when the first wait of a run is due. */
	private @Nullable Long firstDue(String runId) {
		return waiting(runId).stream()
			.filter(StepHead::isTimed)
			.map(StepHead::dueAt)
			.filter(Objects::nonNull)
			.min(Comparator.naturalOrder())
			.orElse(null);
	}

	private Optional<StoredRun> paused(String runId) {
		return this.runs.findRun(runId).filter((run) -> run.status() == RunStatus.PAUSED);
	}

	/** What was noted of an earlier execution counts no more. */
	private @Nullable Long dueAt(String runId) {
		DueRun due = this.dueRuns.get(runId);
		return (due != null && paused(runId).filter((run) -> run.epoch() == due.epoch()).isPresent()) ? due.at() : null;
	}

	private boolean isDue(String runId, long now) {
		return isOver(dueAt(runId), now);
	}

	private void resumeAt(String runId, @Nullable Long at) {
		this.dueRuns.remove(runId);
		paused(runId).ifPresent((run) -> {
			Long due = earlier(at, run.deadline());
			if (due != null) {
				this.dueRuns.put(runId, new DueRun(run.epoch(), due));
			}
		});
	}

	/** The questions of a run that was deleted go with it. */
	private Map<String, StoredQuestion> of(String runId) {
		this.questions.keySet().removeIf((known) -> this.runs.findRun(known).isEmpty());
		return this.runs.findRun(runId).isPresent() ? this.questions.computeIfAbsent(runId, (id) -> new HashMap<>())
				: Map.of();
	}

	/**
	 * A question that has a token.
	 *
	 * @param runId the run that asks
	 * @param key the key of the step
	 */
	private record Asked(String runId, String key) {
	}

	/**
	 * A time of a paused run.
	 *
	 * @param epoch the execution that paused
	 * @param at the time
	 */
	private record DueRun(int epoch, long at) {
	}

}
