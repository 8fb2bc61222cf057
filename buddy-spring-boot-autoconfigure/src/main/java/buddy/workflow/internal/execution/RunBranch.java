package buddy.workflow.internal.execution;

import org.jspecify.annotations.Nullable;

import buddy.durable.internal.StepCounter;
import buddy.run.Cancellation;
import buddy.run.internal.CancellationSource;

/**
 * A part of a run that can be stopped independently of it: a branch that executes in
 * parallel with others, or the body of a step.
 */
final class RunBranch extends RunPart {

	private final Cancellation cancellation;

	private final CancellationSource pausable;

	/**
	 * Creates a part that pauses with the part that it is within.
	 * @param around the part that it is within
	 * @param cancellation stops it
	 * @param counter counts its steps, or {@code null} if it records none
	 * @param step the step whose body it is part of, or {@code null}
	 */
	RunBranch(RunPart around, Cancellation cancellation, @Nullable StepCounter counter, @Nullable InnerStep step) {
		this(around, cancellation, counter, step, around.pausable());
	}

	/**
	 * Creates a part.
	 * @param around the part that it is within
	 * @param cancellation stops it
	 * @param counter counts its steps, or {@code null} if it records none
	 * @param step the step whose body it is part of, or {@code null}
	 * @param pausable stops it when it waits
	 */
	RunBranch(RunPart around, Cancellation cancellation, @Nullable StepCounter counter, @Nullable InnerStep step,
			CancellationSource pausable) {
		super(around, counter, step);
		this.cancellation = cancellation;
		this.pausable = pausable;
	}

	@Override
	CancellationSource pausable() {
		return this.pausable;
	}

	@Override
	public Cancellation cancellation() {
		return this.cancellation;
	}

}
