package buddy.workflow.internal.execution;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import buddy.durable.JournaledStep;
import buddy.durable.QuestionOptions;
import buddy.durable.RunWaits;
import buddy.durable.StepBody;
import buddy.durable.StepFormat;
import buddy.durable.StepKind;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepScope;
import buddy.durable.StoredStep;
import buddy.durable.internal.RunSignal;
import buddy.durable.internal.RunSteps;
import buddy.durable.internal.StepCall;
import buddy.durable.internal.StepCaller;
import buddy.durable.internal.StepCounter;
import buddy.durable.internal.StepResults;
import buddy.durable.internal.WaitCall;
import buddy.json.internal.StorableJson;
import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.Message;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.internal.CancellationSource;
import buddy.session.SessionAccess;
import buddy.session.StateLog;
import buddy.storage.StoredRun;
import buddy.workflow.DurableOptions;
import buddy.workflow.internal.live.Continuation;
import buddy.workflow.internal.live.StartHandle;

/**
 * A run or a branch of it, as seen by the code that it calls. The parts of a run share
 * everything except their cancellation.
 */
abstract class RunPart extends RunView implements StepScope, StepCaller {

	private final RunFacts facts;

	private final RunEvents events;

	/** Counts the steps of this part; null within the body of a step. */
	private final @Nullable StepCounter counter;

	private final @Nullable InnerStep step;

	/** Numbers the steps and branches within the body of a step; null outside of one. */
	private final @Nullable StepCounter inner;

	/** Creates the run itself. */
	RunPart(RunFacts facts) {
		super(facts);
		this.facts = facts;
		facts.logsOf(() -> log(facts));
		this.events = new RunEvents(this, facts);
		this.counter = new StepCounter("");
		this.step = null;
		this.inner = null;
	}

	/** Creates a part of the same run. */
	RunPart(RunPart other, @Nullable StepCounter counter, @Nullable InnerStep step) {
		super(other.facts);
		this.facts = other.facts;
		this.events = other.events;
		this.counter = counter;
		this.step = step;
		this.inner = (counter == null && step != null) ? new StepCounter(step.key() + "/") : null;
	}

	final RunFacts facts() {
		return this.facts;
	}

	final RunEvents events() {
		return this.events;
	}

	/** Returns the log of the step whose body this is part of, or null. */
	private @Nullable StateLog log() {
		return (this.step != null) ? this.step.log() : null;
	}

	/** Returns the log of the step of a run whose body is executed on this thread. */
	private static @Nullable StateLog log(RunFacts facts) {
		for (RunContext context = RunContext.current(); context != null; context = context.parent()) {
			if (context instanceof RunPart part && part.facts == facts) {
				return part.log();
			}
		}
		return null;
	}

	/** Returns whether this part repeats what an earlier execution has done. */
	final boolean isReplaying() {
		return this.counter != null && this.facts.isContinued() && this.facts.requireSteps().isReplaying(this.counter);
	}

	@Override
	@SuppressWarnings({ "unchecked", "NullAway" }) // what the body returns and throws
	public <T extends @Nullable Object, E extends Exception> T step(String name, @Nullable Type type,
			StepOptions options, StepBody<T, E> body) throws E {
		StepCounter scope = this.counter;
		if (scope == null) {
			return (T) within(new StepCall(name, StepKind.STEP, new StepResults(type, 0), options, null, body), body);
		}
		RunSteps steps = this.facts.requireSteps();
		if (options.mode() == StepMode.TRANSACTIONAL && this.facts.opened().joined()) {
			throw new IllegalStateException("Step '" + name
					+ "' is transactional, and its run is part of a transaction of its caller, so that it cannot be"
					+ " recorded; call the workflow outside of the transaction");
		}
		ToldStep<T, E> told = ToldStep.of(this.facts.live(), this.events, cancellation(), scope.nextKey(name), name,
				body);
		StepCall call = new StepCall(name, StepKind.STEP,
				new StepResults(type, this.facts.environment().durable().maxResultSize()), options, options.digest(),
				(told != null) ? told : body);
		try {
			return (T) ((told != null) ? told.tell(() -> steps.call(this, scope, call))
					: steps.call(this, scope, call));
		}
		catch (Exception ex) {
			throw (E) ex;
		}
	}

	/**
	 * Calls a step within the body of another one, which records what both have done. It
	 * has attempts of its own only where the other one may be called again as well.
	 */
	@SuppressWarnings("unchecked") // what the body throws
	private <E extends Exception> @Nullable Object within(StepCall call,
			StepBody<? extends @Nullable Object, ? extends Exception> body) throws E {
		StepMode mode = call.options().mode();
		if (mode != StepMode.AT_LEAST_ONCE) {
			throw new IllegalStateException("Step '" + call.name() + "' is " + mode
					+ ", which it cannot be within step '" + ((this.step != null) ? this.step.key() : "")
					+ "', whose body is called again as a whole;" + " call it outside of that step");
		}
		InnerStep around = this.step;
		InnerStep own = (around != null && this.inner != null) ? around.part(this.inner.branches(call.name())) : null;
		boolean repeats = around == null || around.mode() == StepMode.AT_LEAST_ONCE;
		StepCall inner = new StepCall(call.name(), call.kind(), call.codec(),
				repeats ? call.options() : call.options().attempts(1), null, () -> {
					try (RunContextHolder.Binding binding = RunContextHolder
						.bind(new RunBranch(this, cancellation(), null, own))) {
						return body.call();
					}
				});
		try {
			return this.facts.requireSteps().callWithin(this, inner);
		}
		catch (Exception ex) {
			throw (E) ex;
		}
	}

