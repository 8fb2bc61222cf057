package buddy.storage;

import java.util.Set;

/**
 * A selection of workflows: either the named ones, or all others.
 *
 * @param workflowIds the named workflows
 * @param allBut whether all workflows except the named ones are selected
 */
public record WorkflowSelection(Set<String> workflowIds, boolean allBut) {

	/**
	 * Copies the ids.
	 */
	public WorkflowSelection {
		workflowIds = Set.copyOf(workflowIds);
	}

	/**
	 * Selects one workflow.
	 * @param workflowId the workflow
	 * @return the selection
	 */
	public static WorkflowSelection only(String workflowId) {
		return new WorkflowSelection(Set.of(workflowId), false);
	}

	/**
	 * Selects all workflows except some, including those that the application no longer
	 * has.
	 * @param workflowIds the excluded workflows
	 * @return the selection
	 */
	public static WorkflowSelection allBut(Set<String> workflowIds) {
		return new WorkflowSelection(workflowIds, true);
	}

	/**
	 * Returns whether a workflow is selected.
	 * @param workflowId the workflow
	 * @return whether it is selected
	 */
	public boolean includes(String workflowId) {
		return this.workflowIds.contains(workflowId) != this.allBut;
	}

}
