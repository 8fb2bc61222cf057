package buddy.workflow;

/**
 * Thrown when a schedule is created with the id of another one.
 */
public class ScheduleExistsException extends IllegalStateException {

	private final String scheduleId;

	/**
	 * Creates the exception.
	 * @param scheduleId the id
	 */
	public ScheduleExistsException(String scheduleId) {
		super("There is a schedule '" + scheduleId + "' already; change it, or choose another id");
		this.scheduleId = scheduleId;
	}

	/**
	 * Returns the id.
	 * @return the id
	 */
	public String scheduleId() {
		return this.scheduleId;
	}

}
