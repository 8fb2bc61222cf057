package buddy.workflow.internal.execution;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.RunPause;
import buddy.durable.internal.Patience;
import buddy.durable.internal.RunSignal;
import buddy.json.UnstorableValueException;
import buddy.run.Cancellation;
import buddy.run.Interception;
import buddy.run.Payloads;
import buddy.run.RunCancelledException;
import buddy.run.RunEnding;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunKey;
import buddy.run.RunPausedException;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.session.SessionBusyException;
import buddy.session.SessionState;
import buddy.workflow.RunNotRecordedException;
import buddy.workflow.internal.live.EndGate;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.record.RunRecorder;
import buddy.workflow.internal.record.StoredResponse;
import buddy.workflow.internal.record.UnrecordedEnd;
import buddy.workflow.internal.record.WithoutInterrupt;

/**
 * Ends one run: determines its outcome, stores it, and notifies listeners and
 * interceptors. Only the first end counts.
 */
final class RunLeave {

	private static final Logger logger = LoggerFactory.getLogger(RunLeave.class);

	/** The causes of a run that has taken too long. */
	private static final Set<String> LATE = Set.of(Cancellation.TIMEOUT, Cancellation.DEADLINE);

	/** The field of the recorded response with what the run has changed in the state. */
	private static final String STATE_CHANGES = "state_changes";

	private final RunFacts facts;

	private final RunEvents events;

	private final LiveRun live;

	private final RunKey key;

	private final EndGate gate;

	private final CancellationSource cancellation;

	private final RunPauses pauses;

	private final AtomicBoolean pausing = new AtomicBoolean();

	private volatile @Nullable RunResponse pausedResponse;

	RunLeave(RunFacts facts, RunEvents events) {
		this.pauses = new RunPauses(facts, events);
		this.facts = facts;
		this.events = events;
		this.live = facts.live();
		this.key = facts.run().key();
		this.gate = this.live.gate();
		this.cancellation = this.live.cancellation();
	}

	/** Ends the run as completed, unless it was asked to stop. */
	@Nullable Object completed(@Nullable Object result) {
		RunResponse response = (result instanceof RunResponse given) ? given : RunResponse.of(result);
		requireNotStopped();
		requireNotCancelled(response);
		RunResponse stamped = stamp(response, RunStatus.COMPLETED);
		end(RunStatus.COMPLETED, stamped, null, null);
		return (result instanceof RunResponse) ? stamped : result;
	}

	/** Ends a streamed run as completed, unless it was asked to stop. */
	void completedStream() {
		requireNotStopped();
		requireNotCancelled(soFar());
		end(RunStatus.COMPLETED, stamp(soFar(), RunStatus.COMPLETED), null, null);
	}

	/**
	 * Ends the run with an exception.
	 * @return the exception for its caller
	 */
	Throwable failed(Throwable cause) {
		RunSignal signal = signal(cause);
		if (signal != null) {
			return stopped(signal);
		}
		RunSignal differs = this.live.isVerifying() ? notReached() : null;
		if (differs != null) {
			stopped(differs);
			differs.told().addSuppressed(cause);
			return differs.told();
		}
		boolean asked = !this.cancellation.close();
		endQuietly(asked ? RunStatus.CANCELLED : RunStatus.ERROR, soFar(),
				asked ? RunFailure.of(this.cancellation, cause)
						: RunFailure.of(cause).withFailedSteps(this.facts.failures().of(cause)),
				cause);
		return cause;
	}

	/**
	 * Returns the signal that stopped the run. Code of others may have wrapped it, or
	 * thrown something else instead.
	 */
	private @Nullable RunSignal signal(@Nullable Throwable cause) {
		return (this.cancellation.signal() instanceof RunSignal given) ? given : RunSignal.in(cause);
	}

	/** A body that returns after it was stopped has swallowed the signal. */
	private void requireNotStopped() {
		RunSignal signal = signal(null);
		if (signal == null && !this.cancellation.cancelled()) {
			signal = notReached();
		}
		if (signal != null) {
			throw Rethrow.raise(stopped(signal));
		}
	}

	/** Returns the signal for recorded steps that were left out, or null. */
	private @Nullable RunSignal notReached() {
		try {
			this.facts.requireAllStepsReached();
			return null;
		}
		catch (RunSignal mismatch) {
			return mismatch;
		}
	}

