package buddy.durable.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.JournalWrite;
import buddy.durable.JournaledStep;
import buddy.durable.RecordedFailure;
import buddy.durable.StepFormat;
import buddy.durable.StepHead;
import buddy.durable.StepInterruptedException;
import buddy.durable.StepKind;
import buddy.durable.StepMode;
import buddy.durable.StepOutcome;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunContextHolder;
import buddy.run.RunFailure;
import buddy.run.RunKey;
import buddy.run.internal.CancellationSource;

/**
 * Executes the steps of one execution of a run: hands back what is recorded, and records
 * what is not.
 */
public final class RunSteps {

	private static final Logger logger = LoggerFactory.getLogger(RunSteps.class);

	/** The steps of workflows whose prompt has changed, which is told once. */
	private static final Set<String> CHANGED = ConcurrentHashMap.newKeySet();

	private final RunKey run;

	private final int epoch;

	private final ReplayedSteps replayed;

	private final CancellationSource cancellation;

	private final Clock clock;

	private final StepRecorder recorder;

	private final boolean verifying;

	/**
	 * Creates the steps of an execution.
	 * @param run the run
	 * @param epoch the number of its execution
	 * @param recorder records them
	 * @param replayed what is recorded already
	 * @param cancellation stops the run
	 * @param clock the clock for the times of steps
	 * @param verifying whether the run only compares its code with what is recorded, and
	 * ends where something would be executed
	 */
	public RunSteps(RunKey run, int epoch, StepRecorder recorder, ReplayedSteps replayed,
			CancellationSource cancellation, Clock clock, boolean verifying) {
		this.run = run;
		this.epoch = epoch;
		this.recorder = recorder;
		this.replayed = replayed;
		this.cancellation = cancellation;
		this.clock = clock;
		this.verifying = verifying;
	}

	/**
	 * Calls a step.
	 * @param caller the part of the run that calls it
	 * @param scope counts the steps of that part
	 * @param call the step
	 * @return its result
	 * @throws Exception what its body threw, now or in an earlier execution
	 */
	public @Nullable Object call(StepCaller caller, StepCounter scope, StepCall call) throws Exception {
		caller.cancellation().check(this.run.runId());
		StepPlace place = scope.next(call.name());
		scope.begun();
		try {
			return call(caller, place, call);
		}
		finally {
			scope.over();
		}
	}

	/**
	 * Takes the place of a step that is called later, or on another thread.
	 * @param caller the part of the run that calls it
	 * @param scope counts the steps of that part
	 * @param kind what the step is
	 * @param name its name
	 * @param format writes and reads its outcome
	 * @param <T> the type of its result
	 * @return the step
	 */
	public <T> JournaledStep<T> place(StepCaller caller, StepCounter scope, StepKind kind, String name,
			StepFormat<T> format) {
		caller.cancellation().check(this.run.runId());
		return new PlacedStep<>(this, caller, scope, scope.next(StepCall.requireName(name)), kind, format);
	}

	@Nullable Object call(StepCaller caller, StepPlace place, StepCall call) throws Exception {
		StoredStep known = recorded(caller, place, call.kind());
		if (known == null) {
			return execute(caller, begun(place, call), call, false);
		}
		requireSame(caller, place, call.digest(), known);
		return switch (known.head().status()) {
			case DONE -> result(caller, call, known);
			case FAILED -> throw failure(caller, known, call);
			case STARTED, WAITING -> interrupted(caller, call, known);
		};
	}

	/** Finds what is recorded at a place, which must be the same step. */
	@Nullable StoredStep recorded(StepCaller caller, StepPlace place, StepKind kind) {
		caller.reaches(place.key());
		StepHead head = this.replayed.at(place);
		if (head == null) {
			if (kind == StepKind.STEP && this.replayed.hasMore(place)) {
				throw mismatch(at(place) + " a nested run or a call of an agent began, and step '" + place.key()
						+ "' was called");
			}
			return null;
		}
		if (!head.key().equals(place.key()) || head.kind() != kind) {
			throw mismatch(
					at(place) + " step '" + head.key() + "' is recorded, and step '" + place.key() + "' was called");
		}
		return this.replayed.take(head);
	}

