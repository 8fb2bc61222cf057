package buddy.workflow;

/**
 * Thrown when a schedule is to be changed or deleted that is declared with an annotation
 * or in properties, where it would be declared again by the next start.
 */
public class ScheduleDeclaredException extends IllegalStateException {

	private final String scheduleId;

	private final ScheduleSource source;

	/**
	 * Creates the exception.
	 * @param schedule the schedule
	 */
	public ScheduleDeclaredException(Schedule schedule) {
		super("Schedule '" + schedule.scheduleId() + "' is declared "
				+ ((schedule.source() == ScheduleSource.PROPERTIES)
						? "by buddy.workflows." + schedule.workflowId() + ".schedule"
						: "by @WorkflowSchedule on workflow '" + schedule.workflowId() + "'")
				+ "; change it there, or pause it here");
		this.scheduleId = schedule.scheduleId();
		this.source = schedule.source();
	}

	/**
	 * Returns the schedule.
	 * @return its id
	 */
	public String scheduleId() {
		return this.scheduleId;
	}

	/**
	 * Returns where it is declared.
	 * @return its source
	 */
	public ScheduleSource source() {
		return this.source;
	}

}
