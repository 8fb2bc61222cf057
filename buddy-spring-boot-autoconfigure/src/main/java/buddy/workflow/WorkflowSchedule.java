package buddy.workflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Begins runs of a workflow at fixed times, each time one run on one of the nodes.
 *
 * <pre>
 * &#64;WorkflowSchedule(cron = "0 0 6 * * MON-FRI", zone = "Europe/Berlin", input = "{\"topic\": \"news\"}")
 * class Briefing extends Workflow {
 * </pre>
 *
 * <p>
 * Property placeholders ({@code ${…}}) are replaced in all texts. The properties
 * {@code buddy.workflows.<id>.schedule} take precedence.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(WorkflowSchedule.Several.class)
public @interface WorkflowSchedule {

	/**
	 * Returns the id of the schedule.
	 * @return the id; default is the id of the workflow
	 */
	String id() default "";

	/**
	 * Returns when runs begin, as a cron expression with six fields: second, minute,
	 * hour, day of the month, month and day of the week, or a macro such as
	 * {@code @daily}.
	 * @return the expression; empty if {@link #every()} is set
	 * @see org.springframework.scheduling.support.CronExpression
	 */
	String cron() default "";

	/**
	 * Returns the interval of the runs, such as {@code 10m} or {@code PT10M}.
	 * @return the interval; empty if {@link #cron()} is set
	 */
	String every() default "";

	/**
	 * Returns the time zone of the cron expression, such as {@code Europe/Berlin}.
	 * @return the zone; default is UTC
	 */
	String zone() default "";

	/**
	 * Returns the input of the runs by parameter name.
	 * @return a JSON object; default is no input
	 */
	String input() default "";

	/**
	 * Returns the user of the runs.
	 * @return the user's id; by default, nobody but the settings of the workflow
	 * determines it
	 */
	String userId() default "";

	/**
	 * Returns the session of the runs.
	 * @return the session's id; default is a new session for each run, unless the
	 * settings of the workflow determine it
	 */
	String sessionId() default "";

	/**
	 * Returns what becomes of fire times at which no node was there.
	 * @return what becomes of them
	 */
	MissedFires missed() default MissedFires.ONCE;

	/**
	 * The schedules of a workflow that has several.
	 */
	@Target(ElementType.TYPE)
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface Several {

		/**
		 * Returns the schedules.
		 * @return the schedules
		 */
		WorkflowSchedule[] value();

	}

}
