package buddy.test;

import buddy.run.WorkflowRun;

/**
 * Assertions on the record of a run.
 */
public final class WorkflowRunAssert extends AbstractWorkflowRunAssert<WorkflowRunAssert, WorkflowRun> {

	WorkflowRunAssert(WorkflowRun actual) {
		super(actual, WorkflowRunAssert.class);
	}

	@Override
	WorkflowRun run() {
		return this.actual;
	}

}
