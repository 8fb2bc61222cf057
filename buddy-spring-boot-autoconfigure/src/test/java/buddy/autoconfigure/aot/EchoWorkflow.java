package buddy.autoconfigure.aot;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Found by the scan, before its context is compiled.
 */
public class EchoWorkflow extends Workflow {

	public RunResponse run(@SessionId String session, String text) {
		return RunResponse.of(text + " " + sessionState().increment("count", 1));
	}

}