	/** A step that is given something else than before may have another result. */
	void requireSame(StepCaller caller, StepPlace place, @Nullable String digest, StoredStep known) {
		if (digest == null || known.digest() == null || digest.equals(known.digest())) {
			return;
		}
		if (caller.parksOnChange()) {
			throw mismatch("step '" + place.key() + "' was given another prompt when it was recorded");
		}
		if (CHANGED.add(this.run.workflowId() + "\n" + place.name())) {
			logger.warn(
					"Step '{}' of run '{}' of workflow '{}' was given another prompt when it was recorded;"
							+ " its recorded result is used. This is logged once for each workflow and step name;"
							+ " set buddy.durable.changed-prompt=fail to stop such runs instead",
					place.key(), this.run.runId(), this.run.workflowId());
		}
	}

	private static String at(StepPlace place) {
		return "at place " + (place.position() + 1) + (place.scope().isEmpty() ? "" : " of '" + place.scope() + "'");
	}

	/**
	 * Takes the place of a nested run, which is recorded in its own row.
	 * @param caller the part of the run that calls it
	 * @param scope counts the steps of that part
	 * @param name the name of the call
	 * @param isKnown tells whether a run is recorded that was called by a key
	 * @return the key, by which the nested run is found again
	 */
	public String nested(StepCaller caller, StepCounter scope, String name, Predicate<String> isKnown) {
		caller.cancellation().check(this.run.runId());
		StepPlace place = scope.next(name);
		StepHead head = this.replayed.at(place);
		if (head != null) {
			throw mismatch(at(place) + " step '" + head.key() + "' is recorded, and '" + place.key() + "' was called");
		}
		if (this.replayed.hasMore(place) && !isKnown.test(place.key())) {
			throw mismatch(at(place) + " no run is recorded that '" + place.key()
					+ "' has called, and later steps are; it may have been deleted");
		}
		return place.key();
	}

	/**
	 * Returns whether a piece of code that older runs do not have is executed. Where
	 * nothing is recorded yet, it is, and that is recorded.
	 * @param caller the part of the run that asks
	 * @param scope counts the steps of that part
	 * @param name the name of the change
	 * @return whether it is executed
	 */
	public boolean changed(StepCaller caller, StepCounter scope, String name) {
		caller.cancellation().check(this.run.runId());
		StepPlace place = scope.peek(StepCall.requireName(name));
		StepHead head = this.replayed.at(place);
		if (head == null && this.replayed.isPassed(place)) {
			return false;
		}
		if (head != null && (head.kind() != StepKind.PATCH || !head.key().equals(place.key()))) {
			return false;
		}
		scope.next(name);
		if (head != null) {
			this.replayed.take(head);
			return true;
		}
		endOfJournal(place);
		long now = this.clock.millis();
		StepHead patch = new StepHead(place.key(), place.position(), StepKind.PATCH, StepStatus.DONE, 1, this.epoch,
				now, now, null);
		write(caller, new StoredStep(this.run.runId(), patch), false);
		return true;
	}

	/**
	 * Returns whether steps are recorded that this part of the run has not reached yet.
	 * @param scope counts the steps of the part
	 * @return whether the part repeats what an earlier execution has done
	 */
	public boolean isReplaying(StepCounter scope) {
		return !this.replayed.isOver() && this.replayed.isPassed(scope.peek(""));
	}

	/**
	 * Checks at the end of the run that nothing that is recorded was left out.
	 */
	public void requireAllReached() {
		StepHead left = this.replayed.isOver() ? null : this.replayed.notReached();
		if (left != null) {
			throw mismatch("step '" + left.key() + "' is recorded and was not reached");
		}
	}

	/**
	 * Stops the run, since its code differs from what is recorded.
	 * @param what how they differ
	 * @return the signal to throw
	 */
	public Error mismatch(String what) {
		return this.cancellation
			.suspend(RunSignal.parked(new StepMismatchException(this.run.runId(), this.run.workflowId(), what),
					StepMismatchException.REASON));
	}

