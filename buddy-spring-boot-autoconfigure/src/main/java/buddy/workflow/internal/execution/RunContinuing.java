package buddy.workflow.internal.execution;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.internal.ReplayedSteps;
import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.session.SessionNotFoundException;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.internal.live.Continuation;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.live.NestedRuns;
import buddy.workflow.internal.live.RunRecipe;
import buddy.workflow.internal.live.UnrecordedWrite;

/**
 * Takes runs that earlier executions have left, and reads what those have recorded.
 */
final class RunContinuing {

	private static final Logger logger = LoggerFactory.getLogger(RunContinuing.class);

	private final RunJournal journal;

	private final LiveRuns liveRuns;

	private final Clock clock;

	RunContinuing(RunJournal journal, LiveRuns liveRuns, Clock clock) {
		this.journal = journal;
		this.liveRuns = liveRuns;
		this.clock = clock;
	}

	/**
	 * Takes a run for this execution, and opens its session.
	 * @throws RunNotResumableException if another execution was faster
	 */
	OpenedSession take(LiveRun live, ContinuedRun continued) {
		StoredRun seen = continued.run();
		boolean exclusive = live.run().concurrency().isExclusive();
		if (continued.verifying()) {
			return continued(live, seen, false, Set.of());
		}
		Set<String> retried = continued.retry() ? takeBackFailures(seen) : Set.of();
		boolean taken = this.journal.take(new RunTake(seen.runId(), seen.epoch(), seen.status(), live.run().ownerNode(),
				continued.recovery(), exclusive));
		if (!taken) {
			throw new RunNotResumableException(seen.runId(), RunNotResumableException.ALIVE,
					"it is in progress, or another node has just taken it");
		}
		try {
			this.liveRuns.add(live);
			return continued(live, seen, exclusive, retried);
		}
		catch (RuntimeException | Error ex) {
			giveBack(live, ex);
			throw ex;
		}
	}

	/** Reads what is recorded of a run. */
	private OpenedSession continued(LiveRun live, StoredRun seen, boolean exclusive, Set<String> retried) {
		NewRun run = live.run();
		StoredSession session = live.repository()
			.find(run.sessionId())
			.orElseThrow(() -> new SessionNotFoundException(run.sessionId()));
		StepState base = this.journal.base(seen.runId());
		Long version = base.baseVersion();
		OpenedSession opened = new OpenedSession(
				(version != null) ? session.withState(session.state(), version) : session, true, false,
				exclusive ? run.createdAt() : null);
		ReplayedSteps steps = ReplayedSteps.of(this.journal, seen.runId());
		Map<String, String> nested = NestedRuns.of(seen, this.journal, live.repository());
		if (steps.hasPaused()
				|| nested.values().stream().anyMatch((called) -> ReplayedSteps.hasPaused(this.journal, called))) {
			// nobody waits for it any more, so that it is always continued
			live.takenFromTheDead(true);
		}
		live.continues(new Continuation(seen, opened, steps, base, retried, nested,
				this.journal.lastEvent(seen.runId()), RunRecipe.of(seen).fork()));
		return opened;
	}

	/**
	 * Lets the steps be called again whose failure has ended the run. Those that its code
	 * has handled stay as they are.
	 * @return the keys of these steps, and of the calls of nested runs
	 */
	private Set<String> takeBackFailures(StoredRun run) {
		Set<String> keys = Set.copyOf(run.failedSteps());
		List<StepHead> heads = this.journal.heads(run.runId());
		for (StepHead head : heads) {
			if (head.status() == StepStatus.FAILED && (keys.contains(head.key()) || hasEnded(head, heads, keys))) {
				this.journal.reopenFailure(run.runId(), head.key(), run.epoch());
			}
		}
		return keys;
	}

	/** The last failure within an agent's call has ended that. */
	private static boolean hasEnded(StepHead failed, List<StepHead> heads, Set<String> keys) {
		String scope = failed.scope();
		return !scope.isEmpty() && keys.contains(scope.substring(0, scope.length() - 1)) && heads.stream()
			.noneMatch((other) -> other.scope().equals(scope) && other.position() > failed.position());
	}

	/**
	 * Ends a run that was taken and cannot be executed, so that it can be tried again.
	 */
	void giveBack(LiveRun live, Throwable cause) {
		NewRun run = live.run();
		ContinuedRun continued = live.request().continued();
		if (continued != null && !continued.run().status().isTerminal() && cause instanceof RuntimeException failure
				&& this.journal.isTemporary(failure)) {
			// it stays open, as it was, and goes on when it is found
			this.liveRuns.lookForStrays();
			return;
		}
		RunFailure failure = RunFailure.because(RunFailure.INTERRUPTED,
				"The run was taken, and what is recorded of it could not be read: " + cause.getMessage());
		RunEnd end = new RunEnd(run, true, RunStatus.ERROR, null, StorableJson.sanitize(failure).json(),
				this.clock.millis(), null);
		try {
			live.repository().end(end);
		}
		catch (RuntimeException ex) {
			cause.addSuppressed(ex);
			logger.warn("Run '{}' was taken and could not be given back; it is tried again", run.runId(), ex);
			this.liveRuns.writeAgain(new GivenBack(live.repository(), end));
		}
	}

	/** Finds a run that an earlier execution has called. */
	static Optional<StoredRun> nested(Continuation earlier, String key, WorkflowSessionRepository repository) {
		String runId = earlier.nested().get(key);
		return (runId != null) ? repository.findRun(runId) : Optional.empty();
	}

	/** The end of a run that could not be executed, until it is written. */
	private record GivenBack(WorkflowSessionRepository repository, RunEnd end) implements UnrecordedWrite {

		@Override
		public Result attempt() {
			try {
				this.repository.end(this.end);
				return Result.DONE;
			}
			catch (RuntimeException ex) {
				return Result.FAILED;
			}
		}

	}

}
