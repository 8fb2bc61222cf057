package buddy.workflow;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A stored schedule. Its times are those of the database's clock.
 *
 * @param definition when it fires, and how it calls its workflow
 * @param source where it comes from
 * @param paused whether it does not fire until it is resumed
 * @param createdAt when it was stored
 * @param updatedAt when it was changed last; a fire time does not change it
 * @param nextFireAt when it fires next, or {@code null} while it is paused
 * @param lastFireAt the last fire time that has begun a run, or {@code null}
 * @param lastRunId the run that it has begun last, or {@code null}
 */
public record Schedule(ScheduleDefinition definition, ScheduleSource source, boolean paused, Instant createdAt,
		Instant updatedAt, @Nullable Instant nextFireAt, @Nullable Instant lastFireAt, @Nullable String lastRunId) {

	/**
	 * Returns the id of the schedule.
	 * @return its id
	 */
	public String scheduleId() {
		return this.definition.scheduleId();
	}

	/**
	 * Returns the workflow whose runs it begins.
	 * @return its id
	 */
	public String workflowId() {
		return this.definition.workflowId();
	}

}