	/** Hands back the failure of an earlier execution. */
	Exception failure(StepCaller caller, StoredStep step, StepCall call) {
		caller.replayed(step);
		RecordedFailure failure = RecordedFailure.read(String.valueOf(step.error()));
		RuntimeException rebuilt = call.codec().rebuild(failure);
		return (rebuilt != null) ? rebuilt : failure.rebuild(step.key(), call.options().rethrows());
	}

	@Nullable Object result(StepCaller caller, StepCall call, StoredStep step) {
		Object result;
		try {
			result = call.codec().read(step.result());
		}
		catch (RuntimeException ex) {
			throw this.cancellation.suspend(
					RunSignal.parked(new UnreadableStepException(this.run.runId(), step.key(), call.codec().type(), ex),
							UnreadableStepException.REASON));
		}
		caller.replayed(step);
		return result;
	}

	/** Whether its body has happened is not known. */
	private @Nullable Object interrupted(StepCaller caller, StepCall call, StoredStep step) throws Exception {
		if (call.options().mode() != StepMode.AT_MOST_ONCE) {
			return execute(caller, step, call, true);
		}
		endOfJournal(step.key());
		StepOutcome outcome = reconciled(caller, call, step);
		return switch (outcome.kind()) {
			case NOT_HAPPENED -> execute(caller, step, call, true);
			case HAPPENED -> {
				write(caller, done(caller, step, step.head().attempts(), call, outcome.result(), StepState.NONE), true);
				yield outcome.result();
			}
			case UNKNOWN -> throw this.cancellation.suspend(RunSignal
				.parked(new StepInterruptedException(this.run.runId(), step.key()), RunFailure.STEP_INTERRUPTED));
		};
	}

	/** Asks the other system, which knows the step by its key. */
	private static StepOutcome reconciled(StepCaller caller, StepCall call, StoredStep step) throws Exception {
		Callable<StepOutcome> reconcile = call.options().reconcile();
		if (reconcile == null) {
			return StepOutcome.unknown();
		}
		try (RunContextHolder.Binding binding = RunContextHolder.bind(caller.enter(step.key(), call).begin())) {
			return reconcile.call();
		}
	}

	private @Nullable Object execute(StepCaller caller, StoredStep step, StepCall call, boolean known)
			throws Exception {
		endOfJournal(step.key());
		StepCaller.Execution execution = caller.enter(step.key(), call);
		if (call.options().mode() == StepMode.TRANSACTIONAL) {
			return inTransaction(caller, execution, step, call);
		}
		boolean stored = known;
		if (call.options().mode() == StepMode.AT_MOST_ONCE && !stored) {
			stored = write(caller, step, false);
			if (!stored) {
				throw new IllegalStateException("Step '" + step.key()
						+ "' runs at most once, and cannot be recorded within a transaction of its caller;"
						+ " call the workflow outside of the transaction");
			}
		}
		for (int attempt = step.head().attempts();; attempt++) {
			Object result;
			try {
				result = execution.call();
			}
			catch (Exception ex) {
				failed(caller, execution, step, call, ex, attempt, stored);
				continue;
			}
			if (write(caller, recordable(caller, execution, step, call, result, attempt, stored), stored)) {
				execution.recorded();
			}
			return result;
		}
	}

	/** A result that could not be handed back later is refused now. */
	StoredStep recordable(StepCaller caller, StepCaller.Execution execution, StoredStep step, StepCall call,
			@Nullable Object result, int attempt, boolean stored) {
		try {
			return done(caller, step, attempt, call, result, execution.state());
		}
		catch (RuntimeException ex) {
			if (isOutcome(caller, call, ex)) {
				recordFailure(caller, execution, step, call, ex, attempt, stored);
			}
			throw ex;
		}
	}

	void recordFailure(StepCaller caller, StepCaller.Execution execution, StoredStep step, StepCall call,
			Throwable failure, int attempt, boolean stored) {
		StoredStep failed = step.failed(ended(step, StepStatus.FAILED, attempt), call.codec().failure(failure).json())
			.with(execution.operations(), caller.lastEvent());
		if (write(caller, failed, stored)) {
			execution.recorded();
		}
	}

