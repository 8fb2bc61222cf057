package buddy.workflow.internal.execution;

import java.time.Clock;
import java.util.List;

import buddy.run.RunEventListener;
import buddy.run.RunInterceptor;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.record.UnrecordedEnd;

/**
 * What every run of a runner shares.
 *
 * @param clock tells the time
 * @param listeners see the events of runs
 * @param interceptors stand around runs
 * @param interrupt whether the thread of a run that is cancelled is interrupted
 * @param logFailures whether a failure is logged of a run that was started through the
 * registry: nobody else may see its exception
 * @param liveRuns the runs of the process
 */
public record RunEnvironment(Clock clock, List<RunEventListener> listeners, List<RunInterceptor> interceptors,
		boolean interrupt, boolean logFailures, LiveRuns liveRuns) {

	void writeAgain(UnrecordedEnd end) {
		if (end.isNeeded()) {
			this.liveRuns.writeAgain(end);
		}
	}

}
