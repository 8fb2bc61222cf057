package buddy.workflow.runner;

import buddy.workflow.internal.live.LiveRuns;

/**
 * The runs that a runner has in progress, for tests of other packages.
 */
public final class RunnerLiveRuns {

	private RunnerLiveRuns() {
	}

	public static LiveRuns of(WorkflowRunner runner) {
		return runner.liveRuns();
	}

}