	/**
	 * Leaves a run that was stopped at once.
	 * @return what its caller gets
	 */
	private Throwable stopped(RunSignal signal) {
		this.cancellation.close();
		if (signal.kind() == RunSignal.Kind.VERIFIED || this.live.isVerifying() && isPause(signal)) {
			this.gate.pass(RunStatus.CANCELLED);
			this.live.over();
			return (signal.told() instanceof RunPausedException paused)
					? RunSignal.verified(paused.waitsFor().get(0).key()).told() : signal.told();
		}
		if (isPause(signal)) {
			return paused(signal);
		}
		if (signal.kind() == RunSignal.Kind.PARKED) {
			if (this.facts.request().parent() instanceof RunPart caller) {
				caller.facts().live().cancellation().suspend(signal);
			}
			RunFailure failure = RunFailure.of(signal.told());
			endQuietly(RunStatus.ERROR, soFar(),
					new RunFailure(failure.type(), failure.message(), failure.stackTrace(), signal.reason()),
					signal.told());
			return signal.told();
		}
		fenced(signal.told());
		return signal.told();
	}

	private static boolean isPause(RunSignal signal) {
		return signal.kind() == RunSignal.Kind.PAUSED;
	}

	/** Another execution goes on with it: nothing is stored. */
	private void fenced(RuntimeException told) {
		if (this.gate.pass(RunStatus.CANCELLED)) {
			this.live.over();
			this.events.fenced();
			this.live.ended(ending(RunStatus.CANCELLED, soFar(), RunFailure.of(told), told));
		}
	}

	/**
	 * Leaves a run that waits for a person or a time, so that it costs nothing until it
	 * goes on.
	 * @return what its caller gets
	 */
	private Throwable paused(RunSignal signal) {
		if (this.cancellation.cancelled() && !Cancellation.LOST.equals(this.cancellation.cause())) {
			// it was asked to stop before it came to wait
			RunCancelledException cancelled = this.cancellation.exception(this.key.runId());
			endQuietly(RunStatus.CANCELLED, soFar(), RunFailure.of(this.cancellation, cancelled), cancelled);
			return cancelled;
		}
		RunPausedException told = (RunPausedException) signal.told();
		// a run whose caller waits goes on with its caller
		boolean own = told.runId().equals(this.key.runId());
		if (this.pausing.compareAndSet(false, true)) {
			RuntimeException failure = commit(own ? this.pauses.of(signal) : this.pauses.withCaller());
			if (failure instanceof RunFencedException) {
				fenced(failure);
				return failure;
			}
			if (failure != null) {
				RunFailure why = RunFailure.of(failure);
				endQuietly(RunStatus.ERROR, soFar(),
						new RunFailure(why.type(), why.message(), why.stackTrace(), RunFailure.INTERRUPTED), failure);
				return failure;
			}
			leavePaused(told);
		}
		if (own && this.facts.request().parent() instanceof RunPart caller) {
			return caller
				.pause(RunSignal.pausedIn(new RunPausedException(caller.runId(), told.waitsFor()), this.key.runId()));
		}
		return own ? told : signal;
	}

