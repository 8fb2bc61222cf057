package buddy.workflow.internal.execution;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.RunJournal;
import buddy.durable.RunPause;
import buddy.durable.RunWaits;
import buddy.durable.internal.Patience;
import buddy.durable.internal.RunSignal;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunStatus;
import buddy.workflow.internal.live.Continuation;
import buddy.workflow.internal.live.PausedRunEnd;

/**
 * Stores the pause of one run.
 */
final class RunPauses {

	private static final Logger logger = LoggerFactory.getLogger(RunPauses.class);

	private final RunFacts facts;

	private final RunEvents events;

	RunPauses(RunFacts facts, RunEvents events) {
		this.facts = facts;
		this.events = events;
	}

	/**
	 * Creates the pause for what the parts of a run wait for. The first new wait keeps
	 * what the state was opened from, if no step has done so.
	 */
	RunPause of(RunSignal signal) {
		List<RunPause.Wait> waits = new ArrayList<>();
		boolean first = true;
		for (RunPause.Wait wait : signal.waits()) {
			if (wait.known()) {
				waits.add(wait);
				continue;
			}
			waits.add(new RunPause.Wait(
					first ? wait.step().with(this.facts.stepState(wait.step().state().operations()), this.events.last())
							: wait.step().with(wait.step().state(), this.events.last()),
					false, wait.due(), wait.question()));
			first = false;
		}
		return new RunPause(this.facts.run(), waits, signal.nested(), this.events.last());
	}

	/** Creates the pause of a run that goes on when its caller does. */
	RunPause withCaller() {
		return new RunPause(this.facts.run(), List.of(), List.of(), this.events.last());
	}

	/**
	 * Ends the paused runs that this one has called, since it has ended without them. If
	 * it is tried again, they go on.
	 */
	void endCalled(RunStatus outcome, @Nullable RunFailure failure) {
		Set<String> called = new HashSet<>(this.facts.pausedNested());
		Continuation earlier = this.facts.live().continuation();
		if (earlier != null && outcome != RunStatus.COMPLETED) {
			called.addAll(earlier.nested().values());
		}
		RunJournal journal = this.facts.environment().journal();
		if (called.isEmpty() || journal == null) {
			return;
		}
		PausedRunEnd ends = new PausedRunEnd(journal, this.facts.live()::repository, this.facts.clock());
		RunFailure cancelled = (outcome == RunStatus.CANCELLED) ? failure : null;
		RunFailure why = (cancelled != null) ? cancelled
				: RunFailure.because(RunFailure.INTERRUPTED, "The run that called it has ended as " + outcome);
		RunStatus status = (cancelled != null) ? RunStatus.CANCELLED : RunStatus.ERROR;
		for (String runId : called) {
			try {
				ends.endCalled(runId, status, why);
			}
			catch (RuntimeException ex) {
				logger.warn("Run '{}' has paused, and could not be ended with run '{}' that called it", runId,
						this.facts.run().runId(), ex);
			}
		}
	}

	/**
	 * Stores a pause. It is not given up because the database is away for a while.
	 * @throws RunFencedException if another execution of the run has begun
	 */
	void commit(RunPause pause) {
		RunWaits waits = Objects.requireNonNull(this.facts.environment().waits());
		RunJournal journal = Objects.requireNonNull(this.facts.environment().journal());
		this.events.beforePause();
		Patience patience = new Patience(this.facts.environment().durable().patience());
		boolean again = false;
		while (true) {
			try {
				// a first attempt may have stored it without an answer
				if (!(again && waits.isPaused(pause)) && !waits.pause(pause)) {
					throw new RunFencedException(this.facts.run().runId(),
							"another node has taken it, or it was ended by someone else");
				}
				this.facts.environment().liveRuns().paused();
				return;
			}
			catch (RunFencedException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				if (!journal.isTemporary(ex) || !patience.await()) {
					throw ex;
				}
				again = true;
				logger.warn("The pause of run '{}' could not be stored: {}", this.facts.run().runId(), ex.toString());
			}
		}
	}

}
