package buddy.durable.internal;

import org.jspecify.annotations.Nullable;

import buddy.durable.JournaledStep;
import buddy.durable.RecordedFailure;
import buddy.durable.StepBody;
import buddy.durable.StepFormat;
import buddy.durable.StepKind;
import buddy.durable.StepOptions;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunContext;

/**
 * A step of an agent, whose place was taken before its body is called.
 *
 * @param <T> the type of its result
 */
final class PlacedStep<T> implements JournaledStep<T> {

	private static final StepBody<Object, RuntimeException> NO_BODY = () -> {
		throw new IllegalStateException("The body of this step is not a single call");
	};

	private final RunSteps steps;

	private final StepCaller caller;

	private final StepCounter scope;

	private final StepPlace place;

	private final StepKind kind;

	private final StepCodec codec;

	private final Thread calling = Thread.currentThread();

	private @Nullable String digest;

	private StepCaller.@Nullable Execution execution;

	private @Nullable StoredStep step;

	private @Nullable Long lastEvent;

	/** Whether a row without an outcome is there. */
	private boolean known;

	PlacedStep(RunSteps steps, StepCaller caller, StepCounter scope, StepPlace place, StepKind kind,
			StepFormat<T> format) {
		this.steps = steps;
		this.caller = caller;
		this.scope = scope;
		this.place = place;
		this.kind = kind;
		this.codec = new FormatCodec<>(format, steps.executor().maxResultSize());
	}

	@Override
	public String key() {
		return this.place.key();
	}

	@Override
	public void digest(String digest) {
		this.digest = digest;
	}

	@Override
	@SuppressWarnings({ "unchecked", "NullAway" }) // the codec or the body makes it
	public <E extends Exception> T call(StepBody<T, E> body) throws E {
		// beside the thread that took the place, and within an agent, other steps may go
		// on
		boolean alone = this.kind == StepKind.AGENT && Thread.currentThread() == this.calling;
		if (alone) {
			this.scope.begun();
		}
		try {
			return (T) this.steps.call(this.caller, this.place, stepCall(body));
		}
		catch (Exception ex) {
			throw (E) ex;
		}
		finally {
			if (alone) {
				this.scope.over();
			}
		}
	}

	@Override
	@SuppressWarnings("unchecked") // the codec makes it
	public @Nullable T recorded() {
		StoredStep step = this.steps.recorded(this.caller, this.place, this.kind);
		if (step == null) {
			return null;
		}
		this.known = !step.head().status().isOutcome();
		StepCall call = stepCall(NO_BODY);
		if (this.known && step.head().status() == StepStatus.WAITING) {
			return null;
		}
		this.steps.requireSame(this.caller, this.place, this.digest, step);
		if (step.head().status() == StepStatus.FAILED) {
			throw (RuntimeException) this.steps.failure(this.caller, step, call);
		}
		return (step.head().status() == StepStatus.DONE) ? (T) this.steps.result(this.caller, call, step) : null;
	}

	@Override
	public RunContext begin() {
		this.steps.executor().beginning(this.caller, this.kind, key());
		StepCaller.Execution begun = this.caller.enter(key(), stepCall(NO_BODY));
		this.execution = begun;
		this.step = this.steps.executor().begun(this.place, stepCall(NO_BODY));
		this.lastEvent = this.caller.lastEvent();
		return begun.begin();
	}

	@Override
	public void record(T result) {
		StepCaller.Execution begun = begun();
		StepCall call = stepCall(NO_BODY);
		StepExecutor executor = this.steps.executor();
		StoredStep done = executor.recordable(this.caller, begun, stored(), call, result, 1, this.known).step();
		// what the body of the run hands on meanwhile, it hands on again
		done = done.with(done.state(), this.lastEvent);
		if (executor.write(this.caller, done, this.known)) {
			begun.recorded();
		}
	}

	@Override
	public void failed(Throwable failure) {
		StepCall call = stepCall(NO_BODY);
		StepExecutor executor = this.steps.executor();
		if (executor.isOutcome(this.caller, call, failure)) {
			executor.recordFailure(this.caller, begun(), stored(), call, failure, 1, this.known);
		}
	}

	private StoredStep stored() {
		StoredStep step = this.step;
		if (step == null) {
			throw new IllegalStateException("Step '" + key() + "' has not begun");
		}
		return step.withDigest(this.digest);
	}

	private StepCaller.Execution begun() {
		StepCaller.Execution begun = this.execution;
		if (begun == null) {
			throw new IllegalStateException("Step '" + key() + "' has not begun");
		}
		return begun;
	}

	private StepCall stepCall(StepBody<? extends @Nullable Object, ? extends Exception> body) {
		return new StepCall(this.place.name(), this.kind, this.codec, StepOptions.defaults(), this.digest, body);
	}

	/** Results whose JSON is made by others. */
	private record FormatCodec<T>(StepFormat<T> format, long maxSize) implements StepCodec {

		@Override
		@SuppressWarnings("unchecked") // what the body returned
		public Written write(String key, @Nullable Object result) {
			if (result == null) {
				return Written.NOTHING;
			}
			String json = this.format.write((T) result);
			StepResults.requireSize(key, json, this.maxSize);
			return new Written(json, result);
		}

		@Override
		public @Nullable Object read(@Nullable String json) {
			return (json != null) ? this.format.read(json) : null;
		}

		@Override
		public RecordedFailure failure(Throwable failure) {
			return this.format.failure(failure);
		}

		@Override
		public @Nullable RuntimeException rebuild(RecordedFailure failure) {
			return this.format.rebuild(failure);
		}

		@Override
		public boolean isOutcome(Throwable failure) {
			return this.format.isOutcome(failure);
		}

		@Override
		public String type() {
			return "the answer of an agent";
		}

	}

}
