package buddy.durable.internal;

import buddy.run.RunFailure;

/**
 * The code of a workflow calls other steps than those that are recorded of a run.
 */
public class StepMismatchException extends RuntimeException {

	/** Why a run that meets it is parked, as its record has it. */
	public static final String REASON = RunFailure.STEP_MISMATCH;

	StepMismatchException(String runId, String workflowId, String what) {
		super("Run '" + runId + "' of workflow '" + workflowId + "' cannot be continued with this code: " + what
				+ ". Bring the code back to the order of steps that the run began with and resume the run, or guard what"
				+ " is new with changed(…)");
	}

}
