package buddy.autoconfigure.elsewhere;

import buddy.workflow.Workflow;

/**
 * Not in the application's packages.
 */
public class ElsewhereWorkflow extends Workflow {

	/** Runs. */
	public String run(String text) {
		return text;
	}

}
