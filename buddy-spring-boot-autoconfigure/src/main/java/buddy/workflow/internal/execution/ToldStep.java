package buddy.workflow.internal.execution;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepBody;
import buddy.durable.internal.RunSignal;
import buddy.run.Cancellation;
import buddy.run.EventHeader;
import buddy.run.Interception;
import buddy.run.RunResponseEvent.StepCompleted;
import buddy.run.RunResponseEvent.StepError;
import buddy.run.RunResponseEvent.StepStarted;
import buddy.run.StepInterception;
import buddy.run.StepInterception.Outcome;
import buddy.run.internal.Interceptions;
import buddy.workflow.internal.live.LiveRun;

/**
 * A step of the workflow's own code that is published to listeners, and to interceptors
 * of the run.
 *
 * @param <T> what the step returns
 * @param <E> what it may throw
 */
final class ToldStep<T extends @Nullable Object, E extends Exception> implements StepBody<T, E> {

	private static final String KIND = "step";

	private final RunEvents events;

	private final Cancellation cancellation;

	private final @Nullable Interceptions<StepInterception> interception;

	private final String key;

	private final String name;

	private final StepBody<T, E> body;

	private volatile boolean called;

	private volatile boolean completed;

	private ToldStep(RunEvents events, Cancellation cancellation,
			@Nullable Interceptions<StepInterception> interception, String key, String name, StepBody<T, E> body) {
		this.events = events;
		this.cancellation = cancellation;
		this.interception = interception;
		this.key = key;
		this.name = name;
		this.body = body;
	}

	/** Returns the step, or null if nobody listens. */
	static <T extends @Nullable Object, E extends Exception> @Nullable ToldStep<T, E> of(LiveRun live, RunEvents events,
			Cancellation cancellation, String key, String name, StepBody<T, E> body) {
		Interceptions<StepInterception> interception = live.interceptStep(key, name);
		return (interception != null || events.areFollowed())
				? new ToldStep<>(events, cancellation, interception, key, name, body) : null;
	}

	/** Calls the step as a whole, which may hand back what is recorded. */
	@Nullable Object tell(Callable<@Nullable Object> step) throws Exception {
		try (Interception.Entry entry = (this.interception != null) ? this.interception.enter()
				: Interception.Entry.NONE) {
			Object result = step.call();
			ended(this.called ? Outcome.EXECUTED : Outcome.REPLAYED, null);
			return result;
		}
		catch (Exception | Error ex) {
			boolean stopped = isStopped(ex);
			if (this.completed && !stopped) {
				publishFailure(ex); // its result was refused
			}
			ended(stopped ? Outcome.INTERRUPTED : this.called ? Outcome.FAILED : Outcome.REPLAYED, ex);
			throw ex;
		}
	}

	private void ended(Outcome outcome, @Nullable Throwable failure) {
		if (this.interception != null) {
			this.interception.tell((one) -> one.ended(outcome, failure));
		}
	}

	/** Calls the body. */
	@Override
	public T call() throws E {
		this.called = true;
		this.completed = false;
		if (!this.events.areFollowed()) {
			return this.body.call();
		}
		this.events.emit(new StepStarted(EventHeader.NONE, this.key, this.name, KIND));
		try {
			T result = this.body.call();
			// before it is recorded, so that the events up to it are valid if it is
			this.events.emit(new StepCompleted(EventHeader.NONE, this.key, this.name, KIND));
			this.completed = true;
			return result;
		}
		catch (Exception ex) {
			if (!isStopped(ex)) {
				publishFailure(ex);
			}
			throw ex;
		}
	}

	private void publishFailure(Throwable failure) {
		this.events.emit(new StepError(EventHeader.NONE, this.key, this.name, KIND, failure.getMessage(),
				failure.getClass().getName()));
	}

	/** A run that was asked to stop, or has to, has not failed in this step. */
	private boolean isStopped(Throwable failure) {
		return RunSignal.in(failure) != null || this.cancellation.cancelled();
	}

}