	private @Nullable RuntimeException commit(RunPause pause) {
		try {
			inside(() -> this.pauses.commit(pause));
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	private void leavePaused(RunPausedException told) {
		this.events.publish(this.events.paused(told));
		RunResponse response = stamp(soFar().toBuilder().field("waits_for", told.waitsFor()).build(), RunStatus.PAUSED);
		this.pausedResponse = response;
		if (this.gate.pass(RunStatus.PAUSED)) {
			this.live.over();
			this.facts.request().tell((ticket) -> ticket.ended(response));
			this.live.ended(ending(RunStatus.PAUSED, response, null, null));
		}
	}

	/** Returns the response of a run that has paused, or null. */
	@Nullable RunResponse pausedResponse() {
		return this.pausedResponse;
	}

	/** Ends a run that could not begin because it did not get its turn in its session. */
	void gaveUpWaiting(Throwable cause) {
		RunFailure failure = RunFailure.of(cause);
		this.cancellation.close();
		endQuietly(RunStatus.ERROR, soFar(), new RunFailure(failure.type(), failure.message(), failure.stackTrace(),
				(cause instanceof SessionBusyException) ? busyReason() : null), cause);
	}

	/** A run that is continued has begun before, and can be resumed. */
	private String busyReason() {
		return this.facts.isContinued() ? RunFailure.INTERRUPTED : RunFailure.SESSION_BUSY;
	}

	/** Ends the run as cancelled by its caller. */
	void cancelled(String reason) {
		if (this.gate.isPassed()) {
			return;
		}
		this.cancellation.cancel(reason);
		this.cancellation.close();
		endQuietly(RunStatus.CANCELLED, soFar(), RunFailure.of(this.cancellation, null), null);
	}

	/** Ends a run that was asked to stop, although its code has not stopped. */
	void endWithoutBody() {
		if (this.gate.claim()) {
			this.cancellation.close();
			endQuietly(RunStatus.CANCELLED, soFar(), RunFailure.of(this.cancellation, null), null);
		}
	}

	/**
	 * Ends the run as cancelled if it was asked to stop and its body completed anyway.
	 * The response of the body is kept.
	 */
	private void requireNotCancelled(RunResponse response) {
		if (!this.cancellation.close()) {
			RunCancelledException cancelled = this.cancellation.exception(this.key.runId());
			endQuietly(RunStatus.CANCELLED, response, RunFailure.of(this.cancellation, null), cancelled);
			throw cancelled;
		}
	}

	private void endQuietly(RunStatus outcome, RunResponse response, RunFailure failure, @Nullable Throwable cause) {
		String call = this.facts.request().parentStep();
		if (cause != null && call != null && this.facts.request().parent() instanceof RunPart caller) {
			caller.failed(call, cause);
		}
		try {
			end(outcome, stamp(response, outcome), failure, cause);
		}
		catch (RuntimeException | Error ex) {
			if (cause != null && cause != ex) {
				cause.addSuppressed(ex);
			}
			logger.error("Run '{}' of workflow '{}' ended as {}, but that was not stored in session '{}'",
					this.key.runId(), this.key.workflowId(), outcome, this.key.sessionId(), ex);
		}
	}

	/** Ends the run, unless it has ended already. */
	private void end(RunStatus outcome, RunResponse response, @Nullable RunFailure failure, @Nullable Throwable cause) {
		if (!this.gate.pass(outcome)) {
			return;
		}
		if (this.live.isVerifying()) {
			this.live.over();
			return;
		}
		try {
			inside(() -> {
				logFailure(outcome, failure, cause);
				store(outcome, response, failure);
			});
		}
		catch (RuntimeException | Error ex) {
			RunFailure told = (failure != null) ? failure : RunFailure.of(ex);
			this.live.ended(ending(this.gate.status(), response, told, (cause != null) ? cause : ex));
			throw ex;
		}
		this.pauses.endCalled(outcome, failure);
		this.live.ended(ending(outcome, response, failure, cause));
	}

	/** Creates the ending for the interceptors, which see no more than is recorded. */
	private RunEnding ending(RunStatus outcome, RunResponse response, @Nullable RunFailure failure,
			@Nullable Throwable thrown) {
		return new RunEnding(outcome, payloads().response(response),
				(failure != null) ? payloads().failure(failure) : null, payloads().thrown(thrown));
	}

	/**
	 * Logs the failure or timeout of a run started through the registry, since its
	 * starter may never check the outcome.
	 */
	private void logFailure(RunStatus outcome, @Nullable RunFailure failure, @Nullable Throwable cause) {
		if (!this.facts.environment().logFailures() || !this.facts.request().started()) {
			return;
		}
		if (failure != null && RunFailure.BUDGET_EXCEEDED.equals(failure.reason())) {
			// as somebody has set it up, so that a stack trace would tell nothing
			logger.warn("Run '{}' of workflow '{}' in session '{}' was refused: {}", this.key.runId(),
					this.key.workflowId(), this.key.sessionId(), payloads().failure(failure).message());
		}
		else if (outcome == RunStatus.ERROR) {
			logger.error("Run '{}' of workflow '{}' in session '{}' failed", this.key.runId(), this.key.workflowId(),
					this.key.sessionId(), payloads().thrown(cause));
		}
		else if (outcome == RunStatus.CANCELLED && LATE.contains(this.cancellation.cause())) {
			logger.warn("Run '{}' of workflow '{}' in session '{}' was cancelled: {}", this.key.runId(),
					this.key.workflowId(), this.key.sessionId(), this.cancellation.reason());
		}
	}

	/** Does work on behalf of the run that is not part of its code. */
	private void inside(Runnable work) {
		try (Interception.Entry entry = this.live.enter()) {
			WithoutInterrupt.run(work);
		}
	}

	private void store(RunStatus outcome, RunResponse response, @Nullable RunFailure failure) {
		Long lastEvent = this.events.beforeEnd();
		try {
			RunResponse whole = this.facts.agents().complete(response, this.facts.stream().reasoning());
			SessionState state = (outcome == RunStatus.COMPLETED) ? this.facts.stateIfOpened() : null;
			// of a run without steps, it would be a part of all that is written
			RunResponse recorded = (state != null && this.facts.hasSteps()) ? withChanges(whole, state) : whole;
			String json = StoredResponse.json(recorded, this.facts.run().createdAt(), payloads(),
					this.facts.request().limits().content());
			record(outcome, json, failure, state, lastEvent);
		}
		catch (RunFencedException ex) {
			this.gate.correct(RunStatus.CANCELLED);
			this.events.fenced();
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			storeLater((outcome == RunStatus.COMPLETED) ? RunStatus.ERROR : outcome, response,
					(failure != null) ? failure : RunFailure.of(ex), lastEvent);
			throw ex;
		}
		finally {
			this.live.over();
		}
		this.facts.request().tell((ticket) -> ticket.ended(response));
		this.events.publish(this.events.terminal(outcome, response, failure));
	}

	/** A state that cannot be stored is refused when it is written. */
	private static RunResponse withChanges(RunResponse response, SessionState state) {
		try {
			Map<String, @Nullable Object> changes = state.changes();
			return changes.isEmpty() ? response : response.toBuilder().field(STATE_CHANGES, changes).build();
		}
		catch (UnstorableValueException ex) {
			return response;
		}
	}

	/**
	 * Records the end. The good end of a run with steps is not given up because the
	 * database is away for a while.
	 */
	private void record(RunStatus outcome, String response, @Nullable RunFailure failure, @Nullable SessionState state,
			@Nullable Long lastEvent) {
		RunRecorder recorder = new RunRecorder(this.live.repository(), this.facts.clock(), payloads(),
				this.events::publishConflict);
		Runnable store = () -> recorder.store(this.facts.run(), this.facts.opened(), outcome, response, failure, state,
				lastEvent);
		if (outcome != RunStatus.COMPLETED || !this.facts.hasSteps()) {
			store.run();
			return;
		}
		Patience patience = new Patience(this.facts.environment().durable().patience());
		while (true) {
			try {
				store.run();
				return;
			}
			catch (RunNotRecordedException ex) {
				if (!(ex.getCause() instanceof RuntimeException cause) || !this.live.repository().isTemporary(cause)
						|| !patience.await()) {
					throw ex;
				}
			}
		}
	}

	/** Schedules another attempt to store the end after a failure of the store. */
	private void storeLater(RunStatus outcome, RunResponse response, RunFailure failure, @Nullable Long lastEvent) {
		this.gate.correct(outcome);
		this.facts.environment()
			.writeAgain(new UnrecordedEnd(this.live.repository(), this.facts.run(), this.facts.opened(), outcome,
					payloads().failure(failure), this.facts.clock().millis(), lastEvent));
		this.events.publish(this.events.terminal(outcome, response, failure));
	}

	private RunResponse stamp(RunResponse response, RunStatus outcome) {
		RunResponse.Builder builder = response.toBuilder()
			.runId(this.key.runId())
			.sessionId(this.key.sessionId())
			.workflowId(this.key.workflowId())
			.status(outcome);
		if (response.createdAt() == null) {
			builder.createdAt(Instant.ofEpochMilli(this.facts.run().createdAt()));
		}
		return builder.build();
	}

	/** Returns the response so far of a streamed run. */
	private RunResponse soFar() {
		return this.facts.stream().response();
	}

	private Payloads payloads() {
		return this.facts.request().payloads();
	}

}
