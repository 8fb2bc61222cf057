package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a schedule cannot be used as it is defined.
 */
public class InvalidScheduleException extends IllegalArgumentException {

	private final String scheduleId;

	private final String workflowId;

	private final String field;

	/**
	 * Creates the exception.
	 * @param definition the schedule
	 * @param field the field that is wrong, by its name in JSON
	 * @param problem the problem, as the rest of a sentence about the schedule
	 * @param cause the cause, or {@code null}
	 */
	public InvalidScheduleException(ScheduleDefinition definition, String field, String problem,
			@Nullable Throwable cause) {
		super("Schedule '" + definition.scheduleId() + "' of workflow '" + definition.workflowId()
				+ "' cannot be used: " + problem, cause);
		this.scheduleId = definition.scheduleId();
		this.workflowId = definition.workflowId();
		this.field = field;
	}

	/**
	 * Returns the schedule.
	 * @return its id
	 */
	public String scheduleId() {
		return this.scheduleId;
	}

	/**
	 * Returns the workflow of the schedule.
	 * @return its id
	 */
	public String workflowId() {
		return this.workflowId;
	}

	/**
	 * Returns the field that is wrong.
	 * @return its name in JSON, such as {@code cron}
	 */
	public String field() {
		return this.field;
	}

}
