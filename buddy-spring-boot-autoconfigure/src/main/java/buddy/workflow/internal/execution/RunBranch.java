package buddy.workflow.internal.execution;

import buddy.run.Cancellation;

/**
 * A branch of a run that executes in parallel with others, and that can be stopped
 * independently of the run.
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
