package buddy.workflow.internal.execution;

import buddy.run.Cancellation;

/**
 * A part of a run that goes on beside others, and can be stopped apart from the run.
 */
final class RunBranch extends RunPart {

	private final Cancellation cancellation;

	RunBranch(RunPart run, Cancellation cancellation) {
		super(run);
		this.cancellation = cancellation;
	}

	@Override
	public Cancellation cancellation() {
		return this.cancellation;
	}

}
