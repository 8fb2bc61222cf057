package benchmarks.run;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * A workflow that calls steps, which do nothing.
 */
class StepsWorkflow extends Workflow {

	/** The id of the one whose events are not stored. */
	static final String WITHOUT_EVENTS = "steps";

	StepsWorkflow(String workflowId) {
		super(WorkflowSettings.builder().workflowId(workflowId).build());
	}

	int run(@SessionId String sessionId, String result, int steps) {
		int length = 0;
		for (int i = 0; i < steps; i++) {
			length += step("look", () -> result).length();
		}
		return length;
	}

}