	/** Throws the failure, unless the body is to be called again. */
	private void failed(StepCaller caller, StepCaller.Execution execution, StoredStep step, StepCall call,
			Exception failure, int attempt, boolean stored) throws Exception {
		if (!isOutcome(caller, call, failure)) {
			throw failure;
		}
		if (!call.options().retries(failure, attempt)) {
			recordFailure(caller, execution, step, call, failure, attempt, stored);
			throw failure;
		}
		logger.info("Attempt {} of step '{}' of run '{}' failed and is repeated: {}", attempt, step.key(),
				this.run.runId(), failure.toString());
		pause(caller, call.options().backoff(attempt));
	}

	/** A run that was asked to stop, or has to, has not failed in this step. */
	boolean isOutcome(StepCaller caller, StepCall call, Throwable failure) {
		return !caller.cancellation().cancelled() && this.cancellation.signal() == null && RunSignal.in(failure) == null
				&& call.codec().isOutcome(failure);
	}

	private @Nullable Object inTransaction(StepCaller caller, StepCaller.Execution execution, StoredStep step,
			StepCall call) throws Exception {
		Object[] result = new Object[1];
		Patience patience = this.recorder.patience();
		for (int attempt = 1;; attempt++) {
			int calls = attempt;
			StoredStep[] done = new StoredStep[1];
			try {
				this.recorder.inTransaction(() -> {
					result[0] = Checked.call(execution::call);
					done[0] = done(caller, step, calls, call, result[0], execution.state());
					return done[0];
				});
				execution.recorded();
				caller.executed(done[0]);
				return result[0];
			}
			catch (Exception ex) {
				if (done[0] != null && isOutcome(caller, call, ex) && this.recorder.isTemporary(ex)) {
					// not the body's failure: what it did was undone with the transaction
					if (!patience.await()) {
						throw this.recorder.given(step, ex);
					}
					attempt--;
				}
				else {
					failed(caller, execution, step, call, Checked.unwrap(ex), attempt, false);
				}
			}
		}
	}

	StoredStep begun(StepPlace place, StepCall call) {
		StepHead head = new StepHead(place.key(), place.position(), call.kind(), StepStatus.STARTED, 1, this.epoch,
				this.clock.millis(), null, null);
		return new StoredStep(this.run.runId(), head).withDigest(call.digest());
	}

	StoredStep done(StepCaller caller, StoredStep step, int attempts, StepCall call, @Nullable Object result,
			StepState state) {
		return step.done(ended(step, StepStatus.DONE, attempts), call.codec().write(step.key(), result))
			.with(state, caller.lastEvent());
	}

	long maxResultSize() {
		return this.recorder.maxResultSize();
	}

	StepHead ended(StoredStep step, StepStatus status, int attempts) {
		return step.head().as(status, attempts, this.epoch, this.clock.millis());
	}

	/** Returns whether the step is recorded. */
	boolean write(StepCaller caller, StoredStep step, boolean update) {
		JournalWrite write = this.recorder.write(step, update);
		caller.executed(step);
		return write == JournalWrite.STORED;
	}

	/**
	 * Ends a run that is only compared with what is recorded, where something would be
	 * executed.
	 * @param key the key of what would be executed
	 */
	public void endOfJournal(String key) {
		if (this.verifying) {
			throw this.cancellation.suspend(RunSignal.verified(key));
		}
	}

	private void endOfJournal(StepPlace place) {
		endOfJournal(place.key());
	}

	/** Waits, and ends early if the run is asked to stop. */
	private void pause(StepCaller caller, Duration time) throws InterruptedException {
		CountDownLatch stop = new CountDownLatch(1);
		Runnable forget = caller.cancellation().onCancel(stop::countDown);
		try {
			stop.await(time.toNanos(), TimeUnit.NANOSECONDS);
		}
		finally {
			forget.run();
		}
		caller.cancellation().check(this.run.runId());
	}

	/** Brings checked exceptions through a supplier. */
	private static final class Checked extends RuntimeException {

		Checked(Exception cause) {
			super(cause.getMessage(), cause, false, false);
		}

		static <T extends @Nullable Object> T call(Callable<T> body) {
			try {
				return body.call();
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new Checked(ex);
			}
		}

		static Exception unwrap(Exception ex) {
			return (ex instanceof Checked && ex.getCause() instanceof Exception cause) ? cause : ex;
		}

	}

}
