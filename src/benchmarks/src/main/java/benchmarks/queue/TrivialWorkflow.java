package benchmarks.queue;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * A run that does nothing, so that what is measured is the queue.
 */
class TrivialWorkflow extends Workflow {

	static final String ID = "trivial";

	static final String ANSWER = "done";

	String run(@SessionId String sessionId) {
		return ANSWER;
	}

}
