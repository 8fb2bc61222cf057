package buddy.workflow;

/**
 * Where a schedule comes from.
 */
public enum ScheduleSource {

	/** {@link WorkflowSchedule} on the class of its workflow. */
	ANNOTATION,

	/** The properties {@code buddy.workflows.<id>.schedule}. */
	PROPERTIES,

	/** {@link WorkflowSchedules#create} or the REST API. */
	API;

	/**
	 * Returns whether it is declared with the application's code or configuration, so
	 * that it is changed there.
	 * @return whether it is
	 */
	public boolean isDeclared() {
		return this != API;
	}

}
