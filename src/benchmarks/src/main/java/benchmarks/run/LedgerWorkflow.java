package benchmarks.run;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * The workflow that is measured: it does nothing but touch its session's state.
 */
class LedgerWorkflow extends Workflow {

	static final String COUNT = "count";

	private static final String ANSWER = "Two sentences that a model may have said of the topic. They are about as long as this.";

	String run(@SessionId String sessionId, String topic, boolean change) {
		if (change) {
			sessionState().increment(COUNT, 1);
		}
		else {
			sessionState().get(COUNT, Long.class);
		}
		return ANSWER;
	}

}
