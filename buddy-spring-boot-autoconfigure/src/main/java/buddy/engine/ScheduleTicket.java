package buddy.engine;

import java.time.Duration;

/**
 * What an engine keeps of a schedule. Everything else is stored with the schedule, so
 * that a ticket that is lost can be made again.
 *
 * @param workflowId the workflow of the schedule
 * @param scheduleId the schedule
 * @param delay how long to wait before the schedule is looked at
 */
public record ScheduleTicket(String workflowId, String scheduleId, Duration delay) {
}
