package buddy.autoconfigure.scanned;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Found by the scan.
 */
public class GreetingWorkflow extends Workflow {

	/**
	 * Greets.
	 */
	public RunResponse run(@SessionId String sessionId, String name) {
		return RunResponse.of("Hello " + name + ", for the " + sessionState().increment("count", 1) + ". time");
	}

}
