package buddy.storage;

import java.util.Set;

/**
 * Some workflows: these, or all but these.
 *
 * @param workflowIds the workflows that are named
 * @param allBut whether the others are meant
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
	 * Selects all workflows but some, also those that the application no longer has.
	 * @param workflowIds the workflows that are left out
	 * @return the selection
	 */
	public static WorkflowSelection allBut(Set<String> workflowIds) {
		return new WorkflowSelection(workflowIds, true);
	}

	/**
	 * Tells whether a workflow is selected.
	 * @param workflowId the workflow
	 * @return whether it is
	 */
	public boolean includes(String workflowId) {
		return this.workflowIds.contains(workflowId) != this.allBut;
	}

}
