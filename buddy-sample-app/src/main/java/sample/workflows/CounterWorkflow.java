package sample.workflows;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Counts its runs in the session's state, which survives a restart.
 */
public class CounterWorkflow extends Workflow {

	public CounterWorkflow() {
		super(WorkflowSettings.builder().description("Count the runs of a session.").build());
	}

	public RunResponse run(@SessionId String sessionId) {
		return RunResponse.of(sessionState().increment("count", 1));
	}

}
