package buddy.workflow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * When a schedule begins runs of a workflow, and how it calls the workflow. Immutable:
 * each method returns a changed copy.
 *
 * @param scheduleId the id of the schedule
 * @param workflowId the workflow
 * @param cron a cron expression with six fields or a macro, or {@code null} if
 * {@code every} is set
 * @param every the interval of the runs, or {@code null} if {@code cron} is set
 * @param zone the time zone of the cron expression; {@code null} for UTC
 * @param input the input of the runs by parameter name, as plain JSON values
 * @param userId the user of the runs, or {@code null} for that of the workflow's settings
 * @param sessionId the session of the runs, or {@code null} for that of the workflow's
 * settings or a new one for each run
 * @param missed what becomes of fire times at which no node was there
 */
public record ScheduleDefinition(String scheduleId, String workflowId, @Nullable String cron, @Nullable Duration every,
		@Nullable String zone, Map<String, ? extends @Nullable Object> input, @Nullable String userId,
		@Nullable String sessionId, MissedFires missed) {

	public ScheduleDefinition {
		input = Collections.unmodifiableMap(new LinkedHashMap<>(input));
	}

	/**
	 * Returns a definition without a time, whose id is that of the workflow.
	 * @param workflowId the workflow
	 * @return the definition
	 */
	public static ScheduleDefinition of(String workflowId) {
		return new ScheduleDefinition(workflowId, workflowId, null, null, null, Map.of(), null, null, MissedFires.ONCE);
	}

	/**
	 * Returns a copy with another id.
	 * @param scheduleId the id: up to 128 ASCII letters, digits and . _ : @ -
	 * @return the copy
	 */
	public ScheduleDefinition id(String scheduleId) {
		return new ScheduleDefinition(scheduleId, this.workflowId, this.cron, this.every, this.zone, this.input,
				this.userId, this.sessionId, this.missed);
	}

	/**
	 * Returns a copy that fires by a cron expression.
	 * @param cron six fields, from the second to the day of the week, or a macro such as
	 * {@code @daily}
	 * @return the copy
	 */
	public ScheduleDefinition cron(String cron) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, cron, null, this.zone, this.input, this.userId,
				this.sessionId, this.missed);
	}

	/**
	 * Returns a copy that fires at an interval, for the first time after one interval.
	 * @param every the interval
	 * @return the copy
	 */
	public ScheduleDefinition every(Duration every) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, null, every, this.zone, this.input, this.userId,
				this.sessionId, this.missed);
	}

	/**
	 * Returns a copy whose cron expression is read in a time zone.
	 * @param zone the zone, such as {@code Europe/Berlin}; {@code null} for UTC
	 * @return the copy
	 */
	public ScheduleDefinition zone(@Nullable String zone) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, this.cron, this.every, zone, this.input,
				this.userId, this.sessionId, this.missed);
	}

	/**
	 * Returns a copy with other input.
	 * @param input the input by parameter name, as plain JSON values
	 * @return the copy
	 */
	public ScheduleDefinition input(Map<String, ? extends @Nullable Object> input) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, this.cron, this.every, this.zone, input,
				this.userId, this.sessionId, this.missed);
	}

	/**
	 * Returns a copy whose runs have a user.
	 * @param userId the user's id, or {@code null}
	 * @return the copy
	 */
	public ScheduleDefinition user(@Nullable String userId) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, this.cron, this.every, this.zone, this.input,
				userId, this.sessionId, this.missed);
	}

	/**
	 * Returns a copy whose runs have a session.
	 * @param sessionId the session's id, or {@code null}
	 * @return the copy
	 */
	public ScheduleDefinition session(@Nullable String sessionId) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, this.cron, this.every, this.zone, this.input,
				this.userId, sessionId, this.missed);
	}

	/**
	 * Returns a copy with another treatment of fire times at which no node was there.
	 * @param missed what becomes of them
	 * @return the copy
	 */
	public ScheduleDefinition missed(MissedFires missed) {
		return new ScheduleDefinition(this.scheduleId, this.workflowId, this.cron, this.every, this.zone, this.input,
				this.userId, this.sessionId, missed);
	}

}
