package buddy.storage.jpa;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.durable.AnswerExpiredException;
import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.durable.QuestionViewer;
import buddy.durable.RecordedFailure;
import buddy.durable.RunPause;
import buddy.durable.RunWaits;
import buddy.durable.StepHead;
import buddy.durable.StoredQuestion;
import buddy.durable.StoredStep;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.WorkflowSelection;

/**
 * Stores what paused runs wait for beside the runs.
 *
 * <p>
 * All transactions lock in the same order: the session, then the runs from the outermost
 * one to those that it calls, then steps and questions.
 */
final class JpaRunWaits implements RunWaits {

	private final StorageTransactions transactions;

	private final SessionRows sessions;

	private final StepRows steps;

	private final WaitRows rows;

	private final QuestionRows questions;

	private final boolean oneWriter;

	/**
	 * Stores in the database of a data source.
	 * @param dataSource the data source of buddy's tables
	 * @param statements how statements run
	 */
	JpaRunWaits(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		JdbcTemplate template = dialect.template(dataSource, statements.timeouts());
		JdbcClient jdbc = statements.tables().client(template);
		this.sessions = new SessionRows(jdbc, dialect, statements.payloads());
		this.steps = new StepRows(template, dialect, statements.tables(), statements.payloads());
		this.rows = new WaitRows(jdbc, dialect, statements.payloads());
		this.questions = new QuestionRows(jdbc, dialect, statements.payloads());
		this.oneWriter = dialect.hasOneWriter();
	}

	@Override
	public boolean pause(RunPause pause) {
		try {
			return this.transactions.writeBeside(() -> store(pause));
		}
		catch (RefusedException ex) {
			return false;
		}
		catch (RuntimeException ex) {
			if (LostResponses.isPossible(ex) && isStored(pause, ex)) {
				return true;
			}
			throw ex;
		}
	}