	@Override
	public @Nullable Object awaitInput(String name, Type type, QuestionOptions options) {
		return await(WaitCall.question(name, type, options));
	}

	@Override
	public void sleep(String name, Duration time) {
		await(WaitCall.sleep(name, time));
	}

	/** A run goes on with its caller, so that it pauses only where that can pause too. */
	@Override
	public @Nullable RunWaits waits() {
		boolean records = this.counter != null && this.facts.environment().journal() != null
				&& this.facts.live().inMainStore() && !this.facts.opened().joined();
		return (records && (!(parent() instanceof RunPart caller) || caller.waits() != null))
				? this.facts.environment().waits() : null;
	}

	private @Nullable Object await(WaitCall call) {
		StepCounter scope = this.counter;
		if (scope == null) {
			throw new IllegalStateException("Run '" + runId() + "' cannot wait for '" + call.name()
					+ "' within the body of step '" + ((this.step != null) ? this.step.key() : "")
					+ "', which would be called again as a whole; wait outside of that step");
		}
		if (this.facts.environment().waits() == null) {
			throw new IllegalStateException("Run '" + runId() + "' cannot wait for '" + call.name()
					+ "': there is no RunWaits bean beside the store of sessions and runs; declare one");
		}
		RunSteps steps = this.facts.requireSteps();
		if (this.facts.opened().joined()) {
			throw new IllegalStateException("Run '" + runId() + "' cannot wait for '" + call.name()
					+ "', since it is part of a transaction of its caller; call the workflow outside of the transaction");
		}
		if (waits() == null) {
			throw new IllegalStateException("Run '" + runId() + "' cannot wait for '" + call.name()
					+ "', since the run that called it cannot: it was called within the body of a step, or by a run"
					+ " that records no steps; call it outside of that");
		}
		return steps.await(this, scope, call);
	}

	@Override
	public Error pause(RunSignal signal) {
		this.facts.pausedNested(signal.nested());
		return pausable().suspend(signal);
	}

	/** Returns what stops this part if it waits: the whole run, or a branch of it. */
	abstract CancellationSource pausable();

	@Override
	public <T> @Nullable JournaledStep<T> next(StepKind kind, String name, StepFormat<T> format) {
		StepCounter scope = this.counter;
		RunSteps steps = (scope != null && this.facts.environment().durable().agentCalls()) ? this.facts.steps() : null;
		return (scope != null && steps != null) ? steps.place(this, scope, kind, name, format) : null;
	}

	@Override
	public @Nullable String recordedNext() {
		StepCounter scope = this.counter;
		RunSteps steps = (scope != null && (this.facts.isContinued() || this.facts.live().isVerifying()))
				? this.facts.steps() : null;
		return (scope != null && steps != null) ? steps.recordedNext(this, scope) : null;
	}

	@Override
	public boolean canWait() {
		RunSteps steps = (waits() != null && this.facts.environment().durable().agentCalls()) ? this.facts.steps()
				: null;
		return steps != null && steps.canPause(this);
	}

	@Override
	public Error park(RuntimeException told, String reason) {
		return this.facts.live().cancellation().suspend(RunSignal.parked(told, reason));
	}

	/**
	 * Takes the place of a nested run.
	 * @return the call, or {@code null} if nothing is recorded here
	 */
	final @Nullable NestedCall nested(String workflowId) {
		StepCounter scope = this.counter;
		RunSteps steps = (scope != null) ? this.facts.steps() : null;
		if (scope == null || steps == null) {
			return null;
		}
		Continuation earlier = this.facts.live().continuation();
		String key = steps.nested(this, scope, "run:" + workflowId,
				(called) -> earlier != null && earlier.nested().containsKey(called));
		StoredRun known = (earlier != null)
				? RunContinuing.nested(earlier, key, this.facts.live().repository()).orElse(null) : null;
		NestedCall call = new NestedCall(key, known, earlier != null && earlier.retried().contains(key),
				(failure) -> failed(key, failure));
		if (!call.isOutcome()) {
			steps.endOfJournal(this, key);
		}
		return call;
	}

	@Override
	public String stepKey() {
		InnerStep inner = this.step;
		if (inner == null) {
			throw new IllegalStateException("stepKey() was called outside of a step of run '" + runId()
					+ "'; call it in the body of step(…), for calls that other systems must not execute twice");
		}
		return runId() + ":" + inner.key();
	}

	@Override
	public boolean changed(String name) {
		return this.facts.requireSteps().changed(this, requireCounter("changed"), name);
	}

