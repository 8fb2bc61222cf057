package buddy.workflow.internal.execution;

import java.time.Clock;
import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.run.RunEventListener;
import buddy.run.RunInterceptor;
import buddy.storage.RunQueue;
import buddy.workflow.DurableOptions;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.record.UnrecordedEnd;

/**
 * The environment shared by all runs of a runner.
 *
 * @param clock the clock
 * @param listeners the listeners for the events of runs
 * @param interceptors the interceptors of runs
 * @param interrupt whether the thread of a run that is cancelled is interrupted
 * @param logFailures whether failures of runs started through the registry are logged,
 * since their exceptions may not be seen otherwise
 * @param liveRuns the runs in progress in this process
 * @param journal where steps are recorded, or {@code null}
 * @param waits what paused runs wait for, or {@code null}
 * @param durable how they are recorded
 */
public record RunEnvironment(Clock clock, List<RunEventListener> listeners, List<RunInterceptor> interceptors,
		boolean interrupt, boolean logFailures, LiveRuns liveRuns, @Nullable RunJournal journal,
		@Nullable RunWaits waits, @Nullable RunQueue queue, DurableOptions durable) {

	void writeAgain(UnrecordedEnd end) {
		if (end.isNeeded()) {
			this.liveRuns.writeAgain(end);
		}
	}

}
