package buddy.workflow.internal.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepState;
import buddy.durable.StoredStep;
import buddy.durable.internal.StepCall;
import buddy.durable.internal.StepCaller;
import buddy.durable.internal.StepCounter;
import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.internal.CancellationSource;
import buddy.session.SessionState;

/**
 * The execution of a step's body in its part of the run.
 */
final class StepExecution implements StepCaller.Execution {

	private final RunFacts facts;

	private final Cancellation around;

	private final StepCall call;

	private final Parts parts;

	private final InnerStep step;

	/**
	 * Creates the execution.
	 * @param facts the run
	 * @param around stops the part of the run that calls the step
	 * @param step the step
	 * @param call the call of the step
	 * @param parts creates the part of the run that executes the body
	 */
	StepExecution(RunFacts facts, Cancellation around, InnerStep step, StepCall call, Parts parts) {
		this.facts = facts;
		this.around = around;
		this.step = step;
		this.call = call;
		this.parts = parts;
	}

	@Override
	public @Nullable Object call() throws Exception {
		Duration limit = this.call.options().timeout();
		if (limit.isZero()) {
			return bound(this.parts.create(this.around, counter(), this.step));
		}
		CancellationSource limited = new CancellationSource();
		Runnable forget = limited.follow(this.around);
		Runnable noLimit = this.facts.environment().liveRuns().cancelAfter(limited, limit);
		try {
			return bound(this.parts.create(limited, counter(), this.step));
		}
		finally {
			noLimit.run();
			forget.run();
		}
	}

	@Override
	public RunContext begin() {
		return this.parts.create(this.around, null, this.step);
	}

	@Override
	public void repeat(StoredStep earlier) {
		RunContext inner = begin();
		try (RunContextHolder.Binding binding = RunContextHolder.bind(inner)) {
			((StepCaller) inner).replayed(earlier);
		}
	}

	private @Nullable Object bound(RunContext inner) throws Exception {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(inner)) {
			return this.call.body().call();
		}
	}

	/** Only agents and their tools have steps of their own within their step. */
	private @Nullable StepCounter counter() {
		return switch (this.call.kind()) {
			case AGENT, TOOL -> new StepCounter(this.step.key() + "/");
			default -> null;
		};
	}

	@Override
	public StepState state() {
		SessionState state = this.facts.stateIfOpened();
		if (state != null) {
			state.requireNoEdits(this.step.log(), this.step.key());
		}
		return operations();
	}

	@Override
	public StepState operations() {
		return this.facts.stepState(this.step.log().json());
	}

	@Override
	public void recorded() {
		this.facts.baseRecorded();
	}

	/**
	 * Creates parts of the run.
	 */
	@FunctionalInterface
	interface Parts {

		/** Creates a part. */
		RunContext create(Cancellation cancellation, @Nullable StepCounter counter, InnerStep step);

	}

}