	@Override
	public RandomGenerator random() {
		return new SplittableRandom(uuid().getLeastSignificantBits());
	}

	@Override
	public UUID uuid() {
		StepCounter scope = requireCounter("random() and uuid()");
		return UUID.nameUUIDFromBytes(
				(runId() + "\n" + scope.path() + "\n" + scope.number("\nrandom")).getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public Instant now() {
		return Instant.ofEpochMilli(requireCounter("now").lastStep(this.facts.run().createdAt()));
	}

	private StepCounter requireCounter(String what) {
		if (this.counter == null) {
			throw new IllegalStateException(what + " was called within the body of a step of run '" + runId()
					+ "'; the body is not executed again, so use the JDK's own there");
		}
		return this.counter;
	}

	@Override
	public StepCaller.Execution enter(String key, StepCall call) {
		return new StepExecution(this.facts, cancellation(), new InnerStep(key, call, log()), call,
				(cancellation, inner, step) -> new RunBranch(this, cancellation, inner, step));
	}

	@Override
	public void reaches(String key) {
		this.facts.reaches(key);
	}

	@Override
	public void executed(StoredStep recorded) {
		passed(recorded);
		if (recorded.head().status().isOutcome()) {
			gotFurther();
		}
	}

	/** Reports to who continued the run, or one that called it. */
	private void gotFurther() {
		if (this.facts.getsFurther()) {
			this.facts.request().tell(StartHandle::further);
			if (parent() instanceof RunPart caller) {
				caller.gotFurther();
			}
		}
	}

	private void passed(StoredStep recorded) {
		if (this.counter != null) {
			this.counter.ended(recorded.head().endedAt());
		}
	}

	@Override
	public void replayed(StoredStep recorded) {
		passed(recorded);
		if (recorded.state().operations() != null) {
			this.facts.state().replay(recorded.state().operations());
			StateLog.agents(recorded.state().operations())
				.forEach((response) -> recordAgent(RunResponse.fromJson(response)));
		}
	}

	@Override
	public void failed(String key, Throwable failure) {
		this.facts.failures().add(failure, key);
	}

	@Override
	public boolean parksOnChange() {
		return this.facts.environment().durable().changedPrompt() == DurableOptions.ChangedPrompt.FAIL;
	}

	@Override
	public @Nullable Long lastEvent() {
		return this.events.last();
	}

	@Override
	public WorkflowMemory memory() {
		return new WorkflowMemory(this.facts.live().repository(), sessionId(), SessionAccess.ofRun(key()),
				this.facts.request().settings().memory(), this.facts.begin(), this::clear);
	}

	/** Deletes runs once, however often this run is continued. */
	private int clear(IntSupplier delete) {
		if (this.counter == null || this.facts.steps() == null) {
			return delete.getAsInt();
		}
		return this.<Integer, RuntimeException>step("memory.clear", Integer.class, StepOptions.defaults(),
				delete::getAsInt);
	}

	@Override
	public void emit(RunResponseEvent event) {
		if (!LifecycleEvents.frames(event) && !isReplaying()) {
			this.events.emit(event);
		}
	}

	@Override
	public void publish(RunResponseEvent event) {
		if (!this.facts.live().gate().isPassed() && !LifecycleEvents.frames(event) && !isReplaying()) {
			this.events.publish(this.events.stamped(event));
		}
	}

	@Override
	public Consumer<RunResponse> trackAgent(Supplier<@Nullable RunResponse> soFar) {
		Consumer<RunResponse> ended = this.facts.agents().track(soFar);
		StateLog within = (this.step != null) ? this.step.begins() : null;
		return (within == null) ? ended : (response) -> {
			log(response, within);
			ended.accept(response);
		};
	}

	@Override
	public void recordAgent(RunResponse response) {
		StateLog within = log();
		if (within != null) {
			log(response, within);
		}
		this.facts.agents().add(response);
	}

	/** Keeps what an agent said with the step whose body called it. */
	private static void log(RunResponse response, StateLog within) {
		within.agent(StorableJson.sanitize(response.toBuilder().content(null).build()).json());
	}

	@Override
	public List<Message> history(String agentId, int lastRuns) {
		return this.facts.agents().history(agentId, memory().messages(lastRuns));
	}

	@Override
	public <T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body) {
		StepCounter scope = this.counter;
		StepCounter numbers = (scope != null) ? scope : this.inner;
		String path = (numbers != null) ? numbers.branches(name) : "";
		InnerStep within = this.step;
		RunBranches<T, R> branches = new RunBranches<>(name, (cancellation, number) -> {
			String branch = path + "[" + number + "]";
			return new RunBranch(this, cancellation, (scope != null) ? new StepCounter(branch + "/") : null,
					(within != null) ? within.part(branch) : null, cancellation);
		}, around, items, body);
		List<R> results = this.facts.opened().joined() ? branches.runHere() : branches.run();
		List<RunSignal> paused = branches.paused();
		if (!paused.isEmpty()) {
			throw pause(RunSignal.paused(runId(), paused));
		}
		return results;
	}

}
