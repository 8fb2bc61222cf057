package buddy.durable.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.durable.AnswerExpiredException;
import buddy.durable.JournaledStep;
import buddy.durable.QuestionStatus;
import buddy.durable.RecordedFailure;
import buddy.durable.RunWaits;
import buddy.durable.StepFormat;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepMode;
import buddy.durable.StepStatus;
import buddy.durable.StoredQuestion;
import buddy.durable.StoredStep;
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

	private final ReplayedSteps replayed;

	private final CancellationSource cancellation;

	private final StepExecutor executor;

	private final InterruptedSteps interrupted;

	/** By the key of a question. */
	private final Map<String, Consumer<WaitCall>> probes = new ConcurrentHashMap<>();

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
		this.replayed = replayed;
		this.cancellation = cancellation;
		this.executor = new StepExecutor(run, epoch, recorder, cancellation, clock,
				verifying ? (key) -> !replayed.waitsWithin(key) : (key) -> false, replayed.latest());
		this.interrupted = new InterruptedSteps(run.runId(), this.executor, cancellation);
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
		call.requireAnswerable();
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
			return this.executor.execute(caller, this.executor.begun(place, call), call, false);
		}
		boolean waits = known.head().status() == StepStatus.WAITING;
		if (call.kind() == StepKind.STEP) {
			requireSameInput(place, call.digest(), known);
		}
		else if (!waits) {
			requireSame(caller, place, call.digest(), known);
		}
		return switch (known.head().status()) {
			case DONE -> result(caller, call, known);
			case FAILED -> throw failure(caller, known, call);
			case STARTED -> this.interrupted.goOn(caller, call, known);
			case WAITING -> goOn(caller, place, call, known);
		};
	}

	/** Calls a step again that has failed, unless it is not time for that yet. */
	private @Nullable Object goOn(StepCaller caller, StepPlace place, StepCall call, StoredStep step) throws Exception {
		Long dueAt = step.head().dueAt();
		if (dueAt == null) {
			return this.interrupted.goOn(caller, call, this.executor.again(place, call, step));
		}
		StoredQuestion question = question(caller, call, step.key());
		if (question != null && question.status() == QuestionStatus.OPEN) {
			throw stillWaiting(caller, WaitCall.interrupted(call, question), step);
		}
		int attempts = step.head().attempts();
		if (question != null) {
			return this.interrupted.answered(caller, call, this.executor.next(place, call, step, attempts), question);
		}
		if (step.head().isTimed()) {
			throw stillWaiting(caller, WaitCall.retry(call.name(), Duration.ZERO, Instant.ofEpochMilli(dueAt)), step);
		}
		return this.executor.execute(caller, this.executor.next(place, call, step, attempts + 1), call, true);
	}

	/** Finds the question whether a step has happened. */
	private @Nullable StoredQuestion question(StepCaller caller, StepCall call, String key) {
		RunWaits waits = caller.waits();
		return (call.options().mode() == StepMode.AT_MOST_ONCE && waits != null)
				? waits.find(this.run.runId(), key).orElse(null) : null;
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

	private void requireSameInput(StepPlace place, @Nullable String digest, StoredStep known) {
		if (digest != null && known.digest() != null && !digest.equals(known.digest())) {
			throw mismatch("step '" + place.key() + "' works on another input (StepOptions.input) than when it was "
					+ (known.head().status().isOutcome() ? "recorded" : "begun"));
		}
	}

	/** An agent that is given another prompt than before may have another answer. */
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
	 * Hands back what a step has waited for, or pauses the part of the run that calls it.
	 * @param caller the part of the run that waits
	 * @param scope counts the steps of that part
	 * @param call what it waits for
	 * @return the answer, read from its JSON, or {@code null} for a time that is over
	 */
	public @Nullable Object await(StepCaller caller, StepCounter scope, WaitCall call) {
		caller.cancellation().check(this.run.runId());
		StepPlace place = scope.next(StepCall.requireName(call.name()));
		StoredStep known = recorded(caller, place, call.kind());
		if (known == null) {
			this.executor.beginning(caller, call.kind(), place.key());
			throw caller.pause(call.pause(this.run.runId(), this.executor.waiting(place, call.kind()), false));
		}
		return switch (known.head().status()) {
			case DONE -> answer(caller, call, known);
			case FAILED -> {
				caller.replayed(known);
				AnswerExpiredException expired = new AnswerExpiredException(known.key());
				caller.failed(known.key(), expired);
				throw expired;
			}
			default -> throw stillWaiting(caller, call, known);
		};
	}

	private @Nullable Object answer(StepCaller caller, WaitCall call, StoredStep step) {
		Object answer;
		try {
			answer = call.read(step.result());
		}
		catch (RuntimeException ex) {
			throw this.cancellation
				.suspend(RunSignal.parked(new UnreadableStepException(this.run.runId(), step.key(), call.type(), ex),
						UnreadableStepException.REASON));
		}
		caller.replayed(step);
		return answer;
	}

	/** Another part of the run goes on, and this one waits for the same as before. */
	private Error stillWaiting(StepCaller caller, WaitCall call, StoredStep step) {
		Consumer<WaitCall> probe = this.probes.get(step.key());
		if (probe != null) {
			probe.accept(call);
			throw this.executor.endOfJournal(step.key());
		}
		return caller.pause(call.pause(this.run.runId(), step, true));
	}

	/**
	 * Sets what is called with a question that still waits, when this execution only
	 * compares the run with what is recorded.
	 * @param key the key of the question
	 * @param probe is given the question
	 */
	public void probe(String key, Consumer<WaitCall> probe) {
		this.probes.put(key, probe);
		this.executor.passOver();
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
		this.executor.recordPatch(caller, place);
		return true;
	}

	/**
	 * Returns the name of the step that is recorded at the next place, or waits there.
	 * @param caller the part of the run that asks
	 * @param scope counts the steps of that part
	 * @return the name, or {@code null} if nothing is
	 */
	public @Nullable String recordedNext(StepCaller caller, StepCounter scope) {
		StepPlace place = scope.peek("");
		StepHead head = this.replayed.anyAt(place);
		if (head == null) {
			this.executor.endOfJournal(caller, scope.nextKey("model"));
			return null;
		}
		String name = head.key().substring(scope.path().length());
		int number = name.indexOf('#');
		return (number < 0) ? name : name.substring(0, number);
	}

	/**
	 * Returns whether a part of the run can wait.
	 * @param caller the part of the run
	 * @return whether it can
	 */
	public boolean canPause(StepCaller caller) {
		return this.executor.canPause(caller);
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
		RuntimeException own = call.codec().rebuild(failure);
		Exception rebuilt = (own != null) ? own : failure.rebuild(step.key(), call.options().rethrows());
		caller.failed(step.key(), rebuilt);
		return rebuilt;
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

	/**
	 * Calls a step within the body of another one, which records what both have done.
	 * @param caller the part of the run that calls it
	 * @param call the step
	 * @return its result
	 * @throws Exception what its body threw
	 */
	public @Nullable Object callWithin(StepCaller caller, StepCall call) throws Exception {
		return this.executor.callWithin(caller, call);
	}

	/**
	 * Ends a run that is only compared with what is recorded, where something would be
	 * executed.
	 * @param caller the part of the run that would execute it
	 * @param key the key of what would be executed
	 */
	public void endOfJournal(StepCaller caller, String key) {
		this.executor.endOfJournal(caller, key);
	}

	/** Returns what calls the bodies of steps. */
	StepExecutor executor() {
		return this.executor;
	}

}
