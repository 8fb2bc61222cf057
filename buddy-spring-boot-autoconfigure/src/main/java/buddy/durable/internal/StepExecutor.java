package buddy.durable.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
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
import buddy.durable.RecordedFailure;
import buddy.durable.StepFailedException;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepMode;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunKey;
import buddy.run.internal.CancellationSource;

/**
 * Calls the bodies of the steps of one execution of a run, and records what comes of
 * them.
 */
final class StepExecutor {

	private static final Logger logger = LoggerFactory.getLogger(StepExecutor.class);

	/** The types of exceptions that were looked at, which is done once. */
	private static final Set<String> OTHER_MESSAGE = ConcurrentHashMap.newKeySet();

	private final RunKey run;

	private final int epoch;

	private final StepRecorder recorder;

	private final CancellationSource cancellation;

	private final Clock clock;

	/** Whether nothing is executed from a step on, by its key. */
	private final Predicate<String> endsAt;

	private volatile boolean passesOver;

	/** The latest time that a step of the run has begun or ended. */
	private long latest;

	private @Nullable String latestScope;

	StepExecutor(RunKey run, int epoch, StepRecorder recorder, CancellationSource cancellation, Clock clock,
			Predicate<String> endsAt, long latest) {
		this.run = run;
		this.epoch = epoch;
		this.recorder = recorder;
		this.cancellation = cancellation;
		this.clock = clock;
		this.endsAt = endsAt;
		this.latest = latest;
	}

	/** Records that a piece of code is executed which older runs do not have. */
	void recordPatch(StepCaller caller, StepPlace place) {
		endOfJournal(caller, place.key());
		StepHead patch = head(place, StepKind.PATCH, StepStatus.STARTED);
		write(caller, new StoredStep(this.run.runId(), patch.as(StepStatus.DONE, 1, this.epoch, patch.startedAt())),
				false);
	}

	/** Calls a step within the body of another one, which records what both have done. */
	@Nullable Object callWithin(StepCaller caller, StepCall call) throws Exception {
		for (int attempt = 1;; attempt++) {
			try {
				return call.body().call();
			}
			catch (Exception ex) {
				requireRetry(caller, call.name(), call, ex, attempt);
				pause(caller, call.options().backoff(attempt));
			}
		}
	}

	@Nullable Object execute(StepCaller caller, StoredStep step, StepCall call, boolean known) throws Exception {
		endOfJournal(caller, step.key());
		StepCaller.Execution execution = caller.enter(step.key(), call);
		if (step.state().operations() != null) {
			execution.repeat(step);
		}
		if (call.options().mode() == StepMode.TRANSACTIONAL) {
			return inTransaction(caller, execution, step, call, known);
		}
		this.recorder.requireRecordable(call.kind(), step.key());
		boolean stored = known;
		if (call.options().mode() == StepMode.AT_MOST_ONCE && !isStarted(known, step)) {
			stored = write(caller,
					step.done(step.head().as(StepStatus.STARTED, step.head().attempts(), this.epoch, null), null),
					known);
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
			Done done = recordable(caller, execution, step, call, result, attempt, stored);
			if (write(caller, done.step(), stored)) {
				execution.recorded();
			}
			return done.value();
		}
	}

	/** Returns whether a crash in the body will be noticed. */
	private static boolean isStarted(boolean known, StoredStep step) {
		return known && step.head().status() == StepStatus.STARTED;
	}

	/** A result that could not be handed back later is refused now. */
	Done recordable(StepCaller caller, StepCaller.Execution execution, StoredStep step, StepCall call,
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
		RecordedFailure recorded = call.codec().failure(failure).rethrownAs(failure, call.options().rethrows());
		reportOtherMessage(step, call, failure, recorded);
		StoredStep failed = step.failed(ended(step, StepStatus.FAILED, attempt), recorded.json())
			.with(execution.operations(), caller.lastEvent());
		caller.failed(step.key(), failure);
		if (write(caller, failed, stored)) {
			execution.recorded();
		}
	}

	/**
	 * An exception that makes its message of its argument comes back with another one.
	 */
	private void reportOtherMessage(StoredStep step, StepCall call, Throwable failure, RecordedFailure recorded) {
		Exception rebuilt = recorded.rebuild(step.key(), call.options().rethrows());
		if (!(rebuilt instanceof StepFailedException) && OTHER_MESSAGE.add(recorded.type())
				&& !recorded.message().equals(Objects.requireNonNullElse(rebuilt.getMessage(), ""))) {
			logger.warn(
					"A '{}' that step '{}' rethrows when the run is continued has another message then: '{}' in place"
							+ " of '{}'. Give the type a constructor that takes the message as it is",
					recorded.type(), step.key(), rebuilt.getMessage(), recorded.message());
		}
	}

	/** Throws the failure, unless the body is to be called again. */
	private void failed(StepCaller caller, StepCaller.Execution execution, StoredStep step, StepCall call,
			Exception failure, int attempt, boolean stored) throws Exception {
		if (isOutcome(caller, call, failure) && !call.options().retries(failure, attempt)) {
			recordFailure(caller, execution, step, call, failure, attempt, stored);
		}
		requireRetry(caller, step.key(), call, failure, attempt);
		Duration wait = call.options().backoff(attempt);
		if (call.options().pausesAfter(attempt) && canPause(caller)) {
			StoredStep waiting = step.done(step.head().as(StepStatus.WAITING, attempt, this.epoch, null), null)
				.with(execution.operations(), caller.lastEvent());
			throw caller.pause(WaitCall.retry(call.name(), wait, this.clock.instant().plus(wait))
				.pause(this.run.runId(), waiting, false));
		}
		pause(caller, wait);
	}

