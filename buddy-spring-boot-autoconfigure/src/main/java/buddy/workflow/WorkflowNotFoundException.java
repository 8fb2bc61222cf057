package buddy.workflow;

import java.util.Set;

/**
 * Thrown when a workflow is called by an id that none has.
 */
public class WorkflowNotFoundException extends IllegalArgumentException {

	/**
	 * Creates the exception.
	 * @param workflowId the id that was asked for
	 * @param known the ids that there are
	 */
	public WorkflowNotFoundException(String workflowId, Set<String> known) {
		super("There is no workflow '" + workflowId + "'; there are " + known);
	}

}
