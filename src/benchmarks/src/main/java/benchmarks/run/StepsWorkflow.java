package benchmarks.run;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * A workflow that calls steps, which do nothing.
 */
class StepsWorkflow extends Workflow {

	int run(@SessionId String sessionId, String result, int steps) {
		int length = 0;
		for (int i = 0; i < steps; i++) {
			length += step("look", () -> result).length();
		}
		return length;
	}

}
