package buddy.workflow;

/**
 * Runs cannot be continued, and their steps not be listed, since the application's store
 * of sessions and runs does not record steps.
 */
public class StepsNotRecordedException extends UnsupportedOperationException {

	/**
	 * Creates the exception.
	 */
	public StepsNotRecordedException() {
		super("The steps of runs are not recorded, so that no run can be continued: the application's"
				+ " WorkflowSessionRepository has no RunJournal beside it; declare a RunJournal bean that stores steps"
				+ " in the same place");
	}

}
