package buddy.workflow.internal.registry;

import org.jspecify.annotations.Nullable;

import buddy.engine.RunEngine;
import buddy.storage.RunQueue;
import buddy.storage.ScheduleStore;
import buddy.workflow.RunOptions;

/**
 * What runs are queued with.
 *
 * @param queue the store of queued runs
 * @param engine executes them
 * @param executes whether this node executes queued runs too
 * @param filtered whether filters may change what is recorded of every run
 * @param defaults the options of runs that set no others
 * @param schedules the store of schedules, or {@code null} if there are none
 */
public record QueueSettings(RunQueue queue, RunEngine engine, boolean executes, boolean filtered, RunOptions defaults,
		@Nullable ScheduleStore schedules) {
}
