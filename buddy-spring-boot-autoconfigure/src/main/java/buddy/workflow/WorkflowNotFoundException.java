package buddy.workflow;

import java.util.Set;

/**
 * Thrown when there is no workflow with the requested id.
 */
public class WorkflowNotFoundException extends IllegalArgumentException {

	/**
	 * Creates the exception.
	 * @param workflowId the requested id
	 * @param known the ids of the existing workflows
	 */
	public WorkflowNotFoundException(String workflowId, Set<String> known) {
		super("There is no workflow '" + workflowId + "'; there are " + known);
	}

}
