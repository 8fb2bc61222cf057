package buddy.workflow;

/**
 * Thrown when there is no schedule with an id.
 */
public class ScheduleNotFoundException extends RuntimeException {

	private final String scheduleId;

	/**
	 * Creates the exception.
	 * @param scheduleId the id
	 */
	public ScheduleNotFoundException(String scheduleId) {
		super("There is no schedule '" + scheduleId + "'");
		this.scheduleId = scheduleId;
	}

	/**
	 * Returns the id that was asked for.
	 * @return the id
	 */
	public String scheduleId() {
		return this.scheduleId;
	}

}
