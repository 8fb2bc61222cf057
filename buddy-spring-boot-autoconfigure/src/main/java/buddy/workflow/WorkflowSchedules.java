package buddy.workflow;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Access to the schedules of all workflows: those that are declared with
 * {@link WorkflowSchedule} or in properties, and those that are made here. It is meant
 * for code that serves the application's operators; who may use it is up to that code.
 *
 * <p>
 * Changes are part of the caller's transaction if there is one.
 */
public interface WorkflowSchedules {

	/**
	 * Lists schedules by their ids.
	 * @param after the id of the last schedule of the page before, or {@code null} to
	 * begin
	 * @param limit how many at the most
	 * @return the schedules
	 */
	List<Schedule> list(@Nullable String after, int limit);

	/**
	 * Finds a schedule.
	 * @param scheduleId its id
	 * @return the schedule
	 */
	Optional<Schedule> find(String scheduleId);

	/**
	 * Creates a schedule.
	 * @param definition when it fires, and how it calls its workflow
	 * @return the schedule
	 * @throws InvalidScheduleException if it cannot be used
	 * @throws InvalidInputException if its input does not fit its workflow
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws ScheduleExistsException if there is one with the same id
	 */
	Schedule create(ScheduleDefinition definition);

	/**
	 * Changes a schedule that was made by {@link #create}. If it fires at other times,
	 * the next one is computed from now on.
	 * @param definition the new definition, of the same workflow
	 * @return the schedule
	 * @throws InvalidScheduleException if it cannot be used
	 * @throws InvalidInputException if its input does not fit its workflow
	 * @throws ScheduleNotFoundException if there is no such schedule
	 * @throws ScheduleDeclaredException if it is declared with an annotation or in
	 * properties
	 */
	Schedule update(ScheduleDefinition definition);

	/**
	 * Pauses a schedule: it does not fire until it is resumed, over restarts and new
	 * versions of the application too. A paused schedule stays as it is.
	 * @param scheduleId its id
	 * @return the schedule
	 * @throws ScheduleNotFoundException if there is no such schedule
	 */
	Schedule pause(String scheduleId);

	/**
	 * Resumes a schedule. It fires at its next time from now on; what it has missed is
	 * not made up for.
	 * @param scheduleId its id
	 * @return the schedule
	 * @throws ScheduleNotFoundException if there is no such schedule
	 */
	Schedule resume(String scheduleId);

	/**
	 * Deletes a schedule. The runs that it has begun stay.
	 * @param scheduleId its id
	 * @return whether there was one
	 * @throws ScheduleDeclaredException if it is declared with an annotation or in
	 * properties, for a workflow of this application
	 */
	boolean delete(String scheduleId);

	/**
	 * Queues a run as the schedule does, apart from its fire times and in a transaction
	 * of its own.
	 * @param scheduleId its id
	 * @return the id of the run
	 * @throws ScheduleNotFoundException if there is no such schedule
	 */
	String fireNow(String scheduleId);

}
