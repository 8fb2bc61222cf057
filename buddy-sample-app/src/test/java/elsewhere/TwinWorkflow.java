package elsewhere;

import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * A workflow that no scan of the sample finds, with the id that a test gives it.
 */
public class TwinWorkflow extends Workflow {

	/**
	 * Creates a workflow.
	 * @param id its id
	 */
	public TwinWorkflow(String id) {
		super(WorkflowSettings.builder().workflowId(id).build());
	}

	/** Does nothing. */
	public void run() {
	}

}
