package buddy.durable.internal;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import buddy.durable.AnswerExpiredException;
import buddy.durable.InterruptedStepAnswer;
import buddy.durable.QuestionOptions;
import buddy.durable.QuestionStatus;
import buddy.durable.StepInterruptedException;
import buddy.durable.StepMode;
import buddy.durable.StepOutcome;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredQuestion;
import buddy.durable.StoredStep;
import buddy.run.RunContextHolder;
import buddy.run.RunFailure;
import buddy.run.internal.CancellationSource;

/**
 * Goes on with steps that run at most once and whose process died in their body: asks the
 * other system, or else a person, whether they have happened.
 */
final class InterruptedSteps {

	private final String runId;

	private final StepExecutor executor;

	private final CancellationSource cancellation;

	InterruptedSteps(String runId, StepExecutor executor, CancellationSource cancellation) {
		this.runId = runId;
		this.executor = executor;
		this.cancellation = cancellation;
	}

	/** Whether the step's body has happened is not known. */
	@Nullable Object goOn(StepCaller caller, StepCall call, StoredStep step) throws Exception {
		if (call.options().mode() != StepMode.AT_MOST_ONCE || isRetriedBlindly(call, step)) {
			return this.executor.execute(caller, step, call, true);
		}
		this.executor.endOfJournal(caller, step.key());
		StepOutcome outcome = reconciled(caller, call, step);
		return switch (outcome.kind()) {
			case NOT_HAPPENED -> this.executor.execute(caller, step, call, true);
			case HAPPENED -> happened(caller, call, step, outcome.result());
			case UNKNOWN -> throw unknown(caller, call, step, call.options().reconcile() != null, null);
		};
	}

	/**
	 * It has failed, and whoever retried the run has decided, since nobody can be asked.
	 */
	private static boolean isRetriedBlindly(StepCall call, StoredStep step) {
		return step.head().status() == StepStatus.WAITING && call.options().reconcile() == null;
	}

	/** Asks the other system, which knows the step by its key. */
	private StepOutcome reconciled(StepCaller caller, StepCall call, StoredStep step) throws Exception {
		Callable<StepOutcome> reconcile = call.options().reconcile();
		if (reconcile == null) {
			return StepOutcome.unknown();
		}
		try (RunContextHolder.Binding binding = RunContextHolder.bind(caller.enter(step.key(), call).begin())) {
			return reconcile.call();
		}
		catch (Exception ex) {
			if (this.executor.isOutcome(caller, call, ex)) {
				throw unknown(caller, call, step, true, ex);
			}
			throw ex;
		}
	}

	private @Nullable Object happened(StepCaller caller, StepCall call, StoredStep step, @Nullable Object result) {
		StepExecutor.Done done;
		try {
			done = this.executor.done(caller, step, step.head().attempts(), call, result, StepState.NONE);
		}
		catch (RuntimeException ex) {
			throw unknown(caller, call, step, true, ex);
		}
		this.executor.write(caller, done.step(), true);
		return done.value();
	}

	/** Asks a person if the step says so, or else stops the run. */
	private Error unknown(StepCaller caller, StepCall call, StoredStep step, boolean asked, @Nullable Exception cause) {
		QuestionOptions question = call.options().interruptedQuestion();
		if (question == null || !this.executor.canPause(caller)) {
			return park(step, asked, cause);
		}
		StoredStep waiting = step.done(this.executor.ended(step, StepStatus.WAITING, step.head().attempts()), null);
		return caller.pause(WaitCall.interrupted(call, question).pause(this.runId, waiting, false));
	}

	/**
	 * Stops the run, whose code must not take that for a failure of the step.
	 */
	private Error park(StoredStep step, boolean asked, @Nullable Exception cause) {
		return this.cancellation.suspend(RunSignal
			.parked(new StepInterruptedException(this.runId, step.key(), asked, cause), RunFailure.STEP_INTERRUPTED));
	}

	/**
	 * Goes on with the answer of the person, or with the default if nobody has given one
	 * in time. Without a default the run stops, and asks again when it is resumed.
	 */
	@Nullable Object answered(StepCaller caller, StepCall call, StoredStep step, StoredQuestion question) throws Exception {
		this.executor.endOfJournal(caller, step.key());
		String json = (question.status() == QuestionStatus.ANSWERED) ? question.answer() : question.defaultAnswer();
		if (json == null) {
			this.executor.write(caller,
					step.done(this.executor.ended(step, StepStatus.STARTED, step.head().attempts()), null), true);
			throw park(step, true, new AnswerExpiredException(step.key()));
		}
		InterruptedStepAnswer<?> answer;
		try {
			answer = WaitCall.interrupted(call, question).answer(json);
		}
		catch (RuntimeException ex) {
			throw unknown(caller, call, step, true, ex); // its type has changed since
		}
		return answer.happened() ? happened(caller, call, step, answer.result())
				: this.executor.execute(caller, step, call, true);
	}

}