	private boolean isStored(RunPause pause, RuntimeException failure) {
		try {
			return isPaused(pause);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

	@Override
	public boolean isPaused(RunPause pause) {
		return this.oneWriter ? this.transactions.read(() -> this.rows.isPaused(pause.run()))
				: this.transactions.writeApart(() -> this.rows.isPaused(pause.run()));
	}

	private boolean store(RunPause pause) {
		NewRun run = pause.run();
		if (run.concurrency().isExclusive() && !this.sessions.freeAndTouch(run, this.rows.now())) {
			throw new RefusedException(run.runId());
		}
		long now = this.rows.lockToPause(run).orElseThrow(() -> new RefusedException(run.runId()));
		boolean waits = pause.nested().isEmpty() || this.rows.allWait(Set.copyOf(pause.nested()), now);
		Long due = store(pause, now);
		this.rows.pause(pause, waits ? due : earlier(due, now), now);
		return true;
	}

	/** Stores the waits of a run, and tells when the first of them is due. */
	private @Nullable Long store(RunPause pause, long now) {
		if (pause.waits().isEmpty()) {
			return this.rows.firstDue(pause.run().runId());
		}
		String runId = pause.run().runId();
		List<String> keys = pause.waits().stream().map((wait) -> wait.step().key()).toList();
		Map<String, WaitRows.StepRow> stored = this.rows.steps(runId, keys);
		Set<String> open = stored.isEmpty() ? Set.of() : this.questions.open(runId, stored.keySet());
		Long first = null;
		for (RunPause.Wait wait : pause.waits()) {
			String key = wait.step().key();
			first = earlier(first, store(wait, stored.get(key), open.contains(key), now));
		}
		return earlier(first, this.rows.firstDue(runId));
	}

	/**
	 * Stores a wait, and tells when it is due: now if it was settled meanwhile. A
	 * question that has expired is asked again if its step waits again.
	 */
	private @Nullable Long store(RunPause.Wait wait, WaitRows.@Nullable StepRow stored, boolean open, long now) {
		if (stored != null && stored.status().isOutcome() || stored == null && wait.known()) {
			return now;
		}
		StoredQuestion question = wait.question();
		boolean asks = question != null && !open;
		if (wait.known() && !asks && stored != null) {
			boolean settled = Objects.equals(stored.dueAt(), StepHead.SETTLED) && !open;
			return settled ? Long.valueOf(now) : stored.timedAt();
		}
		Long due = (wait.due() != null) ? Long.valueOf(now + wait.due().toMillis()) : null;
		StoredStep step = wait.step().paused(due);
		if (!((stored != null) ? this.steps.update(step) : this.steps.insert(step))) {
			throw new RefusedException(step.runId());
		}
		if (question != null) {
			if (stored != null) {
				this.questions.delete(question.runId(), question.key());
			}
			this.questions.insert(question, now, due);
		}
		return due;
	}

	private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
		return (one == null || other != null && other < one) ? other : one;
	}

	@Override
	public AnswerOutcome answer(String runId, String key, String answer, @Nullable String answeredBy, String rootId,
			Runnable alongside) {
		boolean joins = this.transactions.joinsCaller();
		try {
			return this.transactions.write(() -> {
				Runs runs = lock(runId, rootId);
				WaitRows.RunRow run = runs.run();
				AnswerOutcome outcome = (run == null || run.status().isTerminal()) ? AnswerOutcome.NOT_FOUND
						: answer(runs, key, answer, answeredBy, run.now());
				if (outcome == AnswerOutcome.STORED) {
					alongside.run();
				}
				return outcome;
			});
		}
		catch (RuntimeException ex) {
			if (!joins && LostResponses.isPossible(ex) && isAnswered(runId, key, answer, answeredBy, ex)) {
				return AnswerOutcome.STORED;
			}
			throw ex;
		}
	}

	private AnswerOutcome answer(Runs runs, String key, String answer, @Nullable String answeredBy, long now) {
		StoredQuestion question = this.questions.findLocked(runs.runId(), key).orElse(null);
		if (question == null) {
			return AnswerOutcome.NOT_FOUND;
		}
		if (question.status() == QuestionStatus.ANSWERED) {
			return AnswerOutcome.ANSWERED;
		}
		if (question.status() == QuestionStatus.EXPIRED || isOver(question, now)) {
			return AnswerOutcome.EXPIRED;
		}
		if (!this.rows.done(runs.runId(), key, answer, now) && !this.rows.settled(runs.runId(), key)) {
			return AnswerOutcome.NOT_FOUND; // its step does not wait
		}
		this.questions.answer(runs.runId(), key, answer, answeredBy, now);
		resume(runs, now);
		return AnswerOutcome.STORED;
	}

	private static boolean isOver(StoredQuestion question, long now) {
		return question.expiresAt() != null && question.expiresAt() <= now;
	}

	/** Tells whether an answer is stored whose own response was lost. */
	private boolean isAnswered(String runId, String key, String answer, @Nullable String answeredBy,
			RuntimeException failure) {
		try {
			return this.transactions.writeApart(() -> this.questions.findLocked(runId, key))
				.filter((question) -> answer.equals(question.answer())
						&& Objects.equals(answeredBy, question.answeredBy()))
				.isPresent();
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

	/** Locks a run and those that have called it, from the outermost one. */
	private Runs lock(String runId, String rootId) {
		Deque<String> path = new ArrayDeque<>(List.of(runId));
		for (Optional<String> next = Optional.of(runId); next.isPresent() && !path.contains(rootId);) {
			next = this.rows.caller(path.getFirst()).filter((caller) -> !path.contains(caller));
			next.ifPresent(path::addFirst);
		}
		if (!path.contains(rootId)) {
			path.addFirst(rootId);
		}
		Map<String, WaitRows.RunRow> locked = new LinkedHashMap<>();
		path.forEach((id) -> this.rows.lock(id).ifPresent((row) -> locked.put(id, row)));
		return new Runs(runId, rootId, locked);
	}

	/**
	 * Makes the outermost run due, after something was settled that a run waited for. If
	 * that is not paused yet, it finds the mark at the runs that it has called when it
	 * pauses.
	 */
	private void resume(Runs runs, long now) {
		WaitRows.RunRow root = runs.root();
		if (root != null && root.status() == RunStatus.PAUSED) {
			this.rows.resumeAt(runs.rootId(), earlierOf(root, now));
			if (!runs.isOutermost()) {
				this.rows.resumeAtFirstDue(runs.runId());
			}
			return;
		}
		runs.called().forEach((called) -> this.rows.resumeAt(called, WaitRows.SETTLED));
	}

	private static long earlierOf(WaitRows.RunRow root, long now) {
		Long at = root.resumeAt();
		return (at != null) ? Math.min(at, now) : now;
	}

	@Override
	public List<String> due(WorkflowSelection workflows, int limit) {
		return this.transactions.read(() -> this.rows.due(workflows, limit));
	}

	@Override
	public void settle(String runId, String rootId) {
		this.transactions.writeBeside(() -> {
			Runs runs = lock(runId, rootId);
			WaitRows.RunRow run = runs.run();
			if (run != null && run.status() == RunStatus.PAUSED && (settle(runId, run.now()) || run.isDue())) {
				resume(runs, run.now());
			}
			return true;
		});
	}

	private boolean settle(String runId, long now) {
		boolean settled = this.rows.slept(runId, now) + this.rows.retried(runId, now) > 0;
		for (StoredQuestion question : this.questions.overdue(runId, now)) {
			if (this.questions.expire(runId, question.key())) {
				expire(question, now);
				settled = true;
			}
		}
		return settled;
	}

	private void expire(StoredQuestion question, long now) {
		String key = question.key();
		String otherwise = question.defaultAnswer();
		boolean recorded = (otherwise != null) ? this.rows.done(question.runId(), key, otherwise, now) : this.rows
			.failed(question.runId(), key, RecordedFailure.of(new AnswerExpiredException(key)).json(), now);
		if (!recorded) {
			this.rows.settled(question.runId(), key);
		}
	}

	@Override
	public void wake(String runId) {
		this.transactions.writeBeside(() -> {
			this.rows.lock(runId).ifPresent((run) -> this.rows.resumeAt(runId, earlierOf(run, run.now())));
			return true;
		});
	}

	@Override
	public void limit(String runId, int epoch, Duration left) {
		this.transactions.writeBeside(() -> this.rows.limit(runId, epoch, left));
	}

	@Override
	public @Nullable Duration timeLeft(String runId) {
		return this.transactions.read(() -> this.rows.timeLeft(runId)).orElse(null);
	}

	@Override
	public List<String> pausedFor(WorkflowSelection workflows, Duration age, int limit) {
		return this.transactions.read(() -> this.rows.pausedFor(workflows, age, limit));
	}

	@Override
	public boolean hasTimed(WorkflowSelection workflows) {
		return this.transactions.read(() -> this.rows.hasTimed(workflows));
	}

	@Override
	public Optional<StoredQuestion> find(String runId, String key) {
		return this.transactions.read(() -> this.questions.find(runId, key));
	}

	@Override
	public List<StoredQuestion> list(QuestionFilter filter, QuestionViewer viewer, @Nullable StoredQuestion after,
			int limit) {
		return this.transactions.read(() -> this.questions.list(filter, viewer, after, limit));
	}

	@Override
	public int countOpen(QuestionViewer viewer, int most) {
		return this.transactions.read(() -> this.questions.countOpen(viewer, most));
	}

	@Override
	public boolean setToken(String runId, String key, String tokenHash, Runnable alongside) {
		return this.transactions.write(() -> {
			boolean open = this.questions.setToken(runId, key, tokenHash);
			if (open) {
				alongside.run();
			}
			return open;
		});
	}

	@Override
	public boolean useToken(String tokenHash, String usedHash) {
		return this.transactions.write(() -> this.questions.useToken(tokenHash, usedHash));
	}

	@Override
	public Optional<StoredQuestion> findByToken(String tokenHash) {
		return this.transactions.read(() -> this.questions.findByToken(tokenHash));
	}

	@Override
	public Set<String> roles(QuestionFilter filter) {
		return this.transactions.read(() -> this.questions.roles(filter));
	}

	@Override
	public List<StepHead> waiting(String runId) {
		return this.transactions.read(() -> this.steps.waiting(runId));
	}

	/**
	 * A run, and those that have called it.
	 *
	 * @param runId the run
	 * @param rootId the outermost of them
	 * @param locked those that there are, from the outermost one
	 */
	private record Runs(String runId, String rootId, Map<String, WaitRows.RunRow> locked) {

		WaitRows.@Nullable RunRow run() {
			return this.locked.get(this.runId);
		}

		WaitRows.@Nullable RunRow root() {
			return this.locked.get(this.rootId);
		}

		boolean isOutermost() {
			return this.runId.equals(this.rootId);
		}

		Collection<String> called() {
			return this.locked.keySet().stream().filter((id) -> !id.equals(this.rootId)).toList();
		}

	}

	/** Rolls back a pause of a run that this execution may not write any more. */
	private static final class RefusedException extends RuntimeException {

		RefusedException(String runId) {
			super("Run '" + runId + "' is executed by somebody else, or is over", null, false, false);
		}

	}

}