	/** Returns whether a part of the run can wait for longer than a thread should. */
	boolean canPause(StepCaller caller) {
		return caller.waits() != null && !this.recorder.isInTransaction();
	}

	/** Throws the failure if there is no next attempt. */
	private void requireRetry(StepCaller caller, String key, StepCall call, Exception failure, int attempt)
			throws Exception {
		if (!isOutcome(caller, call, failure) || !call.options().retries(failure, attempt)) {
			throw failure;
		}
		logger.info("Attempt {} of step '{}' of run '{}' failed and is repeated: {}", attempt, key, this.run.runId(),
				failure.toString());
	}

	/** A run that was asked to stop, or has to, has not failed in this step. */
	boolean isOutcome(StepCaller caller, StepCall call, Throwable failure) {
		return !caller.cancellation().cancelled() && this.cancellation.signal() == null && RunSignal.in(failure) == null
				&& call.codec().isOutcome(failure);
	}

	private @Nullable Object inTransaction(StepCaller caller, StepCaller.Execution execution, StoredStep step,
			StepCall call, boolean known) throws Exception {
		Patience patience = this.recorder.patience();
		for (int attempt = step.head().attempts();; attempt++) {
			int calls = attempt;
			Done[] done = new Done[1];
			try {
				this.recorder.inTransaction(() -> {
					Object result = Checked.call(execution::call);
					done[0] = done(caller, step, calls, call, result, execution.state());
					return done[0].step();
				}, known);
				execution.recorded();
				caller.executed(done[0].step());
				return done[0].value();
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
					failed(caller, execution, step, call, Checked.unwrap(ex), attempt, known);
				}
			}
		}
	}

	StoredStep begun(StepPlace place, StepCall call) {
		return new StoredStep(this.run.runId(), head(place, call.kind(), StepStatus.STARTED)).withDigest(call.digest());
	}

	/** A step that waits for a person or a time. */
	StoredStep waiting(StepPlace place, StepKind kind) {
		return new StoredStep(this.run.runId(), head(place, kind, StepStatus.WAITING));
	}

	/** A step that has failed is called again, maybe at another place. */
	StoredStep again(StepPlace place, StepCall call, StoredStep failed) {
		StoredStep again = new StoredStep(failed.runId(), head(place, call.kind(), StepStatus.WAITING), failed.codec(),
				failed.digest(), null, null, failed.state(), failed.lastEvent());
		return (call.digest() != null) ? again.withDigest(call.digest()) : again;
	}

	/** A step that has waited is called. */
	StoredStep next(StepPlace place, StepCall call, StoredStep waited, int attempt) {
		StepHead head = waited.head();
		return new StoredStep(waited.runId(),
				new StepHead(place.key(), place.position(), call.kind(), StepStatus.WAITING, attempt, this.epoch,
						head.startedAt(), null, head.dueAt()),
				waited.codec(), (call.digest() != null) ? call.digest() : waited.digest(), null, null, waited.state(),
				waited.lastEvent());
	}

	private StepHead head(StepPlace place, StepKind kind, StepStatus status) {
		return new StepHead(place.key(), place.position(), kind, status, 1, this.epoch, begins(place.scope()), null,
				null);
	}

	/**
	 * Returns the time at which a step begins. Within a run times only rise, whatever the
	 * clocks of its nodes say, and steps of two scopes do not begin in the same
	 * millisecond: so it is known of each step whether it began before another one.
	 */
	private synchronized long begins(String scope) {
		this.latest = Math.max(this.clock.millis(), scope.equals(this.latestScope) ? this.latest : this.latest + 1);
		this.latestScope = scope;
		return this.latest;
	}

	private synchronized long ends() {
		this.latest = Math.max(this.clock.millis(), this.latest);
		return this.latest;
	}

	Done done(StepCaller caller, StoredStep step, int attempts, StepCall call, @Nullable Object result,
			StepState state) {
		StepCodec.Written written = call.codec().write(step.key(), result);
		return new Done(
				step.done(ended(step, StepStatus.DONE, attempts), written.json()).with(state, caller.lastEvent()),
				written.value());
	}

	long maxResultSize() {
		return this.recorder.maxResultSize();
	}

	StepHead ended(StoredStep step, StepStatus status, int attempts) {
		return step.head().as(status, attempts, this.epoch, status.isOutcome() ? ends() : null);
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
	 */
	void endOfJournal(StepCaller caller, String key) {
		if (this.endsAt.test(key)) {
			throw this.passesOver ? caller.pause(RunSignal.over(this.run.runId(), key)) : endOfJournal(key);
		}
	}

	Error endOfJournal(String key) {
		return this.cancellation.suspend(RunSignal.verified(key));
	}

	/** Lets other branches go on where one is at the end of what is recorded. */
	void passOver() {
		this.passesOver = true;
	}

	/** Begins a step whose body is not a single call. */
	void beginning(StepCaller caller, StepKind kind, String key) {
		endOfJournal(caller, key);
		this.recorder.requireRecordable(kind, key);
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

	/**
	 * A step that is done.
	 *
	 * @param step the step to store
	 * @param value what it returns
	 */
	record Done(StoredStep step, @Nullable Object value) {
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
